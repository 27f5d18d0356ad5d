/** Weed: a name is told with a reason on record, and shredded once it is needed no more. */
import { endCredentials } from '#store/credentials'
import { allPeople, lockPerson, notePerson, weedPerson } from '#store/people'
import { endSessionsOf } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { Purpose } from '#terms/people'
import { pass } from '../door.ts'
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

/** Takes somebody's name out for good: they have left, and the key that it was sealed with is shredded. */
export async function weed(desk: PeopleDesk, on: OnPerson): Promise<void> {
  const asked = askedOn(desk, 'weed-identity', on)
  await pass(desk.database, asked, async (tx) => {
    const person = await lockPerson(tx, on.person, 'change')
    await endSessionsOf(tx, on.person, signedBy(asked))
    await endCredentials(tx, on.person, EVERY_KIND, asked.at)
    await weedPerson(tx, person, signedBy(asked))
  })
  await desk.keys.shred(on.person)
}

/** Shreds the keys of people who were weeded, where the process ended before it came to that. @returns how many */
export async function finishWeeding(desk: PeopleDesk): Promise<number> {
  const holders = new Set(await desk.keys.holders())
  const left = (await allPeople(desk.database)).filter(({ id, weededAt }) => weededAt && holders.has(id))
  for (const { id } of left) await desk.keys.shred(id)
  return left.length
}
