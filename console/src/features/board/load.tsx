/** Load: cases that are not closed, by for whom they wait and what kind they are. */
import type { BoardTold } from '#contract/board'
import { Figure } from '../../components/figure.tsx'
import { caseKindWords, stateWords } from '../case/words.ts'

type Row = BoardTold['tables']['load'][number]

const STATES = ['screening', 'waiting', 'second', 'third', 'decided'] as const

export function Load({ rows, day }: { readonly rows: readonly Row[]; readonly day: string }) {
  const kinds = [...new Set(rows.map(({ kind }) => kind))].sort()
  const casesOf = (state: string, kind: string): number =>
    rows.find((row) => row.state === state && row.kind === kind)?.cases ?? 0
  return (
    <Figure
      title="Load"
      words="Cases that are not closed, by whom they wait for."
      name={`load-${day}`}
      columns={[
        { title: 'Waits for', of: ({ state }) => stateWords[state] },
        { title: 'Kind', of: ({ kind }) => caseKindWords[kind] },
        { title: 'Cases', of: ({ cases }) => cases },
        { title: 'In hand', of: ({ claimed }) => claimed },
        { title: 'On hold', of: ({ held }) => held },
      ]}
      rows={rows}
      drawing={{
        kind: 'bar',
        stacked: true,
        along: STATES.map((state) => stateWords[state]),
        series: kinds.map((kind) => ({
          name: caseKindWords[kind],
          values: STATES.map((state) => casesOf(state, kind)),
        })),
      }}
    />
  )
}
