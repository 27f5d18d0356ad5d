/** Schedule: when a source is pulled next: by its cron text, later after failures. */
import { Cron } from 'croner'
import type { SourceDefinition } from '#terms/source'

const BACKOFF_SECONDS_FIRST = 300
const BACKOFF_SECONDS_MAX = 86_400

/** The next time by schedule after `now`. Times are UTC. */
export function nextBySchedule({ schedule, name }: SourceDefinition, now: Date): Date {
  const next = new Cron(schedule, { paused: true, timezone: 'UTC' }).nextRun(now)
  if (!next) throw new TypeError(`the schedule of ${name} never comes`) // parsed at the door
  return next
}

/**
 * The next time by schedule that is far enough from a failure: five minutes after the first in a row, then ten, twenty, up to a
 * day.
 *
 * @param failures in a row, this one counted
 */
export function nextAfterFailure(source: SourceDefinition, failures: number, now: Date): Date {
  const seconds = Math.min(BACKOFF_SECONDS_FIRST * 2 ** Math.min(failures - 1, 20), BACKOFF_SECONDS_MAX)
  return nextBySchedule(source, new Date(now.getTime() + seconds * 1000))
}

/** True of a source that was not pulled well for longer than it asserts, or by a clock so far ahead that nobody knows when. */
export function isStale({ assertions }: SourceDefinition, succeededAt: Date | undefined, now: Date): boolean {
  if (!succeededAt) return false
  return Math.abs(now.getTime() - succeededAt.getTime()) > assertions.staleAfterDays * 86_400_000
}
