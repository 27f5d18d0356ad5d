/** At risk: one press from every page: a child is at risk now. Whom to call comes before anything is filled in. */
import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, queries } from '../app/queries.ts'
import { Told } from './told.tsx'

/** For so long gates stay open; it can be declared again. */
const MINUTES = 240

interface Contacts {
  readonly contacts: readonly { readonly name: string; readonly number: string; readonly checkedOn: string }[]
}

export function AtRisk() {
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button color="red" variant="outline" size="xs" onClick={open}>
        Child at risk now
      </Button>
      <Modal opened={isOpen} onClose={close} title="A child is at risk now" size="lg" centered>
        <Form close={close} />
      </Modal>
    </>
  )
}

function Form({ close }: { readonly close: () => void }) {
  const place = useRouterState({ select: (state) => state.location.pathname })
  const [number, setNumber] = useState(/^\/cases\/([^/]+)/.exec(place)?.[1] ?? '')
  const [because, setBecause] = useState('')
  const declared = useMutation({
    mutationFn: () =>
      ask('/v1/risks', { body: { on: { kind: 'case', id: number }, because, minutes: MINUTES } }),
    onSuccess: async () => {
      await queries.invalidateQueries()
      close()
    },
  })
  return (
    <Stack>
      <CallFirst />
      <TextInput
        label="Case"
        description="It goes to the top of every queue, and the gates open for it for a time, on record."
        value={number}
        onChange={({ currentTarget }) => setNumber(currentTarget.value)}
        required
      />
      <Textarea
        label="Why"
        description="In a few words; it is written down with your pseudonym."
        value={because}
        onChange={({ currentTarget }) => setBecause(currentTarget.value)}
        autosize
        minRows={2}
        required
      />
      <Told error={declared.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Back
        </Button>
        <Button
          color="red"
          loading={declared.isPending}
          disabled={number.trim() === '' || because.trim() === ''}
          onClick={() => declared.mutate()}
        >
          Declare it
        </Button>
      </Group>
    </Stack>
  )
}

/** Whom to call, as far as somebody has checked the numbers. */
function CallFirst() {
  const { data } = useQuery({ queryKey: ['contacts'], queryFn: () => ask<Contacts>('/v1/contacts') })
  return (
    <Alert color="red" title="Call first">
      {data && data.contacts.length > 0 ? (
        <Stack gap={4}>
          {data.contacts.map((one) => (
            <Text key={one.number}>
              {one.name}: <strong>{one.number}</strong>{' '}
              <Text span c="dimmed" size="sm">
                (checked {one.checkedOn})
              </Text>
            </Text>
          ))}
        </Stack>
      ) : (
        <Text>
          Call the emergency number of your country, then your officer on call. No number was checked here
          yet.
        </Text>
      )}
    </Alert>
  )
}
