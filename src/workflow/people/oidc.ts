/** OIDC: people of an organisation sign in by its own provider (authorization code with PKCE, state and nonce). */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client'
import { addCredential, credentialBy, endCredentials, lockSecret } from '#store/credentials'
import { Fault } from '#terms/fault'
import type { PeopleDesk } from './desk.ts'
import { activate, type SignedIn, setupOf } from './setup.ts'
import { begun, placeCounted } from './sign-in.ts'

const RETURN_PATH = '/v1/sign-in/oidc/return'
const SECONDS_MAX = 10
/** As long as a session of one's own lasts, unless it is set. */
const AGE_MINUTES_MAX = 720
/** How far the provider's clock may be from this one. */
const CLOCK_SECONDS = 60
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** Configurations by their issuer: it is asked once what it can. */
const configurations = new WeakMap<object, Promise<Configuration>>()

/**
 * Where to send a browser, and the state that it is to keep, so that nobody is signed in by somebody else's answer.
 *
 * @param address where the browser is
 * @param setup token of a setup link: whoever comes back is joined to the person who was invited
 * @throws Fault `config.invalid` where no provider is set; `server.unreachable`; `people.sign-in` for a link that is none
 */
export async function beginOidc(
  desk: PeopleDesk,
  address: string,
  setup?: string,
): Promise<{ readonly url: string; readonly state: string }> {
  if (setup !== undefined) await setupOf(desk, setup)
  const config = await configurationOf(desk)
  const [verifier, nonce] = [randomPKCECodeVerifier(), randomNonce()]
  const kept = { kind: 'oidc', verifier, nonce, ...(setup !== undefined && { setup }) } as const
  const state = desk.pending.begin(kept, placeCounted(desk, address), desk.now())
  const url = buildAuthorizationUrl(config, {
    redirect_uri: new URL(RETURN_PATH, desk.origin).href,
    scope: 'openid',
    ...{ state, nonce, max_age: `${ageSecondsMax(desk)}` },
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return { url: url.href, state }
}

/**
 * Signs in whom the provider sent back.
 *
 * @param search the query that the browser came back with
 * @param kept the state that the browser kept
 * @throws Fault `people.sign-in` for whoever is not known, an answer that was used, is too old, or of another browser
 */
export async function finishOidc(
  desk: PeopleDesk,
  search: string,
  kept: string | undefined,
): Promise<SignedIn> {
  const at = desk.now()
  const state = new URLSearchParams(search).get('state')
  const begunWith = state !== null && state === kept ? desk.pending.take(state, 'oidc', at) : undefined
  if (begunWith === undefined || state === null) throw notKnown()
  const config = await configurationOf(desk)
  const url = new URL(`${RETURN_PATH}${search}`, desk.origin)
  const tokens = await authorizationCodeGrant(config, url, {
    pkceCodeVerifier: begunWith.verifier,
    expectedNonce: begunWith.nonce,
    expectedState: state,
    idTokenExpected: true,
  }).catch((cause: unknown) => {
    throw new Fault('people.sign-in', 'the provider did not confirm it', { cause })
  })
  const claims = tokens.claims()
  if (claims === undefined) throw notKnown()
  refuseStale(desk, claims['auth_time'], at)
  const secret = desk.keys.digest('oidc', `${claims.iss}\0${claims.sub}`)
  return begunWith.setup === undefined
    ? returning(desk, secret, at)
    : joined(desk, begunWith.setup, secret, at)
}

/** Somebody whom the provider named before. */
async function returning(desk: PeopleDesk, secret: Buffer, at: Date): Promise<SignedIn> {
  const found = await credentialBy(desk.database, 'oidc', { secret }, at)
  if (!found) throw notKnown()
  const signedIn = await desk.database.transaction((tx) =>
    begun(tx, desk, { person: found.person, how: 'oidc', forgiven: {} }, at),
  )
  if (!signedIn) throw notKnown()
  return signedIn
}

/** Somebody who was invited and is now known to the provider by this subject; one subject is one person. */
async function joined(desk: PeopleDesk, token: string, secret: Buffer, at: Date): Promise<SignedIn> {
  const { person } = await setupOf(desk, token)
  return desk.database.transaction(async (tx) => {
    await lockSecret(tx, secret) // of two who join by it at once the second sees the first
    if (await credentialBy(tx, 'oidc', { secret }, at))
      throw new Fault('register.exists', 'the provider’s account is somebody else’s here')
    // A password may have been prepared by the same link, by whoever saw it first: it would let them in as this person.
    const signed = { actor: `person:${person}`, at } as const
    await endCredentials(tx, person, ['password', 'totp', 'recovery', 'oidc'], signed)
    await addCredential(tx, { person, kind: 'oidc', secret }, signed)
    return activate(tx, desk, { token, how: 'oidc', by: ['oidc'] }, at)
  })
}

function ageSecondsMax({ oidc }: PeopleDesk): number {
  return (oidc?.maxAgeMinutes ?? AGE_MINUTES_MAX) * 60
}

/** A provider that has a session may let somebody through who signed in there long ago; not all say when that was. */
function refuseStale(desk: PeopleDesk, untrustedAuthTime: unknown, at: Date): void {
  if (untrustedAuthTime === undefined) return
  const age = typeof untrustedAuthTime === 'number' ? at.getTime() / 1000 - untrustedAuthTime : Number.NaN
  if (age >= -CLOCK_SECONDS && age <= ageSecondsMax(desk) + CLOCK_SECONDS) return
  throw new Fault('people.sign-in', 'the sign-in at the provider is too old: sign in there anew')
}

function configurationOf(desk: PeopleDesk): Promise<Configuration> {
  const { oidc, origin } = desk
  if (oidc === undefined || origin === undefined)
    throw new Fault('config.invalid', 'people.oidc and people.origin are not set')
  const had = configurations.get(oidc)
  if (had) return had
  const issuer = new URL(oidc.issuer)
  // Plain HTTP is for a provider on this machine alone.
  const execute = issuer.protocol === 'http:' && LOOPBACK.has(issuer.hostname) ? [allowInsecureRequests] : []
  const asked = discovery(issuer, oidc.clientId, oidc.clientSecret, undefined, {
    execute,
    timeout: SECONDS_MAX,
  })
  const found = asked.catch((cause: unknown) => {
    configurations.delete(oidc) // it is asked again
    throw new Fault('server.unreachable', 'the provider by which people sign in does not answer', { cause })
  })
  configurations.set(oidc, found)
  return found
}

function notKnown(): Fault {
  return new Fault('people.sign-in', 'the provider named nobody who may come in')
}
