/** Sign-in: by name, password and a code; how often it fails is counted, and how long to wait is said as it is. */

import ipaddr from 'ipaddr.js'
import { newId } from '#ground/id'
import { append, type Signed } from '#store/append'
import { type Attempting, attempt, countNothing, type Forgiven, forgive } from '#store/attempts'
import { type Credential, credentialBy, credentialsOf, spend } from '#store/credentials'
import type { Transaction } from '#store/database'
import { lockPerson, personBySignIn } from '#store/people'
import { beginSession, endSession, type SignedInBy } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { PeopleDesk } from './desk.ts'
import { isPassword } from './password.ts'
import { foldedName, plainCode, type SignedIn } from './setup.ts'
import { stepOf, takeCode } from './totp.ts'

/** What somebody shows who signs in. */
export interface SignInAsked {
  readonly name: string
  readonly password: string
  /** Six digits, or one of the recovery codes. */
  readonly code: string
  /** Where it comes from: an address, or `local`. */
  readonly address: string
}

/** What came of it. `refused` says no more, so that nobody learns which part was wrong. */
export type SignInOutcome =
  | ({ readonly kind: 'signed-in' } & SignedIn)
  | { readonly kind: 'refused' }
  | { readonly kind: 'wait'; readonly seconds: number }

/** Failures that cost no waiting: of one name in a day, and in an hour of one address, behind which many may sit. */
const FREE_OF_NAME = 5
const FREE_OF_ADDRESS = 20
const HOURS_OF_ADDRESS = 1
const LOCAL = 'local'
/** A pseudonym that nobody has: asked for where there is no such name. */
const NOBODY: PersonId = 'p-nobody'

/** Signs somebody in, or not. */
export async function signIn(desk: PeopleDesk, asked: SignInAsked): Promise<SignInOutcome> {
  const at = desk.now()
  const who = desk.keys.digest('name', foldedName(asked.name))
  const from = addressCounted(desk, asked.address)
  const named = nameCounted(desk, asked)
  const seconds = await attempt(desk.database, [named, from], at)
  if (seconds > 0) return { kind: 'wait', seconds }
  const person = await personBySignIn(desk.database, who)
  // Whatever is wrong, the same is asked and the same is done: the time says neither whether the name nor which part it was.
  const id = person?.id ?? NOBODY
  const [password] = await credentialsOf(desk.database, id, 'password', at)
  const isRight = await isPassword(password?.secret, asked.password, desk.passwordCost)
  const proof = await proofOf(desk, id, asked.code, at)
  if (!person) return unknown(desk, at)
  if (!isRight || person.state !== 'active' || proof === undefined) return refused(desk, person.id, at)
  const session = await desk.database.transaction(async (tx) => {
    if (!(await proof.take(tx))) return undefined
    const forgiven = { name: named.who, address: from.who }
    return begun(tx, desk, { person: person.id, how: proof.how, forgiven }, at)
  })
  return session ? { kind: 'signed-in', ...session } : refused(desk, person.id, at)
}

/** Signs somebody in whom something else has proved: a passkey, a provider. @returns undefined for one who is not active */
export async function begun(
  tx: Transaction,
  desk: PeopleDesk,
  given: { readonly person: PersonId; readonly how: SignedInBy; readonly forgiven: Forgiven },
  at: Date,
): Promise<SignedIn | undefined> {
  const { person, how, forgiven } = given
  if ((await lockPerson(tx, person, 'share')).state !== 'active') return undefined // suspended meanwhile
  await forgive(tx, forgiven, at)
  return { person, ...(await beginSession(tx, { person, how, limits: desk.limits }, at)) }
}

/** Ends a session. @throws Fault `people.sign-in` where none stands */
export async function signOut(desk: PeopleDesk, token: string, person: PersonId): Promise<void> {
  const signed: Signed = { actor: `person:${person}`, at: desk.now() }
  const isEnded = await desk.database.transaction((tx) => endSession(tx, token, signed))
  if (!isEnded) throw new Fault('people.sign-in', 'nobody is signed in by this')
}

/** A name as its attempts are counted: at the machine itself apart, so that nobody out there locks anybody out of it. */
function nameCounted(desk: PeopleDesk, { name, address }: SignInAsked): Attempting {
  const words = address === LOCAL ? `${LOCAL}\0${foldedName(name)}` : foldedName(name)
  return { who: desk.keys.digest('name', words), free: FREE_OF_NAME }
}

/** An address as its attempts are counted: of IPv6 the network of a household, since its hosts are countless. */
export function addressCounted(desk: PeopleDesk, address: string): Attempting {
  const parsed = ipaddr.isValid(address) ? ipaddr.process(address) : undefined
  const network = parsed?.kind() === 'ipv6' ? parsed.toByteArray().slice(0, 8).join('.') : address
  return { who: desk.keys.digest('address', network), free: FREE_OF_ADDRESS, hours: HOURS_OF_ADDRESS }
}

/** An address as what is begun there is kept apart from what others begin. */
export function placeCounted(desk: PeopleDesk, address: string): string {
  return Buffer.from(addressCounted(desk, address).who).toString('base64')
}

interface Proof {
  readonly how: SignedInBy
  take(tx: Transaction): Promise<boolean>
}

/** The second proof: a code by the clock that was not taken before, or a recovery code that was not spent. */
async function proofOf(
  desk: PeopleDesk,
  person: PersonId,
  untrustedCode: string,
  at: Date,
): Promise<Proof | undefined> {
  const [totp] = await credentialsOf(desk.database, person, 'totp', at)
  const step = totp && (await rightStep(desk, totp, untrustedCode, at))
  if (totp && step !== undefined) return { how: 'password', take: (tx) => takeCode(tx, totp, step, at) }
  const secret = desk.keys.digest('recovery', plainCode(untrustedCode))
  const recovery = await credentialBy(desk.database, 'recovery', { secret }, at)
  if (recovery?.person !== person) return undefined
  return { how: 'recovery', take: (tx) => spend(tx, recovery.id, { actor: `person:${person}`, at }) }
}

async function rightStep(
  desk: PeopleDesk,
  totp: Credential,
  untrustedCode: string,
  at: Date,
): Promise<number | undefined> {
  const secret = await desk.keys.open(totp.person, 'totp', totp.secret)
  return secret === undefined ? undefined : stepOf(secret, untrustedCode, totp.counter, at)
}

/** On a name that nobody has there is nothing to tell. */
async function unknown(desk: PeopleDesk, at: Date): Promise<SignInOutcome> {
  await countNothing(desk.database, at)
  return { kind: 'refused' }
}

/** A failure on somebody's name is on record. */
async function refused(desk: PeopleDesk, person: PersonId, at: Date): Promise<SignInOutcome> {
  const event = { kind: 'sign-in.refused', body: { person } }
  await desk.database.transaction((tx) =>
    append(tx, `sign-in:${newId('f')}`, 0, [event], { actor: 'tutela', at }),
  )
  return { kind: 'refused' }
}
