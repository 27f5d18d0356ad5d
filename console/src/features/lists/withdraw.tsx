/** Withdraw: an entry that is to stand no more, with a reason; what follows is said before it is done. */
import { Button, Group, Modal, NumberInput, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { WithdrawalBody } from '#contract/desk-lists'
import { ask, queries } from '../../app/queries.ts'
import { Told } from '../../components/told.tsx'

export function Withdraw({ name }: { readonly name: string }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button variant="default" onClick={open}>
        Withdraw an entry
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Withdraw an entry of ${name}`} centered>
        <Form name={name} close={close} />
      </Modal>
    </>
  )
}

function Form({ name, close }: { readonly name: string; readonly close: () => void }) {
  const [entry, setEntry] = useState<number | ''>('')
  const [because, setBecause] = useState('')
  const withdrawn = useMutation({
    mutationFn: (body: WithdrawalBody) =>
      ask(`/v1/desk/lists/${encodeURIComponent(name)}/withdrawals`, { body }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['lists'] })
      notifications.show({ message: `Entry ${entry} stands no more.` })
      close()
    },
  })
  return (
    <Stack>
      <Text size="sm">
        Look-ups answer without it from then on. It stays in the history of the list with your pseudonym and
        your reason; a source that still has it may bring it back.
      </Text>
      <NumberInput
        label="Entry"
        description="Its number, as an answer or a case names it."
        value={entry}
        onChange={(value) => setEntry(typeof value === 'number' ? value : '')}
        min={1}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        required
      />
      <Textarea
        label="Why"
        value={because}
        onChange={({ currentTarget }) => setBecause(currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2000}
        required
      />
      <Told error={withdrawn.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Back
        </Button>
        <Button
          disabled={entry === '' || because.trim() === ''}
          loading={withdrawn.isPending}
          onClick={() => entry !== '' && withdrawn.mutate({ entry, because: because.trim() })}
        >
          Withdraw it
        </Button>
      </Group>
    </Stack>
  )
}
