/** Setup: whoever was invited chooses a name and a password, reads a TOTP secret, and proves that they have it. */
import { randomBytes } from 'node:crypto'
import type { Signed } from '#store/append'
import {
  addCredential,
  type Credential,
  credentialBy,
  credentialsOf,
  endCredentials,
  spend,
} from '#store/credentials'
import type { Transaction } from '#store/database'
import { changePerson, lockPerson, notePerson, setSignIn } from '#store/people'
import { beginSession, type SignedInBy } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { admitting, aloneIn } from './admission.ts'
import type { PeopleDesk } from './desk.ts'
import { tokenDigest } from './invite.ts'
import { checkPassword, hashPassword } from './password.ts'
import { newTotp, stepOf, takeCode } from './totp.ts'

/** Somebody who is signed in, by a token that is given once. */
export interface SignedIn {
  readonly person: PersonId
  readonly token: string
  readonly endsAt: Date
  /** Their session opens once somebody other than whoever admitted them, gave them a role or reset their sign-in lets them in. */
  readonly waits?: true
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,99}$/u
const RECOVERY_CODES = 10
const RECOVERY_BYTES = 10

/**
 * Takes a name and a password, and gives the TOTP secret that is to be proved next.
 *
 * @throws Fault `people.sign-in` for a link that is none, was used or ran out; `register.exists`; `request.invalid`
 */
export async function beginSetup(
  desk: PeopleDesk,
  { token, name, password }: { readonly token: string; readonly name: string; readonly password: string },
): Promise<{ readonly secret: string; readonly uri: string }> {
  if (!NAME.test(name))
    throw new Fault('request.invalid', 'a name has 2 to 100 letters, digits and . _ @ + -')
  checkPassword(password, name)
  const at = desk.now()
  const { person: id } = await setupOf(desk, token)
  const hashed = await hashPassword(password, desk.passwordCost)
  const totp = newTotp(name)
  const sealed = await desk.keys.seal(id, 'totp', totp.secret)
  await desk.database.transaction(async (tx) => {
    const person = await lockPerson(tx, id, 'change')
    await stillOpen(tx, token, at)
    const signed: Signed = { actor: `person:${id}`, at }
    await endCredentials(tx, id, ['password', 'totp', 'recovery'], signed)
    await setSignIn(tx, id, desk.keys.digest('name', foldedName(name)))
    await addCredential(tx, { person: id, kind: 'password', secret: hashed }, signed)
    await addCredential(tx, { person: id, kind: 'totp', secret: sealed }, signed)
    const event = { kind: 'person.sign-in-prepared', body: { by: ['password', 'totp'] } } as const
    await notePerson(tx, person, event, signed)
  })
  return totp
}

/**
 * Ends the setup with a right code.
 *
 * @returns a session, and recovery codes that are shown once
 * @throws Fault `people.sign-in` for a wrong code, or a link that is none any more
 */
export async function finishSetup(
  desk: PeopleDesk,
  { token, code }: { readonly token: string; readonly code: string },
): Promise<SignedIn & { readonly recoveryCodes: readonly string[] }> {
  const at = desk.now()
  const { person } = await setupOf(desk, token)
  const [totp] = await credentialsOf(desk.database, person, 'totp', at)
  const secret = totp && (await desk.keys.open(person, 'totp', totp.secret))
  const step = secret === undefined ? undefined : stepOf(secret, code, totp?.counter ?? 0, at)
  if (totp === undefined || step === undefined) throw new Fault('people.sign-in', 'the code is not right')
  const recoveryCodes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode())
  const session = await desk.database.transaction(async (tx) => {
    if (!(await takeCode(tx, totp, step, at))) throw new Fault('people.sign-in', 'the code was used before')
    for (const one of recoveryCodes) {
      const recovery = desk.keys.digest('recovery', plainCode(one))
      await addCredential(
        tx,
        { person, kind: 'recovery', secret: recovery },
        { actor: `person:${person}`, at },
      )
    }
    return activate(tx, desk, { token, how: 'setup', by: ['password', 'totp', 'recovery'] }, at)
  })
  return { ...session, recoveryCodes }
}

/** Uses a setup link up, makes its person active, and signs them in. @throws Fault `people.sign-in` */
export async function activate(
  tx: Transaction,
  desk: PeopleDesk,
  { token, how, by }: { readonly token: string; readonly how: SignedInBy; readonly by: readonly string[] },
  at: Date,
): Promise<SignedIn> {
  const open = await stillOpen(tx, token, at)
  const locked = await lockPerson(tx, open.person, 'change')
  const signed: Signed = { actor: `person:${open.person}`, at }
  if (!(await spend(tx, open.id, signed))) throw noLink()
  const person = await notePerson(tx, locked, { kind: 'person.sign-in-set', body: { by } }, signed)
  const admission = await admitting(tx, desk, open.person)
  switch (admission.kind) {
    case 'waits':
      await changePerson(tx, person, { state: 'suspended' }, 'person.awaited', signed)
      break
    case 'opens':
      await changePerson(tx, person, { state: 'active', ...aloneIn(admission) }, 'person.activated', signed)
  }
  return {
    person: open.person,
    ...(admission.kind === 'waits' && { waits: true }),
    ...(await beginSession(tx, { person: open.person, how, limits: desk.limits }, at)),
  }
}

/** The link that a token is of. @throws Fault `people.sign-in` */
export async function setupOf(desk: PeopleDesk, token: string): Promise<Credential> {
  const found = await credentialBy(desk.database, 'setup', { secret: tokenDigest(token) }, desk.now())
  if (!found) throw noLink()
  return found
}

/** Names are compared without regard to case. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

/** A recovery code as it is compared: people write it with and without hyphens. */
export function plainCode(untrusted: string): string {
  return untrusted.replace(/[\s-]/g, '').toLowerCase()
}

async function stillOpen(tx: Transaction, token: string, at: Date): Promise<Credential> {
  const found = await credentialBy(tx, 'setup', { secret: tokenDigest(token) }, at)
  if (!found) throw noLink()
  return found
}

function newRecoveryCode(): string {
  return (randomBytes(RECOVERY_BYTES).toString('hex').match(/.{5}/g) ?? []).join('-')
}

function noLink(): Fault {
  return new Fault('people.sign-in', 'the setup link is none, was used, or has run out')
}
