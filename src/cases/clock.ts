/** Clock: from discovery to report, what stops it, and the reasons that are on record for a delay. */

import type { DiscoveryWay, ReportedTo } from '#terms/evidence'

/** On what it rests that a report to them counts as one. */
export const REPORT_BASIS: Readonly<Record<ReportedTo, string>> = {
  police: 'memorandum on section 46, paragraph 16',
  nca: 'memorandum on section 46, paragraphs 16 and 23',
  iwf: 'memorandum on section 46, paragraph 27: by the IWF’s own procedure',
  ncmec: '18 USC 2258A, for providers under it; the memorandum does not name NCMEC',
}

/** A find, from when somebody knew of it until it was reported. */
export interface Discovery {
  readonly id: string
  readonly subject: { readonly kind: 'item' | 'case'; readonly id: string }
  readonly way: DiscoveryWay
  /** In words: it stays in its table. */
  readonly how: string
  readonly discoveredBy: string
  /** Whoever wrote it down, where that is not whoever found it: the finder has not said so themself. */
  readonly saidBy?: string
  /** ISO 8601, UTC. */
  readonly discoveredAt: string
  /** By when it is to be reported, where a law or a policy sets that. */
  readonly dueAt?: string
  readonly reportedAt?: string
  readonly reportedTo?: ReportedTo
  readonly reference?: string
  readonly version: number
}

/** Why a report was not made yet. */
export interface DelayReason {
  readonly reason: string
  readonly person: string
  readonly at: string
}

/** How a clock stands. Seconds are never below nothing. */
export type ClockStanding =
  | { readonly kind: 'running'; readonly seconds: number; readonly isOverdue: boolean }
  | { readonly kind: 'stopped'; readonly seconds: number; readonly wasLate: boolean; readonly basis: string }
  /** Reported before it was found, or found later than now: a clock was wrong, and no length is given. */
  | { readonly kind: 'times-disagree' }

/** How the clock of a find stands. A time set on paper and a clock set back are told, not smoothed. */
export function clockOf(
  { discoveredAt, reportedAt, reportedTo, dueAt }: Omit<Discovery, 'subject'>,
  now: Date,
): ClockStanding {
  const end = reportedAt === undefined ? now.getTime() : Date.parse(reportedAt)
  const seconds = Math.floor((end - Date.parse(discoveredAt)) / 1000)
  if (seconds < 0) return { kind: 'times-disagree' }
  const isLate = dueAt !== undefined && end > Date.parse(dueAt)
  if (reportedAt === undefined || reportedTo === undefined)
    return { kind: 'running', seconds, isOverdue: isLate }
  return { kind: 'stopped', seconds, wasLate: isLate, basis: REPORT_BASIS[reportedTo] }
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time as a person says it, its two largest parts: `2 days 3 hours`. */
export function lengthInWords(seconds: number): string {
  const parts = [
    { count: Math.floor(seconds / DAY), word: 'day' },
    { count: Math.floor((seconds % DAY) / HOUR), word: 'hour' },
    { count: Math.floor((seconds % HOUR) / MINUTE), word: 'minute' },
    { count: Math.floor(seconds % MINUTE), word: 'second' },
  ]
  const first = parts.findIndex(({ count }) => count > 0)
  if (first < 0) return '0 seconds'
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}${count === 1 ? '' : 's'}`)
    .join(' ')
}
