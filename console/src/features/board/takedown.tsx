/** Takedown: confirmed items that came with an address, so that whoever hosts them can be told. */
import type { BoardTold } from '#contract/board'
import { Figure } from '../../components/figure.tsx'
import { caseKindWords } from '../case/words.ts'

type Row = BoardTold['tables']['takedown'][number]

export function Takedown({
  rows,
  day,
  scheme,
}: {
  readonly rows: readonly Row[]
  readonly day: string
  readonly scheme: string
}) {
  const categories = [...new Set(rows.map(({ category }) => category))].sort()
  const kinds = [...new Set(rows.map(({ kind }) => kind))]
  const itemsOf = (category: string, kind: string): number | null =>
    rows.find((row) => row.category === category && row.kind === kind)?.items ?? null
  return (
    <Figure
      title="Ready to be taken down"
      words={
        rows.length === 0
          ? 'Nothing that was confirmed came with an address.'
          : 'Confirmed items that came with an address. Of young people fewer than five are not told: ' +
            'whoever knows the place would know the child.'
      }
      name={`takedown-${day}`}
      columns={[
        { title: 'Kind', of: ({ kind }) => caseKindWords[kind] },
        { title: `Category (${scheme})`, of: ({ category }) => category },
        { title: 'Items', of: ({ items, suppressed }) => (suppressed ? 'fewer than 5' : items) },
      ]}
      rows={rows}
      drawing={{
        kind: 'bar',
        stacked: true,
        along: categories,
        series: kinds.map((kind) => ({
          name: caseKindWords[kind],
          values: categories.map((category) => itemsOf(category, kind)),
        })),
      }}
    />
  )
}
