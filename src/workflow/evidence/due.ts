/** Due: what waits for somebody: items kept for nothing, holds and periods to look at, destructions, finds not reported. */
import type { RetentionProfile } from '#cases/profile'
import { nameKeeping, reviewDue } from '#cases/retention'
import type { Database, Session } from '#store/database'
import { type Destruction, destructionsOpen } from '#store/destructions'
import { type DiscoveryRecord, discoveriesOpen } from '#store/discoveries'
import { type Hold, holdsToReview } from '#store/holds'
import { type DueItem, itemsDue, profilesInUse } from '#store/kept'
import { namesLeft, personKeyCopies, weedingsOpen } from '#store/weeding'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import type { RetentionProfiles } from './profiles.ts'

/** What is due. Each list ends at `DUE_MAX`. */
export interface Due {
  /** Kept for nothing any more: to be destroyed by two people, except where they are held. */
  readonly items: readonly DueItem[]
  readonly holds: readonly Hold[]
  /** Profiles that something is kept under and whose period is to be looked at again, and since when. */
  readonly profiles: readonly { readonly name: string; readonly by: string; readonly since: string }[]
  /** Proposed, approved, begun, or waiting for other copies of the key. */
  readonly destructions: readonly Destruction[]
  /** Not reported yet. */
  readonly finds: readonly DiscoveryRecord[]
  /** Names of people who have left: whose period is over, whose end is for somebody to decide, or that are gone only in part. */
  readonly names: readonly NameDue[]
}

/** What waits to be done about the name of somebody who has left. */
export type NameDue = { readonly person: PersonId } & (
  | { readonly kind: 'due'; readonly since: string }
  | { readonly kind: 'to-decide'; readonly leftAt: string; readonly by: readonly string[] }
  | { readonly kind: 'partly'; readonly copies: readonly string[] }
)

export const DUE_MAX = 1000

/** What is due now. It destroys nothing, and writes nothing. */
export async function dueNow(session: Session, profiles: RetentionProfiles, now: Date): Promise<Due> {
  const inUse = await profilesInUse(session)
  return {
    items: await itemsDue(session, DUE_MAX),
    holds: await holdsToReview(session, now, DUE_MAX),
    profiles: profilesToReview(profiles, inUse, now),
    destructions: (await destructionsOpen(session)).slice(0, DUE_MAX),
    finds: (await discoveriesOpen(session)).slice(0, DUE_MAX),
    names: await namesDue(
      session,
      [...profiles.values()].filter(({ name }) => inUse.has(name)),
      now,
    ),
  }
}

async function namesDue(session: Session, inUse: readonly RetentionProfile[], now: Date): Promise<NameDue[]> {
  const left = (await namesLeft(session, DUE_MAX)).flatMap(({ person, leftAt }): NameDue[] => {
    const keeping = nameKeeping(inUse, leftAt)
    if (keeping.kind === 'until-decided') return [{ kind: 'to-decide', person, leftAt, by: keeping.by }]
    return keeping.until <= now.toISOString() ? [{ kind: 'due', person, since: keeping.until }] : []
  })
  for (const person of (await weedingsOpen(session)).slice(0, DUE_MAX)) {
    const copies = (await personKeyCopies(session, person)).map(({ id }) => id)
    left.push({ kind: 'partly', person, copies })
  }
  return left
}

/** What is due, for a person. @throws Fault `people.refused`, on record */
export function seeDue(
  desk: { readonly database: Database; readonly profiles: RetentionProfiles; now(): Date },
  by: PersonId,
): Promise<Due> {
  const at = desk.now()
  return pass(desk.database, { by, act: 'read-records', at }, (tx) => dueNow(tx, desk.profiles, at))
}

/** Of a profile that nothing is kept under nobody has to look at the period. */
function profilesToReview(
  profiles: RetentionProfiles,
  inUse: ReadonlySet<string>,
  now: Date,
): Due['profiles'] {
  return [...profiles.values()].flatMap((profile) => {
    if (!inUse.has(profile.name)) return []
    const since = reviewDue(profile)
    if (since === undefined || profile.review === undefined || since > now.toISOString()) return []
    return [{ name: profile.name, by: profile.review.by, since }]
  })
}
