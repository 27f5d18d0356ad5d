/** Item card: what is known of an item without one of its pixels: what the machine found, on whose word, and its digests. */
import { Badge, Group, Paper, Stack, Table, Text, Title } from '@mantine/core'
import { Moment } from '../../components/moment.tsx'
import { classifiedWords, itemName, itemStateWords, reportKindWords } from '../case/words.ts'
import { adviceFor } from './levels.ts'
import type { ItemTold } from './walk.ts'

/** What a model warns of, before anybody looks. */
function Warned({ item }: { readonly item: ItemTold }) {
  const words = classifiedWords(item.screening?.classified)
  return words === undefined ? null : <Text size="sm">{words}</Text>
}

const FALLEN = ' It was known by an entry that is disputed, withdrawn or said to be wrong since.'

/** When it was looked up, and what could not be checked. */
function LookedUp({ item: { screening } }: { readonly item: ItemTold }) {
  if (!screening) return null
  return (
    <Text size="sm" c="dimmed">
      Looked up <Moment at={screening.at} />, against the lists as they stood at change {screening.change}.
      {screening.because === undefined ? '' : ` Not checked: ${screening.because}.`}
      {screening.wasKnown && FALLEN}
    </Text>
  )
}

export function ItemCard({ item, place }: { readonly item: ItemTold; readonly place: string }) {
  const { hashes, mediaType, sizeBytes } = item
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="item">
      <Stack gap="sm">
        <Group justify="space-between" align="baseline">
          <Title order={2} id="item" tabIndex={-1} ff="monospace">
            {itemName(item)}
          </Title>
          <Text size="sm" c="dimmed">
            {place}
          </Text>
        </Group>
        <Group gap="xs">
          <Badge variant="light" tt="none" fw={500}>
            {itemStateWords[item.state]}
          </Badge>
          <Text size="sm" c="dimmed">
            {mediaType ?? reportKindWords[item.kind]}
            {sizeBytes === undefined ? '' : `, ${sizeWords(sizeBytes)}`}
          </Text>
        </Group>
        <Text>{adviceFor(item)}</Text>
        <Matches item={item} />
        <Warned item={item} />
        <LookedUp item={item} />
        <details>
          <Text component="summary" size="sm">
            Digests
          </Text>
          <dl className="digests">
            {[
              ['SHA-256', hashes.sha256],
              ['SHA-1', hashes.sha1],
              ['MD5', hashes.md5],
              ...(hashes.pdq ?? []).map(({ hash, quality }) => [`PDQ, quality ${quality}`, hash]),
            ].map(
              ([name, value]) =>
                value !== undefined && (
                  <div key={`${name} ${value}`} style={{ display: 'contents' }}>
                    <Text component="dt" size="sm" c="dimmed">
                      {name}
                    </Text>
                    <Text component="dd" size="sm" ff="monospace">
                      {value}
                    </Text>
                  </div>
                ),
            )}
          </dl>
        </details>
      </Stack>
    </Paper>
  )
}

const MATCHES_SHOWN = 5

function Matches({ item: { screening } }: { readonly item: ItemTold }) {
  const matches = screening?.matches ?? []
  if (matches.length === 0) return null
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={4} horizontalSpacing="xs" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>List</Table.Th>
            <Table.Th>Trust</Table.Th>
            <Table.Th>What matched</Table.Th>
            <Table.Th>It is there as</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {matches.slice(0, MATCHES_SHOWN).map(({ list, entry, trust, basis, distance, categories }) => (
            <Table.Tr key={`${list} ${entry} ${basis}`}>
              <Table.Td>{list}</Table.Td>
              <Table.Td>{trust}</Table.Td>
              <Table.Td>{distance === undefined ? basis : `${distance} of 256 bits differ`}</Table.Td>
              <Table.Td>
                {Object.entries(categories)
                  .map(([scheme, codes]) => `${codes.join(', ')} (${scheme})`)
                  .join('; ') || 'no category'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {matches.length > MATCHES_SHOWN && (
        <Text size="sm" c="dimmed">
          and {matches.length - MATCHES_SHOWN} more
        </Text>
      )}
    </Table.ScrollContainer>
  )
}

/** `3.4 MB` of bytes, by thousands. */
function sizeWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const size = bytes / 1000 ** step
  return `${step === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[step]}`
}
