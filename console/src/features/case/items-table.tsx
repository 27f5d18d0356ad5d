/** Items table: each item of a case by its digest: what the machine found, on whose word, and what stands of it. */
import { Table, Text, Title } from '@mantine/core'
import type { WholeCaseTold } from '#contract/desk'
import { classifiedWords, itemName, itemStateWords, reportKindWords } from './words.ts'

type Item = WholeCaseTold['items'][number]

export function ItemsTable({ told: { items, moreItems } }: { readonly told: WholeCaseTold }) {
  if (items.length === 0) return null
  return (
    <section aria-labelledby="items">
      <Title order={2} id="items" mb="xs">
        Items
      </Title>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Item</Table.Th>
              <Table.Th>What the machine found</Table.Th>
              <Table.Th>On whose word</Table.Th>
              <Table.Th>Decision</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Row key={item.id} item={item} items={items} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {moreItems > 0 && (
        <Text size="sm" c="dimmed">
          and {moreItems} more
        </Text>
      )}
    </section>
  )
}

const MATCHES_SHOWN = 3

function Row({ item, items }: { readonly item: Item; readonly items: readonly Item[] }) {
  const inStack = items.filter(({ stack }) => stack === item.stack).length
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" ff="monospace">
          {itemName(item)}
        </Text>
        <Text size="xs" c="dimmed">
          {item.mediaType ?? reportKindWords[item.kind]}
          {inStack > 1 ? `, in a stack of ${inStack}` : ''}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{itemStateWords[item.state]}</Text>
        <Text size="xs" c="dimmed">
          {classifiedWords(item.screening?.classified)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Matches item={item} />
      </Table.Td>
      <Table.Td>
        <Decision item={item} />
      </Table.Td>
    </Table.Tr>
  )
}

function Matches({ item: { screening } }: { readonly item: Item }) {
  const matches = screening?.matches ?? []
  if (matches.length === 0)
    return (
      <Text size="sm" c="dimmed">
        nobody’s
      </Text>
    )
  return matches.slice(0, MATCHES_SHOWN).map((match) => (
    <Text key={`${match.list} ${match.entry} ${match.basis}`} size="sm">
      {match.list}: {match.trust}
      {match.distance === undefined ? `, by ${match.basis}` : `, ${match.distance} of 256 bits differ`}
    </Text>
  ))
}

function Decision({ item: { decision, state } }: { readonly item: Item }) {
  if (!decision)
    return (
      <Text size="sm" c="dimmed">
        {state === 'known' ? 'none is asked for' : 'open'}
      </Text>
    )
  return (
    <>
      <Text size="sm">
        {decision.grades.map(({ scheme, category }) => `${category} (${scheme})`).join(', ')}
      </Text>
      <Text size="xs" c="dimmed">
        {HOW[decision.how]}
        {decision.entry ? `; entry ${decision.entry.entry} of ${decision.entry.list}` : ''}
      </Text>
    </>
  )
}

const HOW = {
  known: 'known by the same file',
  one: 'by one person',
  agreed: 'agreed, blind to one another',
  adjudicated: 'settled by another person',
} as const
