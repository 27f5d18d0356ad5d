/** Due: what waits for somebody: items kept for nothing, holds and periods to look at, destructions, finds not reported. */
import { reviewDue } from '#cases/retention'
import type { Database, Session } from '#store/database'
import { type Destruction, destructionsOpen } from '#store/destructions'
import { type DiscoveryRecord, discoveriesOpen } from '#store/discoveries'
import { type Hold, holdsToReview } from '#store/holds'
import { type DueItem, itemsDue, profilesInUse } from '#store/kept'
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
}

export const DUE_MAX = 1000

/** What is due now. It destroys nothing, and writes nothing. */
export async function dueNow(session: Session, profiles: RetentionProfiles, now: Date): Promise<Due> {
  return {
    items: await itemsDue(session, DUE_MAX),
    holds: await holdsToReview(session, now, DUE_MAX),
    profiles: profilesToReview(profiles, await profilesInUse(session), now),
    destructions: (await destructionsOpen(session)).slice(0, DUE_MAX),
    finds: (await discoveriesOpen(session)).slice(0, DUE_MAX),
  }
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
