/** Words: what the rows of the board are called on a page. */
import type { BoardTold } from '#contract/board'

type Tables = BoardTold['tables']

export const clockWords: Readonly<Record<Tables['clocks'][number]['ends'], string>> = {
  overdue: 'Overdue',
  'within-4-hours': 'Within 4 hours',
  'within-a-day': 'Within a day',
  later: 'Later',
  none: 'No clock runs',
}

export const waitingWords: Readonly<Record<Tables['waiting'][number]['since'], string>> = {
  'under-4-hours': 'Under 4 hours',
  'under-a-day': 'Under a day',
  'under-3-days': 'Under 3 days',
  'under-a-week': 'Under a week',
  longer: 'A week or longer',
}

export const screeningWords: Readonly<Record<Tables['screening'][number]['what'], string>> = {
  waits: 'waiting for the machine',
  'in-hand': 'with the machine now',
  unknown: 'that it could not tell',
}

/** A share as people read it. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? 'none yet' : `${Math.round((part / whole) * 100)} %`
}
