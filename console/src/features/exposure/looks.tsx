/** Looks: what the person looked at today, by level: how often and for how long. */
import { Group, Table, Text, Title } from '@mantine/core'
import type { OwnExposureTold } from '#contract/viewings'
import { VIEW_LEVELS } from '#terms/evidence'
import type { Column } from '../../components/csv.ts'
import { CsvButton } from '../../components/figure.tsx'
import { Moment } from '../../components/moment.tsx'
import { clockOf, lastingWords, levelWords } from './words.ts'

type Look = OwnExposureTold['looks'][number]

const COLUMNS: readonly Column<Look>[] = [
  { title: 'level', of: ({ level }) => level },
  { title: 'from', of: ({ from }) => from },
  { title: 'until', of: ({ until }) => until },
  { title: 'units', of: ({ units }) => units },
]

export function Looks({ looks, day }: Pick<OwnExposureTold, 'looks' | 'day'>) {
  return (
    <section aria-labelledby="looks">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="looks">
          Today’s looks
        </Title>
        <CsvButton name={`my-looks-${day}`} columns={COLUMNS} rows={looks} />
      </Group>
      {looks.length === 0 ? (
        <Text size="sm" c="dimmed">
          You looked at nothing today. Most decisions need no picture: the hash, the text and what the lists
          know come first.
        </Text>
      ) : (
        <ByLevel looks={looks} />
      )}
    </section>
  )
}

function ByLevel({ looks }: Pick<OwnExposureTold, 'looks'>) {
  const levels = VIEW_LEVELS.flatMap((level) => {
    const of = looks.filter((look) => look.level === level)
    const last = of.at(-1)
    const lasted = of.reduce((sum, { from, until }) => sum + Date.parse(until) - Date.parse(from), 0)
    return last ? [{ level, of, last, lasted }] : []
  })
  return (
    <Table.ScrollContainer minWidth={460}>
      <Table aria-label="Looks by level">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Level</Table.Th>
            <Table.Th>How often</Table.Th>
            <Table.Th>In all</Table.Th>
            <Table.Th>The last</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {levels.map(({ level, of, last, lasted }) => (
            <Table.Tr key={level}>
              <Table.Td>{levelWords[level]}</Table.Td>
              <Table.Td>{of.length === 1 ? 'once' : `${of.length} times`}</Table.Td>
              <Table.Td>{lastingWords(lasted)}</Table.Td>
              <Table.Td>
                {clockOf(last.from)}, <Moment at={last.from} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
