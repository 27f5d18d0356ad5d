/** Roles: what somebody may do is changed by somebody else; suspended, they are out at once. */
import { isAwaited } from '#store/admissions'
import type { Signed } from '#store/append'
import { endCredentials } from '#store/credentials'
import type { Transaction } from '#store/database'
import { changePerson, lockPerson, type PersonChange, type StoredPerson } from '#store/people'
import { endSessionsOf } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { Person, PersonId, Role } from '#terms/people'
import { type Asked, type Facts, pass } from '../door.ts'
import { admitting, aloneIn, mayNotLetIn } from './admission.ts'
import type { PeopleDesk } from './desk.ts'
import { EVERY_KIND } from './invite.ts'

/** Who acts on whom; when they signed in, where the door asks for a sign-in that is recent. */
export interface OnPerson {
  readonly by: PersonId
  readonly person: PersonId
  readonly signedInAt?: Date
}

/** What is asked of the door for an act on a person. */
export function askedOn(desk: PeopleDesk, act: Asked['act'], { by, person, signedInAt }: OnPerson): Asked {
  const subject = { kind: 'person', id: person } as const
  return { by, act, subject, at: desk.now(), ...(signedInAt && { facts: { signedInAt } }) }
}

/** A person as others see them; `waits`: until another person lets them in. */
export type PersonShown = StoredPerson & { readonly waits?: true }

/** What somebody is to have from now on. */
export interface RolesGiven {
  readonly roles: readonly Role[]
  readonly departments?: readonly string[]
}

/**
 * Sets roles and departments. Whoever is given one that they had not waits until another person lets them in.
 *
 * @throws Fault `people.refused`, also for one's own; `people.unknown`
 */
export function setRoles(desk: PeopleDesk, on: OnPerson, change: RolesGiven): Promise<PersonShown> {
  const asked = askedOn(desk, 'set-roles', on)
  return pass(desk.database, asked, async (tx) => {
    const person = await lockPerson(tx, on.person, 'change')
    const given = givenTo(person, change)
    const set = (noted: PersonChange['noted'] = {}) =>
      changePerson(tx, person, { ...change, noted }, 'person.roles-set', signedBy(asked))
    if (given.length === 0) return set()
    if (person.state !== 'active') return set({ given }) // another lets them in, whenever that is
    const admission = await admitting(tx, desk, on.person, on.by)
    const changed = await set({ given, ...(admission.kind === 'opens' && aloneIn(admission).noted) })
    if (admission.kind === 'opens') return changed
    return {
      ...(await changePerson(tx, changed, { state: 'suspended' }, 'person.awaited', signedBy(asked))),
      waits: true as const,
    }
  })
}

/** Roles and departments that somebody has not yet: a written authority may be for a department. */
function givenTo(person: Person, { roles, departments = [] }: RolesGiven): string[] {
  return [
    ...roles.filter((role) => !person.roles.includes(role)),
    ...departments.filter((one) => !person.departments.includes(one)).map((one) => `department:${one}`),
  ]
}

/** Suspends somebody, whose sessions end. @throws Fault `people.refused`, `people.unknown`, `store.conflict` */
export function suspend(desk: PeopleDesk, on: OnPerson): Promise<StoredPerson> {
  const asked = askedOn(desk, 'suspend-person', on)
  return pass(desk.database, asked, async (tx) => {
    const person = await inState(tx, on.person, ['active', 'invited'])
    await endSessionsOf(tx, on.person, signedBy(asked))
    if (person.state === 'invited') await endCredentials(tx, on.person, EVERY_KIND, signedBy(asked)) // the link opens nothing
    return changePerson(tx, person, { state: 'suspended' }, 'person.suspended', signedBy(asked))
  })
}

/**
 * Lets somebody in who was suspended, or waits for another person to let them in: not by whoever admitted them, gave
 * them a role or
 * reset their sign-in since they were let in last.
 *
 * @throws Fault `people.refused`, `people.unknown`, `store.conflict`
 */
export async function resume(desk: PeopleDesk, on: OnPerson): Promise<StoredPerson> {
  const isWaiting = await isAwaited(desk.database, on.person)
  const asked = askedOn(desk, isWaiting ? 'let-in' : 'suspend-person', on)
  const facts = async (tx: Transaction): Promise<Facts> => ({
    ...(on.signedInAt && { signedInAt: on.signedInAt }),
    earlier: await mayNotLetIn(tx, desk, on.person),
  })
  return pass(desk.database, { ...asked, facts }, async (tx) => {
    const person = await inState(tx, on.person, ['suspended'])
    if ((await isAwaited(tx, on.person)) !== isWaiting)
      throw new Fault('store.conflict', `${on.person} was changed meanwhile`)
    return changePerson(tx, person, { state: 'active' }, 'person.resumed', signedBy(asked))
  })
}

async function inState(
  tx: Transaction,
  id: PersonId,
  states: readonly Person['state'][],
): Promise<StoredPerson> {
  const person = await lockPerson(tx, id, 'change')
  if (states.includes(person.state)) return person
  throw new Fault('store.conflict', `${id} is ${person.state}, not ${states.join(' or ')}`)
}

/** Who signs what was asked. */
export function signedBy({ by, at }: Asked): Signed {
  return { actor: `person:${by}`, at }
}
