/** Days: decisions, day by day, and how the own list grew. */
import type { BoardTold } from '#contract/board'
import { Figure } from '../../components/figure.tsx'

type Tables = BoardTold['tables']

const HOW = [
  ['known', 'known already'],
  ['one', 'by one person'],
  ['agreed', 'people agreed'],
  ['adjudicated', 'a further person decided'],
] as const

export function Decisions({ rows, day }: { readonly rows: Tables['decisions']; readonly day: string }) {
  const used = HOW.filter(([how]) => rows.some((row) => row[how] > 0))
  return (
    <Figure
      title="Decisions"
      words={
        rows.length === 0
          ? 'Nothing was decided in this time. Each item that is decided is counted on its day.'
          : 'Items decided on each day, without those that measure agreement.'
      }
      name={`decisions-${day}`}
      columns={[
        { title: 'Day', of: (row) => row.day },
        ...HOW.map(([how, title]) => ({ title, of: (row: Tables['decisions'][number]) => row[how] })),
      ]}
      rows={rows}
      drawing={{
        kind: 'bar',
        stacked: true,
        along: rows.map((row) => row.day),
        series: used.map(([how, name]) => ({ name, values: rows.map((row) => row[how]) })),
      }}
    />
  )
}

export function Growth({
  rows,
  day,
  list,
}: {
  readonly rows: Tables['growth']
  readonly day: string
  readonly list: string
}) {
  return (
    <Figure
      title="The own list"
      words={
        rows.length === 0
          ? `Nothing came to “${list}” in this time. What is confirmed here becomes an entry of it.`
          : `Entries that stood in “${list}” at the end of each day on which it changed.`
      }
      name={`growth-${list}-${day}`}
      columns={[
        { title: 'Day', of: (row) => row.day },
        { title: 'Added', of: ({ added }) => added },
        { title: 'Withdrawn', of: ({ withdrawn }) => withdrawn },
        { title: 'Entries', of: ({ entries }) => entries },
      ]}
      rows={rows}
      drawing={{
        kind: 'line',
        along: rows.map((row) => row.day),
        series: [{ name: 'Entries', values: rows.map(({ entries }) => entries) }],
      }}
    />
  )
}
