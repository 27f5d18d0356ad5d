/** Figure: a chart with its table and its CSV: who does not see the one reads the other. */
import { Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Chart, type Drawing } from './chart.tsx'
import { type Column, csvOf } from './csv.ts'
import { download } from './download.ts'

export interface FigureGiven<Row> {
  readonly title: string
  /** What it means, and what it does not. */
  readonly words?: ReactNode
  /** Of the CSV, without its ending. */
  readonly name: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly drawing: Drawing
}

export function Figure<Row>({ title, words, name, columns, rows, drawing }: FigureGiven<Row>) {
  return (
    <Paper withBorder p="md" component="figure" m={0} aria-label={title}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" wrap="nowrap">
          <div>
            <Title order={2}>{title}</Title>
            {words && (
              <Text size="sm" c="dimmed">
                {words}
              </Text>
            )}
          </div>
          <CsvButton name={name} columns={columns} rows={rows} />
        </Group>
        <Chart label={`${title}; the same numbers stand in the table below`} {...drawing} />
        <details>
          <Text component="summary" size="sm">
            The same as a table
          </Text>
          <FigureTable columns={columns} rows={rows} title={title} />
        </details>
      </Stack>
    </Paper>
  )
}

/** Downloads rows as CSV. */
export function CsvButton<Row>({ name, columns, rows }: Pick<FigureGiven<Row>, 'name' | 'columns' | 'rows'>) {
  const given = (): void => download(`${name}.csv`, csvOf(columns, rows), 'text/csv;charset=utf-8')
  return (
    <Button
      variant="default"
      size="xs"
      onClick={given}
      disabled={rows.length === 0}
      style={{ flexShrink: 0 }}
    >
      Save as CSV
    </Button>
  )
}

function FigureTable<Row>({ columns, rows, title }: Pick<FigureGiven<Row>, 'columns' | 'rows' | 'title'>) {
  return (
    <Table.ScrollContainer minWidth={320} mt="xs">
      <Table aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.title}>{column.title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => {
            const cells = columns.map((column) => column.of(row))
            return (
              <Table.Tr key={cells.join(' ')}>
                {columns.map(({ title: above }, at) => (
                  <Table.Td key={above}>{cells[at] ?? 'not told'}</Table.Td>
                ))}
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
