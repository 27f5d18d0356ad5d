/** Passkeys: one's own are listed, made and removed. */
import { Button, Group, Modal, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { PasskeysTold } from '#contract/sign-in'
import { ask, queries } from '../../app/queries.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { madePasskey } from './passkey-made.ts'

type Passkey = PasskeysTold['passkeys'][number]

const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ['passkeys'] })

export function Passkeys() {
  const { data, error } = useQuery({
    queryKey: ['passkeys'],
    queryFn: () => ask<PasskeysTold>('/v1/passkeys'),
  })
  return (
    <section aria-labelledby="passkeys">
      <Title order={2} id="passkeys">
        Passkeys
      </Title>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          A passkey signs you in without a password, and no page can take it from you by looking like this
          one. Making or removing one takes a sign-in of the last hour.
        </Text>
        <Told error={error} />
        {data && data.passkeys.length === 0 && (
          <Text size="sm">You have none yet. One on each device that you work at is a good number.</Text>
        )}
        {data && data.passkeys.length > 0 && <Rows passkeys={data.passkeys} />}
        <Make />
      </Stack>
    </section>
  )
}

function Make() {
  const [label, setLabel] = useState('')
  const made = useMutation({
    mutationFn: () => madePasskey(label.trim()),
    onSuccess: async () => {
      setLabel('')
      notifications.show({ message: 'The passkey is kept. Your next sign-in can be by it.' })
      await again()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    made.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group align="flex-end">
          <TextInput
            label="Another passkey"
            placeholder="Which device it is on"
            required
            withAsterisk={false}
            maxLength={100}
            w={260}
            value={label}
            onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={made.isPending} disabled={label.trim() === ''}>
            Make it
          </Button>
        </Group>
        <Told error={made.error} />
      </Stack>
    </form>
  )
}

function Rows({ passkeys }: PasskeysTold) {
  const [going, setGoing] = useState<Passkey>()
  return (
    <>
      <Table.ScrollContainer minWidth={420}>
        <Table aria-label="Your passkeys">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Device</Table.Th>
              <Table.Th>Made</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th ta="right">Remove</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {passkeys.map((one) => (
              <Table.Tr key={one.key}>
                <Table.Td>{one.label}</Table.Td>
                <Table.Td>
                  <Moment at={one.madeAt} />
                </Table.Td>
                <Table.Td>{one.usedAt ? <Moment at={one.usedAt} /> : 'not yet'}</Table.Td>
                <Table.Td ta="right">
                  <Button size="compact-sm" variant="default" onClick={() => setGoing(one)}>
                    Remove
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Modal
        opened={going !== undefined}
        onClose={() => setGoing(undefined)}
        title="Remove a passkey"
        centered
      >
        {going && <Remove passkey={going} close={() => setGoing(undefined)} />}
      </Modal>
    </>
  )
}

function Remove({ passkey, close }: { readonly passkey: Passkey; readonly close: () => void }) {
  const removed = useMutation({
    mutationFn: () => ask(`/v1/passkeys/${passkey.key}`, { method: 'DELETE' }),
    onSuccess: async () => {
      await again()
      close()
    },
  })
  return (
    <Stack>
      <Text>
        “{passkey.label}” lets nobody in any more. Your other sessions end, as they may be of whoever has the
        device; this one goes on.
      </Text>
      <Told error={removed.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Back
        </Button>
        <Button color="red" loading={removed.isPending} onClick={() => removed.mutate()}>
          Remove it
        </Button>
      </Group>
    </Stack>
  )
}
