/** Agreement: how far two blind grades of one item are alike, and how far grades are right where the answer is known. */
import { Group, Paper, Stack, Table, Text, Title } from '@mantine/core'
import type { BoardTold } from '#contract/board'
import type { Column } from '../../components/csv.ts'
import { CsvButton } from '../../components/figure.tsx'
import { percent } from './words.ts'

type Tables = BoardTold['tables']

interface MeasuredRow {
  readonly kappa?: number
  readonly from?: number
  readonly until?: number
}

const kappaWords = ({ kappa }: MeasuredRow): string | number => kappa ?? 'cannot be told'
const rangeWords = ({ from, until }: MeasuredRow): string =>
  from === undefined || until === undefined ? 'cannot be told' : `${from} to ${until}`

const AGREEMENT: readonly Column<Tables['agreement'][number]>[] = [
  { title: 'Scheme', of: ({ scheme }) => scheme },
  { title: 'Blind grades of each', of: ({ people }) => people },
  { title: 'Items', of: ({ pairs }) => pairs },
  { title: 'Alike', of: ({ same, pairs }) => percent(same, pairs) },
  { title: 'Beyond chance (kappa)', of: kappaWords },
  { title: '19 times of 20 within', of: rangeWords },
  { title: 'What it can bear', of: ({ caveat }) => caveat },
]
const SAMPLE: readonly Column<Tables['sample'][number]>[] = [
  { title: 'Decisions', of: ({ decided }) => decided },
  { title: 'Drawn', of: ({ drawn }) => drawn },
  { title: 'Under review', of: ({ waits }) => waits },
  { title: 'The other agreed', of: ({ agreed }) => agreed },
  { title: 'Upheld by a further person', of: ({ upheld }) => upheld },
  { title: 'Changed', of: ({ changed }) => changed },
]
const GOLDEN: readonly Column<Tables['golden'][number]>[] = [
  { title: 'Scheme', of: ({ scheme }) => scheme },
  { title: 'Grades', of: ({ votes }) => votes },
  { title: 'Right', of: ({ right, votes }) => percent(right, votes) },
  { title: 'Beyond chance (kappa)', of: kappaWords },
  { title: '19 times of 20 within', of: rangeWords },
  { title: 'What it can bear', of: ({ caveat }) => caveat },
]

export function Agreement({ tables, day }: { readonly tables: Tables; readonly day: string }) {
  return (
    <Stack>
      <Measured
        title="Agreement"
        words={
          'Of the team, from grades of the same items that were blind to one another: of two (Cohen), and ' +
          'of three where three are asked (Fleiss). 0 is what chance ' +
          'would give, 1 is always alike. It speaks of the scheme and of what came as much as of ' +
          'people; it is no score.'
        }
        name={`agreement-${day}`}
        columns={AGREEMENT}
        rows={tables.agreement}
      />
      <Measured
        title="Review by sample"
        words={
          'Of decisions that one or two people made, a share is drawn that nobody can foresee, and one more ' +
          'person grades it blind. What was decided stands until they end otherwise.'
        }
        name={`sample-${day}`}
        columns={SAMPLE}
        rows={tables.sample.filter(({ decided }) => decided > 0)}
      />
      <Measured
        title="Golden set"
        words={
          tables.golden.length === 0
            ? 'No grade was given on generated pictures whose answer is known. ' +
              'They come among the others, and never become entries.'
            : 'Grades of the team on generated pictures whose answer is known; they never become entries.'
        }
        name={`golden-${day}`}
        columns={GOLDEN}
        rows={tables.golden}
      />
    </Stack>
  )
}

/** Numbers that are read, not drawn: three rows make no picture. */
function Measured<Row>({
  title,
  words,
  name,
  columns,
  rows,
}: {
  readonly title: string
  readonly words: string
  readonly name: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
}) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Title order={2}>{title}</Title>
          <Text size="sm" c="dimmed" maw={720}>
            {words}
          </Text>
        </div>
        <CsvButton name={name} columns={columns} rows={rows} />
      </Group>
      {rows.length > 0 && (
        <Table.ScrollContainer minWidth={480} mt="sm">
          <Table aria-label={title}>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column.title}>{column.title}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={columns.map((column) => column.of(row)).join()}>
                  {columns.map((column) => (
                    <Table.Td key={column.title}>{column.of(row)}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  )
}
