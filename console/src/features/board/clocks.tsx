/** Clocks: when those of open cases end, and for how long open cases have been there. */
import type { BoardTold } from '#contract/board'
import { Figure } from '../../components/figure.tsx'
import { clockWords, waitingWords } from './words.ts'

type Tables = BoardTold['tables']

export function Clocks({ rows, day }: { readonly rows: Tables['clocks']; readonly day: string }) {
  return (
    <Figure
      title="Clocks"
      words="Open cases, by when their nearest clock ends."
      name={`clocks-${day}`}
      columns={[
        { title: 'Ends', of: ({ ends }) => clockWords[ends] },
        { title: 'Cases', of: ({ cases }) => cases },
      ]}
      rows={rows}
      drawing={{
        kind: 'bar',
        along: rows.map(({ ends }) => clockWords[ends]),
        series: [{ name: 'Cases', values: rows.map(({ cases }) => cases) }],
      }}
    />
  )
}

export function Waiting({ rows, day }: { readonly rows: Tables['waiting']; readonly day: string }) {
  return (
    <Figure
      title="Waiting"
      words="Open cases, by how long ago their oldest report came."
      name={`waiting-${day}`}
      columns={[
        { title: 'Since', of: ({ since }) => waitingWords[since] },
        { title: 'Cases', of: ({ cases }) => cases },
      ]}
      rows={rows}
      drawing={{
        kind: 'bar',
        along: rows.map(({ since }) => waitingWords[since]),
        series: [{ name: 'Cases', values: rows.map(({ cases }) => cases) }],
      }}
    />
  )
}
