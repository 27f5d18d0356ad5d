/** Sign-in: into a demonstration by a link that works once, or by naming a role; nowhere else, and without a password. */
import { createHash, randomBytes } from 'node:crypto'
import { addCredential, credentialBy, spend } from '#store/credentials'
import type { Transaction } from '#store/database'
import { isDemonstration } from '#store/deployment'
import { lockPerson } from '#store/people'
import { beginSession } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { PersonId, Role } from '#terms/people'
import type { PeopleDesk } from '../people/desk.ts'
import type { SignedIn } from '../people/setup.ts'
import { castOf } from './cast.ts'

/** A link of one of the cast. */
export interface CastLink {
  readonly role: Role
  readonly place: number
  readonly token: string
  /** ISO 8601, UTC. */
  readonly until: string
}

const HOURS = 24
const TOKEN_BYTES = 32

/** New links, one for each of the cast; each works once. @throws Fault `people.sign-in` where this is no demonstration */
export async function castLinks(desk: PeopleDesk): Promise<CastLink[]> {
  await refuseWork(desk)
  const at = desk.now()
  const expiresAt = new Date(at.getTime() + HOURS * 3_600_000)
  const links: CastLink[] = []
  for (const { role, place, person } of await castOf(desk)) {
    const token = `tud_${randomBytes(TOKEN_BYTES).toString('base64url')}`
    const given = { person: person.id, kind: 'setup', secret: digestOf(token), expiresAt } as const
    await desk.database.transaction((tx) => addCredential(tx, given, { actor: 'tutela', at }))
    links.push({ role, place, token, until: expiresAt.toISOString() })
  }
  return links
}

/**
 * Signs in by a link. @throws Fault `people.sign-in` for one that is none, was used or ran out; where this is no
 * demonstration
 */
export async function signInByLink(desk: PeopleDesk, token: string): Promise<SignedIn> {
  await refuseWork(desk)
  const at = desk.now()
  return desk.database.transaction(async (tx) => {
    const found = await credentialBy(tx, 'setup', { secret: digestOf(token) }, at)
    if (!found || !(await spend(tx, found.id, { actor: `person:${found.person}`, at })))
      throw new Fault('people.sign-in', 'the link was used, or ran out')
    return begun(tx, desk, found.person, at)
  })
}

/** Signs in as one of the cast. @throws Fault `people.sign-in` where nobody has the role; where this is no demonstration */
export async function signInAs(desk: PeopleDesk, role: Role, place: number): Promise<SignedIn> {
  await refuseWork(desk)
  const member = (await castOf(desk)).find((one) => one.role === role && one.place === place)
  if (!member) throw new Fault('people.sign-in', `nobody of the demonstration is ${role} ${place}`)
  const at = desk.now()
  return desk.database.transaction((tx) => begun(tx, desk, member.person.id, at))
}

async function begun(tx: Transaction, { limits }: PeopleDesk, person: PersonId, at: Date): Promise<SignedIn> {
  const { state } = await lockPerson(tx, person, 'share')
  if (state !== 'active') throw new Fault('people.sign-in', 'this one of the cast may not act now')
  return { person, ...(await beginSession(tx, { person, how: 'demonstration', limits }, at)) }
}

/** What the database says counts: no setting makes a place of work open to whoever names a role. */
async function refuseWork({ database }: PeopleDesk): Promise<void> {
  if ((await isDemonstration(database)) !== true)
    throw new Fault('people.sign-in', 'this is no demonstration: nobody signs in by naming a role')
}

/** Not as links of the setup are digested: none of the one kind works as the other. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(`demonstration ${token}`).digest()
}
