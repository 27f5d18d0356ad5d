/** Passkey: a key that never leaves its device (WebAuthn), with the person verified there; it is a whole sign-in. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { attempt } from '#store/attempts'
import { addCredential, credentialBy, credentialsOf, isCredentialKnown, takeStep } from '#store/credentials'
import { lockPerson, notePerson } from '#store/people'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { type Asked, pass } from '../door.ts'
import type { PeopleDesk } from './desk.ts'
import type { SignedIn } from './setup.ts'
import { addressCounted, begun, placeCounted, type SignInOutcome } from './sign-in.ts'

const PREFIX = 'passkey:'
const PASSKEYS_MAX = 20
const LABEL_CHARACTERS_MAX = 100

/** Somebody who is signed in, and since when: what is added to a sign-in takes a recent one. */
export interface OwnSignIn {
  readonly by: PersonId
  readonly signedInAt: Date
}

/**
 * What a browser needs to make a passkey for somebody who is signed in.
 *
 * @throws Fault `config.invalid` without an origin; `people.refused` without a recent sign-in; `register.refused` for too many
 */
export async function beginPasskey(
  desk: PeopleDesk,
  own: OwnSignIn,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const at = desk.now()
  const { by: person } = own
  const had = await pass(desk.database, keeping(own, at), (tx) => credentialsOf(tx, person, 'passkey', at))
  if (had.length >= PASSKEYS_MAX)
    throw new Fault('register.refused', `somebody has ${PASSKEYS_MAX} passkeys at most`)
  return generateRegistrationOptions({
    rpName: 'Tutela',
    rpID: placeOf(desk).rpID,
    userName: person, // an authenticator shows this: a pseudonym, and no name
    userID: new TextEncoder().encode(person),
    challenge: bytesOf(desk.pending.begin({ kind: 'passkey-added', person }, person, at)),
    attestationType: 'none',
    excludeCredentials: had.map(({ id }) => ({ id: id.slice(PREFIX.length) })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/**
 * Keeps a passkey that a browser made.
 *
 * @throws Fault `people.sign-in` for an answer that proves nothing; `people.refused`; `register.exists` for one that
 * was kept before
 */
export async function finishPasskey(
  desk: PeopleDesk,
  own: OwnSignIn,
  { response, label }: { readonly response: RegistrationResponseJSON; readonly label: string },
): Promise<void> {
  const at = desk.now()
  const { by: person } = own
  if (label.trim() === '' || label.length > LABEL_CHARACTERS_MAX)
    throw new Fault('request.invalid', `a passkey has a label of up to ${LABEL_CHARACTERS_MAX} characters`)
  const { origin, rpID } = placeOf(desk)
  const expectedChallenge = (word: string): boolean =>
    desk.pending.take(word, 'passkey-added', at)?.person === person
  const expected = {
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
  }
  const verified = await verifyRegistrationResponse({ response, ...expected }).catch(proofless)
  if (!verified?.verified) throw new Fault('people.sign-in', 'the passkey could not be checked')
  const { id, publicKey, counter } = verified.registrationInfo.credential
  const key = { id: PREFIX + id, person, kind: 'passkey', secret: publicKey, counter, label } as const
  await pass(desk.database, keeping(own, at), async (tx) => {
    const locked = await lockPerson(tx, person, 'change')
    if (await isCredentialKnown(tx, key.id))
      throw new Fault('register.exists', 'this passkey is or was kept here: make another')
    await addCredential(tx, key, { actor: `person:${person}`, at })
    const event = { kind: 'person.passkey-added', body: {} } as const
    await notePerson(tx, locked, event, { actor: `person:${person}`, at })
  })
}

function keeping({ by, signedInAt }: OwnSignIn, at: Date): Asked {
  return { by, act: 'keep-passkeys', subject: { kind: 'person', id: by }, facts: { signedInAt }, at }
}

/** What a browser needs to sign in by a passkey; it says nothing of who has one. */
export async function beginPasskeySignIn(
  desk: PeopleDesk,
  address: string,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: placeOf(desk).rpID,
    challenge: bytesOf(desk.pending.begin({ kind: 'passkey' }, placeCounted(desk, address), desk.now())),
    userVerification: 'required',
  })
}

/** Signs somebody in by what their passkey signed. */
export async function finishPasskeySignIn(
  desk: PeopleDesk,
  { response, address }: { readonly response: AuthenticationResponseJSON; readonly address: string },
): Promise<SignInOutcome> {
  const at = desk.now()
  const counted = addressCounted(desk, address)
  const seconds = await attempt(desk.database, [counted], at)
  if (seconds > 0) return { kind: 'wait', seconds }
  const signedIn = await provedBy(desk, response, counted.who, at)
  return signedIn ? { kind: 'signed-in', ...signedIn } : { kind: 'refused' }
}

async function provedBy(
  desk: PeopleDesk,
  response: AuthenticationResponseJSON,
  who: Uint8Array,
  at: Date,
): Promise<SignedIn | undefined> {
  const found = await credentialBy(desk.database, 'passkey', { id: PREFIX + response.id }, at)
  if (!found) return undefined
  const { origin, rpID } = placeOf(desk)
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (word) => desk.pending.take(word, 'passkey', at) !== undefined,
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
    credential: { id: response.id, publicKey: new Uint8Array(found.secret), counter: found.counter },
  }).catch(proofless)
  if (!verified?.verified) return undefined
  const { newCounter } = verified.authenticationInfo
  return desk.database.transaction(async (tx) => {
    if (!(await takeStep(tx, found.id, newCounter, at))) return undefined // a copy of the key was used meanwhile
    return begun(tx, desk, { person: found.person, how: 'passkey', forgiven: { address: who } }, at)
  })
}

/** The library throws for an answer that is wrong; what is a bug of ours is none of these. */
function proofless(error: unknown): undefined {
  if (error instanceof TypeError || error instanceof ReferenceError) throw error
  return undefined
}

function placeOf(desk: PeopleDesk): { readonly origin: string; readonly rpID: string } {
  if (desk.origin === undefined)
    throw new Fault('config.invalid', 'people.origin is not set, on which passkeys hang')
  return { origin: desk.origin, rpID: new URL(desk.origin).hostname }
}

/** A challenge is the word itself: the browser gives it back in base64url, as it was begun. */
function bytesOf(word: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(word, 'base64url'))
}
