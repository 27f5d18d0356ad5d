/** Retention: until when an item is kept for a purpose, what has lapsed, and when its bytes are due to go. */
import type { KeptFor } from '#terms/evidence'
import type { Purpose } from '#terms/people'
import { endOf } from './period.ts'
import type { RetentionProfile, Term } from './profile.ts'

/** What a profile says of keeping for a purpose from a date on. */
export type Keeping =
  | { readonly kind: 'until'; readonly until: string }
  | { readonly kind: 'until-decided'; readonly by: string }
  | { readonly kind: 'not-kept'; readonly because: string }

/** What a profile says of a purpose. */
export function termFor(profile: RetentionProfile, purpose: Purpose): Term {
  return profile.purposes.get(purpose) ?? profile.otherwise
}

/**
 * Until when an item may be kept for a purpose.
 *
 * @param from when it began to be kept for it, ISO 8601
 * @param firstKept when the item was first kept for anything under the profile: a ceiling counts from there, so that a new
 *   purpose does not renew it
 */
export function keeping(
  profile: RetentionProfile,
  purpose: Purpose,
  from: string,
  firstKept: string,
): Keeping {
  const term = termFor(profile, purpose)
  const ceiling = profile.ceiling && endOf(earlier(firstKept, from), profile.ceiling)
  switch (term.kind) {
    case 'not-kept':
      return { kind: 'not-kept', because: term.because }
    case 'until-decided':
      return ceiling ? { kind: 'until', until: ceiling } : { kind: 'until-decided', by: term.by }
    case 'for': {
      const until = endOf(from, term.period)
      return { kind: 'until', until: ceiling ? earlier(ceiling, until) : until }
    }
  }
}

/**
 * The latest that may be decided for a purpose: what the profile itself says where it says a period, and never beyond
 * its ceiling.
 *
 * @param from when it began to be kept for the purpose, ISO 8601
 * @returns undefined where the profile sets no end
 */
export function latestUntil(
  profile: RetentionProfile,
  purpose: Purpose,
  from: string,
  firstKept: string,
): string | undefined {
  const keep = keeping(profile, purpose, from, firstKept)
  if (keep.kind === 'until') return keep.until
  return profile.ceiling && endOf(firstKept, profile.ceiling)
}

/** How an item's keeping stands. */
export type KeepingStanding =
  /** Kept for at least one purpose; `until` is when the last lapses, absent where one has no end yet. */
  | { readonly kind: 'kept'; readonly for: readonly Purpose[]; readonly until?: string }
  /** Every purpose has lapsed: the bytes are due to go. `since` is when the last did. */
  | { readonly kind: 'due'; readonly since: string }
  /** It was never kept for anything, and is due. */
  | { readonly kind: 'for-nothing' }

/**
 * How the keeping of an item stands: by what was written down as lapsed, never by a clock, so that a clock that is set forth
 * or back makes nothing due and takes nothing back.
 */
export function keepingStanding(kept: readonly KeptFor[]): KeepingStanding {
  if (kept.length === 0) return { kind: 'for-nothing' }
  const standing = kept.filter(({ lapsedAt }) => lapsedAt === undefined)
  if (standing.length === 0) return { kind: 'due', since: latest(kept.map(({ lapsedAt }) => lapsedAt ?? '')) }
  const untils = standing.map(({ until }) => until)
  const purposes = [...new Set(standing.map(({ purpose }) => purpose))]
  return {
    kind: 'kept',
    for: purposes,
    ...(untils.every((until) => until !== undefined) && { until: latest(untils) }),
  }
}

/** When the period of a profile is to be looked at again; undefined where its instrument does not ask for that. */
export function reviewDue(profile: RetentionProfile): string | undefined {
  return profile.review && endOf(profile.review.last, profile.review.every)
}

/** Until when the name of somebody who has left is kept. */
export type NameKeeping =
  | { readonly kind: 'until'; readonly until: string }
  /** No period is set: whoever is named decides. */
  | { readonly kind: 'until-decided'; readonly by: readonly string[] }

/**
 * Until when a name is kept, under every profile that something is kept under: it answers for acts under each of them, and so the
 * longest period counts, and one that is not set leaves it to somebody.
 *
 * @param leftAt when the person left, ISO 8601
 */
export function nameKeeping(profiles: readonly RetentionProfile[], leftAt: string): NameKeeping {
  const terms = profiles.flatMap(({ names }) => names ?? [])
  const deciding = terms.flatMap((term) => (term.kind === 'until-decided' ? [term.by] : []))
  if (terms.length === 0 || deciding.length > 0) return { kind: 'until-decided', by: deciding }
  const untils = terms.map((term) => (term.kind === 'for' ? endOf(leftAt, term.period) : leftAt))
  return { kind: 'until', until: latest(untils) }
}

/** The earlier of two moments, both ISO 8601 in UTC. */
function earlier(a: string, b: string): string {
  return Date.parse(a) <= Date.parse(b) ? a : b
}

function latest(moments: readonly string[]): string {
  return moments.reduce((a, b) => (Date.parse(a) >= Date.parse(b) ? a : b))
}
