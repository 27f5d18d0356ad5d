/** Invite: somebody is admitted, or begins anew, by a one-time link; there is no default password. */
import { createHash, randomBytes } from 'node:crypto'
import { newId } from '#ground/id'
import { isAwaited } from '#store/admissions'
import type { Signed } from '#store/append'
import { addCredential, type CredentialKind, endCredentials } from '#store/credentials'
import type { Transaction } from '#store/database'
import { admitPerson, allPeople, changePerson, lockPerson } from '#store/people'
import { endSessionsOf } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { Person, PersonId, Role } from '#terms/people'
import { pass } from '../door.ts'
import type { PeopleDesk } from './desk.ts'
import { type Identity, sealIdentity } from './identity.ts'

/** Somebody who may set up their sign-in, by a token that is shown once. */
export interface Invited {
  readonly person: PersonId
  readonly token: string
  /** ISO 8601, UTC. */
  readonly until: string
}

export const EVERY_KIND: readonly CredentialKind[] = [
  'password',
  'totp',
  'passkey',
  'oidc',
  'recovery',
  'setup',
]
const HOURS = 24
const TOKEN_BYTES = 32
/** Any number that nobody else locks: two first starts make one first person. */
const FIRST_LOCK = 4_604_604

/**
 * Invites the first administrator, or invites them again as long as nobody has set up their sign-in.
 *
 * @returns undefined once somebody has
 */
export async function inviteFirst(desk: PeopleDesk, signed: Signed): Promise<Invited | undefined> {
  const id = newId('p')
  const identity = await sealIdentity(desk, id, { name: 'First administrator' })
  const invited = await desk.database.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(${FIRST_LOCK})`)
    const [first, ...others] = await allPeople(tx)
    if (first && (first.state !== 'invited' || others.length > 0)) return undefined
    if (first) return link(tx, first, 'person.invited-again', signed)
    const person = await admitPerson(tx, { id, roles: ['administrator'], departments: [], identity }, signed)
    return link(tx, person, 'person.invited', signed)
  })
  if (invited?.person !== id) await desk.keys.shred(id)
  return invited
}

/** Lets whoever runs the machine help somebody in who is locked out, on record: their old credentials end. */
export function inviteAgain(desk: PeopleDesk, person: PersonId, signed: Signed): Promise<Invited> {
  return desk.database.transaction((tx) => begunAnew(tx, person, signed))
}

/** Who is to be admitted, by whom. */
export interface Admission {
  readonly by: PersonId
  readonly identity: Identity
  readonly roles: readonly Role[]
  readonly departments: readonly string[]
}

/** Admits somebody. @throws Fault `people.refused`, `request.invalid` */
export async function admit(desk: PeopleDesk, { by, identity, ...terms }: Admission): Promise<Invited> {
  const id = newId('p')
  const sealed = await sealIdentity(desk, id, identity)
  const at = desk.now()
  const signed: Signed = { actor: `person:${by}`, at }
  try {
    return await pass(desk.database, { by, act: 'admit-person', at }, async (tx) => {
      const person = await admitPerson(tx, { id, ...terms, identity: sealed }, signed)
      return link(tx, person, 'person.invited', signed)
    })
  } catch (error) {
    await desk.keys.shred(id)
    throw error
  }
}

/**
 * Ends how somebody signs in, and lets them set it up anew. @throws Fault `people.refused`, `people.unknown`,
 * `store.conflict`
 */
export function reset(
  desk: PeopleDesk,
  {
    by,
    person,
    signedInAt,
  }: { readonly by: PersonId; readonly person: PersonId; readonly signedInAt?: Date },
): Promise<Invited> {
  const at = desk.now()
  const asked = { by, act: 'reset-sign-in', subject: { kind: 'person', id: person }, at } as const
  const facts = signedInAt ? { facts: { signedInAt } } : {}
  return pass(desk.database, { ...asked, ...facts }, async (tx) => {
    const { state } = await lockPerson(tx, person, 'change')
    // Who was stopped is let in again by that act, not by a new link. Who waits to be let in may begin anew.
    if (state === 'suspended' && !(await isAwaited(tx, person)))
      throw new Fault('store.conflict', `${person} is suspended: that is ended first`)
    return begunAnew(tx, person, { actor: `person:${by}`, at })
  })
}

/** The digest under which a setup token is kept. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

async function begunAnew(tx: Transaction, id: PersonId, signed: Signed): Promise<Invited> {
  const person = await lockPerson(tx, id, 'change')
  if (person.state === 'left') throw new Fault('people.unknown', `${id} has left`)
  await endSessionsOf(tx, id, signed)
  await endCredentials(tx, id, EVERY_KIND, signed)
  return link(tx, person, 'person.sign-in-reset', signed)
}

async function link(
  tx: Transaction,
  person: Person,
  kind: `person.${string}`,
  signed: Signed,
): Promise<Invited> {
  const token = `tup_${randomBytes(TOKEN_BYTES).toString('base64url')}`
  const expiresAt = new Date(signed.at.getTime() + HOURS * 3_600_000)
  await endCredentials(tx, person.id, ['setup'], signed)
  await addCredential(tx, { person: person.id, kind: 'setup', secret: tokenDigest(token), expiresAt }, signed)
  await changePerson(tx, person, { state: 'invited' }, kind, signed)
  return { person: person.id, token, until: expiresAt.toISOString() }
}
