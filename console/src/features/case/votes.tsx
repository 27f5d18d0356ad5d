/** Votes: who graded what. Another's grade is not here before one's own: the service does not send it. */
import { Table, Text, Title } from '@mantine/core'
import type { WholeCaseTold } from '#contract/desk'
import { Moment } from '../../components/moment.tsx'
import { itemName } from './words.ts'

type VotesGiven = Pick<WholeCaseTold, 'votes' | 'items' | 'policy'>

const POLICY = {
  one: 'One person decides.',
  two: 'Two people grade each item, blind to one another; where they disagree, a third.',
  three: 'Three people grade each item, blind to one another.',
} as const

export function Votes({ votes, items, policy }: VotesGiven) {
  if (votes.length === 0) return null
  const names = new Map(items.map((item) => [item.id as string, itemName(item)]))
  return (
    <section aria-labelledby="votes">
      <Title order={2} id="votes">
        Grades
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {POLICY[policy]}
      </Text>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Item</Table.Th>
              <Table.Th>By</Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Th>Grade</Table.Th>
              <Table.Th>On the basis</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {votes.map((vote) => (
              <Table.Tr key={vote.id}>
                <Table.Td ff="monospace">{names.get(vote.item) ?? vote.item}</Table.Td>
                <Table.Td>{vote.mine ? 'you' : vote.by}</Table.Td>
                <Table.Td>
                  <Moment at={vote.at} />
                </Table.Td>
                <Table.Td>
                  {vote.grades?.map(({ category, scheme }) => `${category} (${scheme})`).join(', ') ??
                    'not shown before yours'}
                </Table.Td>
                <Table.Td>
                  {vote.basis ?? ''}
                  {vote.basis && vote.forStack ? ', of its stack' : ''}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}
