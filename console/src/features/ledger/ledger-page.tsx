/** Ledger page: how the ledger stands, by what key it is signed, who outside has it; and the way to a case's story. */
import { Button, Code, Group, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { LedgerTold } from '#contract/story'
import { ask } from '../../app/queries.ts'
import { download } from '../../components/download.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { HowToCheck } from './how-to-check.tsx'

export function LedgerPage() {
  const { data, error } = useQuery({
    queryKey: ['ledger'],
    queryFn: () => ask<LedgerTold>('/v1/ledger/status'),
    refetchInterval: 30_000,
  })
  return (
    <Stack gap="lg" maw={960}>
      <div>
        <Title order={1}>Ledger</Title>
        <Text c="dimmed" size="sm">
          Every act is a leaf of one signed tree. What was written down cannot be changed, or left out,
          unseen.
        </Text>
      </div>
      <ToStory />
      <Told error={error} />
      {data && (
        <>
          <Standing told={data} />
          <Places places={data.places} />
          <HowToCheck signingKey={data.key} />
        </>
      )}
    </Stack>
  )
}

function ToStory() {
  const navigate = useNavigate()
  const [number, setNumber] = useState('')
  const go = (event: FormEvent): void => {
    event.preventDefault()
    const asked = number.trim()
    if (asked !== '') void navigate({ to: '/ledger/$number', params: { number: asked } as never })
  }
  return (
    <form onSubmit={go}>
      <Group align="flex-end">
        <TextInput
          label="The story of a case"
          placeholder="Its number"
          value={number}
          onChange={({ currentTarget }) => setNumber(currentTarget.value)}
          w={{ base: '100%', xs: 280 }}
        />
        <Button type="submit" disabled={number.trim() === ''}>
          Show it
        </Button>
      </Group>
    </form>
  )
}

function Standing({ told: { leaves, pending, checkpoint, key } }: { readonly told: LedgerTold }) {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="standing">
      <Group justify="space-between" align="flex-start" mb="sm">
        <Title order={2} id="standing">
          How it stands
        </Title>
        {checkpoint && (
          <Button
            variant="default"
            size="xs"
            onClick={() => download(`checkpoint-${checkpoint.size}.txt`, checkpoint.note, 'text/plain')}
          >
            Save the checkpoint
          </Button>
        )}
      </Group>
      <Stack gap="xs">
        <Text size="sm">
          {leaves.toLocaleString('en')} leaves have their place, {pending.toLocaleString('en')} wait for one.
        </Text>
        {checkpoint ? (
          <>
            <Text size="sm">
              The newest checkpoint signs for {checkpoint.size.toLocaleString('en')} of them,{' '}
              <Moment at={checkpoint.at} />.
            </Text>
            <Digest title="Root of the tree" value={checkpoint.root} />
          </>
        ) : (
          <Text size="sm">Nothing was signed yet: the first checkpoint comes with the first act.</Text>
        )}
        {key && <Digest title="Key" value={key} />}
      </Stack>
    </Paper>
  )
}

function Digest({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
    </div>
  )
}

const placeWords = { witness: 'witness', timestamp: 'time stamp', mail: 'mail' } as const

function Places({ places }: Pick<LedgerTold, 'places'>) {
  return (
    <section aria-labelledby="places">
      <Title order={2} id="places" mb="xs">
        Who outside has it
      </Title>
      {places.length === 0 ? (
        <Text size="sm" maw={640}>
          Nobody yet. As long as nobody outside has a checkpoint, whoever runs this machine could cut off the
          end of the ledger unseen. A witness, a time stamp or a mail is set in the configuration under{' '}
          <Code>ledger</Code>.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Place</Table.Th>
                <Table.Th>Is a</Table.Th>
                <Table.Th>Has leaves up to</Table.Th>
                <Table.Th>Since</Table.Th>
                <Table.Th>Last failed because</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {places.map(({ kind, place, size, at, failedBecause }) => (
                <Table.Tr key={`${kind} ${place}`}>
                  <Table.Td>{place}</Table.Td>
                  <Table.Td>{placeWords[kind]}</Table.Td>
                  <Table.Td>{size.toLocaleString('en')}</Table.Td>
                  <Table.Td>{at ? <Moment at={at} /> : 'never'}</Table.Td>
                  <Table.Td>{failedBecause ?? 'it did not'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  )
}
