/** Hand over: gives a case back. Nobody is asked why. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ask, queries } from '../../app/queries.ts'
import { Told } from '../../components/told.tsx'

interface HandOverGiven {
  readonly caseNumber: string
  readonly isOpen: boolean
  readonly close: () => void
}

export function HandOver({ caseNumber, isOpen, close }: HandOverGiven) {
  const navigate = useNavigate()
  const released = useMutation({
    mutationFn: () =>
      ask(`/v1/cases/${encodeURIComponent(caseNumber)}/release`, { method: 'POST', body: {} }),
    onSuccess: async () => {
      await navigate({ to: '/queue' })
      queries.removeQueries({ queryKey: ['case', caseNumber] })
      await queries.invalidateQueries({ queryKey: ['queue'] })
    },
  })
  return (
    <Modal opened={isOpen} onClose={close} title="Hand this case over" centered>
      <Stack>
        <Text>
          What you gave stays, and drafts are dropped. It waits for somebody else at the same place in the
          queue. Nobody asks why.
        </Text>
        <Told error={released.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button data-autofocus loading={released.isPending} onClick={() => released.mutate()}>
            Hand over
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
