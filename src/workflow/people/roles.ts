/** Roles: what somebody may do is changed by somebody else; suspended, they are out at once. */
import type { Signed } from '#store/append'
import { endCredentials } from '#store/credentials'
import type { Transaction } from '#store/database'
import { changePerson, isAwaited, lastInvitedBy, lockPerson, type StoredPerson } from '#store/people'
import { endSessionsOf } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { Person, PersonId, Role } from '#terms/people'
import { type Asked, pass } from '../door.ts'
import type { PeopleDesk } from './desk.ts'
import { EVERY_KIND } from './invite.ts'
import { personIn } from './setup.ts'

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

/** Sets roles and departments. @throws Fault `people.refused`, also for one's own; `people.unknown` */
export function setRoles(
  desk: PeopleDesk,
  on: OnPerson,
  { roles, departments }: { readonly roles: readonly Role[]; readonly departments?: readonly string[] },
): Promise<StoredPerson> {
  const asked = askedOn(desk, 'set-roles', on)
  return pass(desk.database, asked, async (tx) => {
    const person = await lockPerson(tx, on.person, 'change')
    const change = { roles, ...(departments && { departments }) }
    return changePerson(tx, person, change, 'person.roles-set', signedBy(asked))
  })
}

/** Suspends somebody, whose sessions end, or lets them in again. @throws Fault `people.refused`, `people.unknown` */
export function suspend(
  desk: PeopleDesk,
  on: OnPerson,
  state: 'suspended' | 'active',
): Promise<StoredPerson> {
  const facts = async (tx: Transaction) => ({ earlier: await awaitedFrom(tx, on.person) })
  const asked: Asked = { ...askedOn(desk, 'suspend-person', on), ...(state === 'active' && { facts }) }
  const from: readonly Person['state'][] = state === 'suspended' ? ['active', 'invited'] : ['suspended']
  return pass(desk.database, asked, async (tx) => {
    const person = await lockPerson(tx, on.person, 'change')
    if (!from.includes(person.state))
      throw new Fault('store.conflict', `${on.person} is ${person.state}, not ${from.join(' or ')}`)
    if (state === 'suspended') await endSessionsOf(tx, on.person, signedBy(asked))
    if (person.state === 'invited') await endCredentials(tx, on.person, EVERY_KIND, asked.at) // the link opens nothing
    const kind = state === 'suspended' ? 'person.suspended' : 'person.resumed'
    return changePerson(tx, person, { state }, kind, signedBy(asked))
  })
}

/** Whoever reset the sign-in of somebody who waits since: it is another who says that it is them. */
async function awaitedFrom(tx: Transaction, person: PersonId): Promise<PersonId[]> {
  if (!(await isAwaited(tx, person))) return []
  const by = personIn((await lastInvitedBy(tx, person))?.actor ?? '')
  return by === undefined ? [] : [by]
}

/** Who signs what was asked. */
export function signedBy({ by, at }: Asked): Signed {
  return { actor: `person:${by}`, at }
}
