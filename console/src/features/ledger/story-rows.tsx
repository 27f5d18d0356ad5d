/** Story rows: one act a line, with its place in the ledger and the proof of it. */
import { Anchor, Badge, Table, Text } from '@mantine/core'
import type { StoryTold } from '#contract/story'
import { exactly } from '../../components/moments.ts'
import { byWords, leafWords } from './words.ts'

type Told = StoryTold['events'][number]

export function StoryRows({ events }: Pick<StoryTold, 'events'>) {
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table verticalSpacing="sm" aria-label="What was done">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={170}>When</Table.Th>
            <Table.Th w={190}>Who</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th w={190}>Ledger</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((event) => (
            <Row key={event.id} event={event} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Row({ event }: { readonly event: Told }) {
  const { at, by, words, particulars, leaf, proof } = event
  const [said, colour, means] = leafWords[leaf.state]
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Text size="sm">
          <time dateTime={at}>{exactly(at)}</time>
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {byWords(by)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{words}</Text>
        {particulars.length > 0 && (
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {particulars.join(' · ')}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Badge color={colour} variant="light" tt="none" fw={500} title={means}>
          {said}
        </Badge>
        <Text size="xs" c="dimmed" mt={2}>
          {leaf.number === undefined ? 'no place yet' : `leaf ${leaf.number}`}
          {proof && (
            <>
              {', '}
              <Anchor href={proof} download inherit underline="always">
                proof
              </Anchor>
            </>
          )}
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}
