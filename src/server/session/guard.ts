/** Guard: who is signed in: by the cookie of a browser on this site, or by the bearer token of a program. */
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { type PersonSession, SESSION_LIMITS, sessionOf } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { Person } from '#terms/people'
import type { PeopleDesk } from '#workflow/people/desk'
import type { Service } from '../server.ts'
import { cookieOf } from './cookie.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of a person; null until the guard has let them in, and where nobody need be signed in. */
    personSession: (PersonSession & { readonly token: string }) | null
    /** Who is signed in. @throws where the route has no guard */
    readonly person: Person
  }
}

const BEARER = /^Bearer +(tus_[A-Za-z0-9_-]{43})$/i
const PERSON_REQUESTS_PER_MINUTE = 1200
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** A hook that lets in whoever is signed in, before a byte of the body is read. */
export function signedInGuard(service: Service): onRequestAsyncHookHandler {
  return async (request, reply) => {
    service.stopping.refuse()
    reply.header('cache-control', 'no-store')
    const token = tokenOf(request)
    const { idleMinutes } = service.people?.limits ?? SESSION_LIMITS
    const session = token && (await sessionOf(service.database, token, idleMinutes, service.now()))
    if (!session || token === undefined)
      throw new Fault('people.sign-in', 'nobody is signed in by what was sent')
    charge(service, session.person, reply)
    request.personSession = { ...session, token }
  }
}

/** Far above what anybody does by hand: each refusal is written down for good, and nobody fills the ledger with theirs. */
function charge({ quotas, now }: Service, { id }: Person, reply: FastifyReply): void {
  const left = quotas.take({ id, requestsPerMinute: PERSON_REQUESTS_PER_MINUTE }, now().getTime())
  if (left === undefined || left.isWithin) return
  reply.header('retry-after', left.resetSeconds)
  throw new Fault('request.too-many', `a person may send ${left.limit} requests a minute`)
}

/** A hook for routes that need nobody, and yet must not be called from another site's page. */
export function ownSiteGuard(service: Service): onRequestAsyncHookHandler {
  return async (request, reply) => {
    service.stopping.refuse()
    reply.header('cache-control', 'no-store')
    refuseOtherSite(request)
  }
}

/** Makes requests know who is signed in. */
export function decoratePeople(app: FastifyInstance): void {
  app.decorateRequest('personSession', null)
  app.decorateRequest('person', {
    getter(this: FastifyRequest) {
      return sessionIn(this).person
    },
  })
}

/** The session of a request that the guard has let in. */
export function sessionIn(request: FastifyRequest): PersonSession & { readonly token: string } {
  if (request.personSession === null) throw new Error('a route without a guard asks who is signed in')
  return request.personSession
}

/** What people are kept with. @throws Fault `config.invalid` where this service keeps none */
export function deskOf(service: Service): PeopleDesk {
  if (service.people === undefined) throw new Fault('config.invalid', 'this service keeps no people')
  return service.people
}

/** A browser's cookie goes along unasked: what it changes must come from a page of this site. */
function tokenOf(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) return BEARER.exec(header)?.[1]
  const cookie = cookieOf(request)
  if (cookie !== undefined && !SAFE.has(request.method)) refuseOtherSite(request)
  return cookie
}

/** Browsers name the page's origin on every request that may change something; a program that names none is no page. */
function refuseOtherSite(request: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  const isOwn =
    origin === undefined
      ? site === undefined || site === 'same-origin' || site === 'none'
      : isHere(request, origin)
  const isCookie = cookieOf(request) !== undefined
  if (!isOwn || (isCookie && origin === undefined && site === undefined && !SAFE.has(request.method)))
    throw new Fault('request.forbidden', 'this is asked from the service’s own pages alone')
}

function isHere(request: FastifyRequest, origin: string): boolean {
  return (
    URL.canParse(origin) && new URL(origin).origin === new URL(`${request.protocol}://${request.host}`).origin
  )
}
