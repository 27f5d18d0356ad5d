/** Bars: a horizontal bar chart as a table that reads aloud well, drawn with no script. */
import { grouped } from '../../numbers.ts'
import { type Html, html } from './html.ts'

export interface Bar {
  readonly name: string
  readonly count: number
  readonly tone?: 'match' | 'unknown' | 'none'
}

/** Rows shown; the rest is added up in a last one. */
const ROWS_MAX = 20

/** A chart of counts, largest first unless `keepOrder`. Widths are relative to the largest. */
export function barChart(caption: string, bars: readonly Bar[], keepOrder = false): Html {
  const sorted = keepOrder ? [...bars] : [...bars].sort((a, b) => b.count - a.count)
  const shown = sorted.slice(0, ROWS_MAX)
  const rest = sorted.slice(ROWS_MAX).reduce((sum, bar) => sum + bar.count, 0)
  if (rest > 0) shown.push({ name: 'all others', count: rest })
  const most = Math.max(1, ...shown.map((bar) => bar.count))
  return html`<table class="bars">
<caption>${caption}</caption>
<tbody>
${shown.map((bar) => row(bar, most))}
</tbody>
</table>`
}

function row({ name, count, tone }: Bar, most: number): Html {
  const width = count === 0 ? 0 : Math.max(0.5, (100 * count) / most)
  return html`<tr><th scope="row">${name}</th><td class="number">${grouped(count)}</td><td class="track"><svg
 viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="${tone ?? 'plain'}"
 width="${width.toFixed(2)}" height="8"></rect></svg></td></tr>`
}
