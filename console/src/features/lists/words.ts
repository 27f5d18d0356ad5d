/** Words: what of a list is called how on a page. */
import type { DeskListTold } from '#contract/desk-lists'

type Source = NonNullable<DeskListTold['source']>

export const listKindWords = { alert: 'known material', 'known-good': 'known to be harmless' } as const

/** How a source stands, with the colour that goes with it. */
export function sourceStanding({
  enabled,
  held,
  failures,
}: Source): readonly [words: string, colour: string] {
  if (held) return ['held', 'orange']
  if (!enabled) return ['switched off', 'gray']
  return failures > 0 ? ['fails', 'red'] : ['well', 'green']
}

/** What was told back, in one line. */
export function feedbackWords({ affirm, dispute, unsent }: DeskListTold['feedback']): string {
  if (affirm + dispute === 0) return 'none'
  const waits = unsent > 0 ? `, ${unsent} not sent yet` : ''
  return `${affirm} right, ${dispute} wrong${waits}`
}
