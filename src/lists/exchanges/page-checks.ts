/** Page checks: what would be too strange in a page of any partner. */
import { Fault } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'

/** A page shorter than this may be all malformed without saying anything of the partner. */
const JUDGED_ROWS_MIN = 10

/** True where more than half of a page cannot be read: then it is the partner, or our reading, that is wrong. */
export function tooMuchMalformed(malformed: number, rows: number): boolean {
  return rows >= JUDGED_ROWS_MIN && malformed * 2 > rows
}

/**
 * Holds dates of a page against the clock.
 *
 * @param times seconds since 1970
 * @throws Fault `source.damaged` for one that lies further ahead than the source's `dateSkewSeconds`
 */
export function checkDates(times: readonly number[], source: SourceDefinition, now: Date): void {
  const latest = now.getTime() / 1000 + source.assertions.dateSkewSeconds
  const ahead = times.find((time) => time > latest)
  if (ahead === undefined) return
  const shown = new Date(Math.min(ahead, 8_640_000_000_000) * 1000).toISOString()
  throw new Fault('source.damaged', `${source.name}: the partner states a date to come, ${shown}`)
}
