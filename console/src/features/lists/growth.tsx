/** Growth: how many entries stood after each change of a list, drawn and as rows. */
import { Badge, Table, Text, Title } from '@mantine/core'
import type { DeskListTold } from '#contract/desk-lists'
import type { Column } from '../../components/csv.ts'
import { Figure } from '../../components/figure.tsx'
import { Moment } from '../../components/moment.tsx'
import { exactly } from '../../components/moments.ts'
import { byWords } from '../ledger/words.ts'

type Change = DeskListTold['growth'][number]

const SHOWN = 20
const COLUMNS: readonly Column<Change>[] = [
  { title: 'Change', of: ({ number }) => number },
  { title: 'At', of: ({ at }) => at },
  { title: 'Kind', of: ({ kind }) => kind },
  { title: 'By', of: ({ by }) => byWords(by) },
  { title: 'Added', of: ({ added }) => added },
  { title: 'Replaced', of: ({ replaced }) => replaced },
  { title: 'Withdrawn', of: ({ withdrawn }) => withdrawn },
  { title: 'Entries', of: ({ entries }) => entries },
]

export function Growth({ list: { name, growth, more } }: { readonly list: DeskListTold }) {
  const inTime = [...growth].reverse()
  return (
    <Figure
      title="Growth"
      words={more ? 'Entries after each of the last 500 changes.' : 'Entries after each change.'}
      name={`${name}-growth`}
      columns={COLUMNS}
      rows={inTime}
      drawing={{
        kind: 'line',
        along: inTime.map(({ at }) => exactly(at)),
        series: [{ name: 'Entries', values: inTime.map(({ entries }) => entries) }],
      }}
    />
  )
}

export function Changes({ list: { growth, more } }: { readonly list: DeskListTold }) {
  const shown = growth.slice(0, SHOWN)
  return (
    <section aria-labelledby="changes">
      <Title order={2} id="changes" mb="xs">
        Changes
      </Title>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="sm" aria-labelledby="changes">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>By</Table.Th>
              <Table.Th ta="right">Added</Table.Th>
              <Table.Th ta="right">Replaced</Table.Th>
              <Table.Th ta="right">Withdrawn</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((change) => (
              <Row key={change.number} change={change} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {(more || growth.length > shown.length) && (
        <Text size="sm" c="dimmed" mt="xs">
          The last {SHOWN}; {more ? 'the last 500' : 'all'} are in the CSV of the growth.
        </Text>
      )}
    </section>
  )
}

function Row({ change }: { readonly change: Change }) {
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Moment at={change.at} size="sm" />
      </Table.Td>
      <Table.Td maw={320}>
        <Badge variant="light" color="gray" tt="none" fw={500}>
          {change.kind}
        </Badge>
        {change.because && (
          <Text size="xs" c="dimmed" mt={2} style={{ overflowWrap: 'anywhere' }}>
            {change.because}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {byWords(change.by)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{change.added.toLocaleString('en')}</Table.Td>
      <Table.Td ta="right">{change.replaced.toLocaleString('en')}</Table.Td>
      <Table.Td ta="right">{change.withdrawn.toLocaleString('en')}</Table.Td>
    </Table.Tr>
  )
}
