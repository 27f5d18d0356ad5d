/** Weed: a name is told with a reason on record, and shredded once it is needed no more. */
import { nameKeeping } from '#cases/retention'
import type { Signed } from '#store/append'
import type { Copy } from '#store/copies'
import { emptyCredentials, endCredentials } from '#store/credentials'
import type { Transaction } from '#store/database'
import { profilesInUse } from '#store/kept'
import { allPeople, lockPerson, notePerson, personOf, type StoredPerson, weedPerson } from '#store/people'
import { endSessionsOf } from '#store/sessions'
import { completeWeedings, leavePerson, noteKeyGone, personKeyCopies, weedingsOpen } from '#store/weeding'
import { Fault } from '#terms/fault'
import type { PersonId, Purpose } from '#terms/people'
import { pass, refuse } from '../door.ts'
import type { RetentionProfiles } from '../evidence/profiles.ts'
import type { PeopleDesk } from './desk.ts'
import { type Identity, identityOf } from './identity.ts'
import { EVERY_KIND } from './invite.ts'
import { askedOn, type OnPerson, signedBy } from './roles.ts'

/** Tells who a pseudonym is; that it was told is on record first. @throws Fault `people.refused`; `people.unknown` once weeded */
export async function reveal(desk: PeopleDesk, on: OnPerson, purpose: Purpose): Promise<Identity> {
  const asked = { ...askedOn(desk, 'reveal-identity', on), purpose }
  await pass(desk.database, asked, async (tx) => {
    const person = await lockPerson(tx, on.person, 'change')
    const event = { kind: 'person.revealed', body: { purpose } } as const
    await notePerson(tx, person, event, signedBy(asked))
  })
  const identity = await identityOf(desk, on.person)
  if (identity === undefined) throw new Fault('people.unknown', `the name of ${on.person} was weeded`)
  return identity
}

/** Somebody has left: their sign-in ends, they have no role any more, and the period runs after which their name goes. */
export function leave(desk: PeopleDesk, on: OnPerson): Promise<StoredPerson> {
  const asked = askedOn(desk, 'suspend-person', on)
  return pass(desk.database, asked, async (tx) => {
    const person = await lockPerson(tx, on.person, 'change')
    if (person.state === 'left') throw new Fault('store.conflict', `${on.person} has left before`)
    await endSessionsOf(tx, on.person, signedBy(asked))
    await endCredentials(tx, on.person, EVERY_KIND, signedBy(asked))
    return leavePerson(tx, person, signedBy(asked))
  })
}

/** How far a weeding has come. */
export interface Weeded {
  /** The key is gone, and no copy of it is left. */
  readonly isComplete: boolean
  /** Backups that may still hold the key: the weeding is done in part until they are accounted for. */
  readonly remaining: readonly Copy[]
}

/**
 * Takes somebody's name out for good: they have left, the period of the retention profiles in use is over, or none is
 * set, and the
 * key that it was sealed with is shredded.
 *
 * @throws Fault `people.refused`, on record: not due, or by whoever may not; `people.unknown`
 */
export async function weed(desk: PeopleDesk, on: OnPerson): Promise<Weeded> {
  const asked = askedOn(desk, 'weed-identity', on)
  const profiles = await desk.profiles()
  await pass(desk.database, asked, async (tx) => {
    const person = await lockPerson(tx, on.person, 'change')
    if (person.weededAt !== undefined) return // what is left of it is done below
    await refuseEarly(tx, person, profiles, asked.at)
    await weedPerson(tx, person, signedBy(asked))
    await emptyCredentials(tx, on.person, signedBy(asked))
  })
  return shredded(desk, on.person, signedBy(asked))
}

async function refuseEarly(
  tx: Transaction,
  { leftAt }: StoredPerson,
  profiles: RetentionProfiles,
  now: Date,
): Promise<void> {
  const inUse = await profilesInUse(tx)
  const using = [...profiles.values()].filter(({ name }) => inUse.has(name))
  const keeping = leftAt === undefined ? undefined : nameKeeping(using, leftAt)
  const isEarly = keeping?.kind === 'until' && keeping.until > now.toISOString()
  if (keeping === undefined || isEarly) refuse('not-due')
}

/** The key goes once its weeding is committed; then that is written down, and whether any copy of it is left. */
async function shredded(desk: PeopleDesk, id: PersonId, signed: Signed): Promise<Weeded> {
  await desk.keys.shred(id)
  return desk.database.transaction(async (tx) => {
    await noteKeyGone(tx, id, signed)
    await completeWeedings(tx, signed)
    const remaining = await personKeyCopies(tx, id)
    return { isComplete: remaining.length === 0, remaining }
  })
}

/** Shreds the keys of people who were weeded, where the process ended before it came to that. @returns how many */
export async function finishWeeding(desk: PeopleDesk): Promise<number> {
  const holders = new Set(await desk.keys.holders())
  const open = await Promise.all((await weedingsOpen(desk.database)).map((id) => personOf(desk.database, id)))
  const left = open.flatMap((person) => (person && person.keyGoneAt === undefined ? [person.id] : []))
  for (const id of left) await shredded(desk, id, { actor: 'tutela', at: desk.now() })
  // Of one that is written down as gone a copy may have been put back by hand.
  const again = (await allPeople(desk.database)).filter(({ id, weededAt }) => weededAt && holders.has(id))
  for (const { id } of again) await desk.keys.shred(id)
  return new Set([...left, ...again.map(({ id }) => id)]).size
}
