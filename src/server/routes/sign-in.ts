/** Sign-in: a sign-in set up by its one-time link, by password and code, by passkey, by a provider; and out again. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import {
  MeTold,
  OidcBegun,
  OidcJoining,
  PasskeyAdded,
  PasskeyShown,
  SessionTold,
  SetupBegun,
  SetupFinished,
  SignInAsked,
  TotpTold,
  WebAuthn,
} from '#contract/sign-in'
import { mayOf } from '#people/may'
import { Fault } from '#terms/fault'
import { beginSetup, finishSetup, type SignedIn } from '#workflow/people/setup'
import { type SignInOutcome, signIn, signOut } from '#workflow/people/sign-in'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { giveCookie, giveState, takeCookie, takeState } from '../session/cookie.ts'
import { deskOf, ownSiteGuard, sessionIn, signedInGuard } from '../session/guard.ts'

// Heavy, and seldom asked: the service need not wait for them to start.
const oidc = () => import('#workflow/people/oidc')
const passkey = () => import('#workflow/people/passkey')

const tags = ['people']
const OPEN = { security: [] }

/** `/v1/setup…`, `/v1/sign-in…`, `/v1/sign-out`, `/v1/session`, `/v1/passkeys…` */
export function signInRoutes(app: FastifyInstance, service: Service): void {
  setupRoutes(app, service)
  passwordRoutes(app, service)
  passkeyRoutes(app, service)
  oidcRoutes(app, service)
}

function setupRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = ownSiteGuard(service)
  const begin = {
    ...{ tags, ...OPEN, summary: 'By a one-time setup link: a name and a password, for a TOTP secret.' },
    body: SetupBegun,
    response: { 200: TotpTold, ...problems(400, 401, 403, 409, 503) },
  }
  app.post('/v1/setup', { schema: begin, onRequest }, (request) =>
    beginSetup(deskOf(service), request.body as SetupBegun),
  )
  const finish = {
    ...{ tags, ...OPEN, summary: 'Ends the setup with a right code; gives recovery codes, once.' },
    body: SetupFinished,
    response: { 200: SessionTold, ...problems(400, 401, 403, 503) },
  }
  app.post('/v1/setup/confirm', { schema: finish, onRequest }, async (request, reply) => {
    const { as, ...asked } = request.body as SetupFinished
    const { recoveryCodes, ...signedIn } = await finishSetup(deskOf(service), asked)
    return { ...given(request, reply, signedIn, as), recoveryCodes }
  })
}

function passwordRoutes(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags, ...OPEN, summary: 'Signs in by name, password and a code.' },
    body: SignInAsked,
    response: { 200: SessionTold, ...problems(400, 401, 403, 429, 503) },
  }
  app.post('/v1/sign-in', { schema, onRequest: ownSiteGuard(service) }, async (request, reply) => {
    const { as, ...asked } = request.body as SignInAsked
    const outcome = await signIn(deskOf(service), { ...asked, address: request.ip })
    return told(request, reply, outcome, as)
  })
  const out = {
    tags,
    security: SIGNED_IN,
    summary: 'Ends this session.',
    response: { 204: Type.Null(), ...problems(401, 403, 503) },
  }
  app.post('/v1/sign-out', { schema: out, onRequest: signedInGuard(service) }, async (request, reply) => {
    const { token, person } = sessionIn(request)
    await signOut(deskOf(service), token, person.id)
    takeCookie(reply)
    return reply.code(204).send()
  })
  const me = {
    tags,
    security: SIGNED_IN,
    summary: 'Who is signed in.',
    response: { 200: MeTold, ...problems(401, 503) },
  }
  app.get('/v1/session', { schema: me, onRequest: signedInGuard(service) }, (request): MeTold => {
    const { person, how, begunAt, endsAt } = sessionIn(request)
    const times = { begunAt: begunAt.toISOString(), endsAt: endsAt.toISOString() }
    return {
      person: person.id,
      roles: [...person.roles],
      departments: [...person.departments],
      how,
      ...times,
      may: mayOf(person).map(({ purposes, ...one }) => ({
        ...one,
        ...(purposes && { purposes: [...purposes] }),
      })),
    }
  })
}

function passkeyRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const options = {
    tags,
    security: SIGNED_IN,
    summary: 'What a browser makes a passkey with.',
    response: { 200: WebAuthn, ...problems(401, 403, 409, 503) },
  }
  app.post('/v1/passkeys/options', { schema: options, onRequest }, async (request) =>
    (await passkey()).beginPasskey(deskOf(service), ownIn(request)),
  )
  const add = {
    tags,
    security: SIGNED_IN,
    summary: 'Keeps a passkey.',
    body: PasskeyAdded,
    response: { 204: Type.Null(), ...problems(400, 401, 403, 409, 503) },
  }
  app.post('/v1/passkeys', { schema: add, onRequest }, async (request, reply) => {
    const { label, response } = request.body as { label: string; response: RegistrationResponseJSON }
    await (await passkey()).finishPasskey(deskOf(service), ownIn(request), { label, response })
    return reply.code(204).send()
  })
  const open = ownSiteGuard(service)
  const asked = {
    ...{ tags, ...OPEN },
    summary: 'What a browser signs in by a passkey with.',
    response: { 200: WebAuthn, ...problems(403) },
  }
  app.post('/v1/sign-in/passkey/options', { schema: asked, onRequest: open }, async (request) =>
    (await passkey()).beginPasskeySignIn(deskOf(service), request.ip),
  )
  const shown = {
    ...{ tags, ...OPEN },
    summary: 'Signs in by a passkey.',
    body: PasskeyShown,
    response: { 200: SessionTold, ...problems(400, 401, 403, 429) },
  }
  app.post('/v1/sign-in/passkey', { schema: shown, onRequest: open }, async (request, reply) => {
    const { response, as } = request.body as { response: AuthenticationResponseJSON; as: 'cookie' | 'bearer' }
    if (typeof response.id !== 'string' || response.id.length > 2000)
      throw new Fault('request.invalid', 'the answer names no passkey')
    const outcome = await (await passkey()).finishPasskeySignIn(deskOf(service), {
      response,
      address: request.ip,
    })
    return told(request, reply, outcome, as)
  })
}

function oidcRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    service.stopping.refuse()
    reply.header('cache-control', 'no-store')
  }
  const join = {
    ...{ tags, ...OPEN, body: OidcJoining },
    summary: 'By a one-time setup link: joins the person to whoever the provider then names.',
    response: { 200: OidcBegun, ...problems(400, 401, 403, 503) },
  }
  // No link in an address, where it would be logged; and from the service's own pages alone, so that nobody is led to join
  // their own account at the provider to somebody else's link.
  app.post('/v1/sign-in/oidc', { schema: join, onRequest: ownSiteGuard(service) }, async (request, reply) => {
    const { setup } = request.body as { setup: string }
    const { url, state } = await (await oidc()).beginOidc(deskOf(service), request.ip, setup)
    giveState(request, reply, state)
    return { url }
  })
  const begin = {
    ...{ tags, ...OPEN },
    summary: 'Sends the browser to the organisation’s provider.',
    response: { 302: Type.Null(), ...problems(401, 503) },
  }
  app.get('/v1/sign-in/oidc', { schema: begin, onRequest }, async (request, reply) => {
    const { url, state } = await (await oidc()).beginOidc(deskOf(service), request.ip)
    giveState(request, reply, state)
    return reply.redirect(url)
  })
  const back = {
    ...{ tags, ...OPEN },
    summary: 'Where the provider sends the browser back to.',
    response: { 302: Type.Null(), ...problems(401, 503) },
  }
  app.get('/v1/sign-in/oidc/return', { schema: back, onRequest }, async (request, reply) => {
    const search = request.url.slice(request.url.indexOf('?'))
    const { token, endsAt } = await (await oidc()).finishOidc(
      deskOf(service),
      search,
      takeState(request, reply),
    )
    giveCookie(request, reply, token, endsAt)
    return reply.redirect('/')
  })
}

/** Who is signed in, and since when. */
function ownIn(request: FastifyRequest) {
  return { by: request.person.id, signedInAt: sessionIn(request).begunAt }
}

/** @throws Fault `people.sign-in`; `request.too-many`, with the seconds that are left */
function told(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: SignInOutcome,
  as: 'cookie' | 'bearer',
): SessionTold {
  switch (outcome.kind) {
    case 'signed-in':
      return given(request, reply, outcome, as)
    case 'refused':
      throw new Fault('people.sign-in', 'name, password or code is not right')
    case 'wait':
      reply.header('retry-after', outcome.seconds)
      throw new Fault(
        'request.too-many',
        `too many attempts: the next is heard in ${outcome.seconds} seconds`,
      )
  }
}

function given(
  request: FastifyRequest,
  reply: FastifyReply,
  { person, token, endsAt, waits }: SignedIn,
  as: 'cookie' | 'bearer',
): SessionTold {
  const session = { person, endsAt: endsAt.toISOString(), ...(waits && { waits }) }
  if (as === 'bearer') return { ...session, token }
  giveCookie(request, reply, token, endsAt)
  return session
}
