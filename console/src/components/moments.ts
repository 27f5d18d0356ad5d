/** Moments: times as people say them, always with the exact one at hand. */

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** `3 hours ago`, `in 2 days`. */
export function fromNow(moment: string, now = Date.now()): string {
  const seconds = (Date.parse(moment) - now) / 1000
  for (const [unit, size] of STEPS)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  return seconds < 0 ? 'just now' : 'in less than a minute'
}

/** `22 Nov 2026, 14:05`, by the clock of whoever reads it. */
export function exactly(moment: string): string {
  return exact.format(new Date(moment))
}
