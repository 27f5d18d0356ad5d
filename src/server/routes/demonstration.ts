/** Demonstration: whether this is one, and the sign-in into one: on its own machine alone, without a password. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { CastAsked, DeploymentTold } from '#contract/demonstration'
import { SessionTold } from '#contract/sign-in'
import { Fault } from '#terms/fault'
import { castOf } from '#workflow/demonstration/cast'
import { signInAs, signInByLink } from '#workflow/demonstration/sign-in'
import { problems } from '../reference.ts'
import { isOwnMachine } from '../request.ts'
import type { Service } from '../server.ts'
import { giveCookie } from '../session/cookie.ts'
import { deskOf, ownSiteGuard } from '../session/guard.ts'

const tags = ['desk']
const LOOPBACK = new Set(['127.0.0.1', '::1'])
/** A name of somebody else's that leads to this machine is none of its own. */
const OWN_NAMES = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/** `GET /v1/deployment`, `POST /v1/demonstration/sign-in` */
export function demonstrationRoutes(app: FastifyInstance, service: Service): void {
  const { demonstration = false, people } = service
  const schema = {
    ...{ tags, security: [] },
    summary: 'Whether this is a demonstration: every page says so.',
    response: { 200: DeploymentTold, ...problems(503) },
  }
  app.get('/v1/deployment', { schema }, async (request): Promise<DeploymentTold> => {
    if (!demonstration || !people || !isAtHome(app, request)) return { demonstration }
    const cast = await castOf(people)
    return { demonstration, cast: cast.map(({ role, place }) => ({ role, place })) }
  })
  const enter = {
    ...{ tags, security: [], body: CastAsked },
    summary: 'Signs in as one of the people of a demonstration, on its own machine alone.',
    response: { 200: SessionTold, ...problems(400, 401, 403, 503) },
  }
  const onRequest = ownSiteGuard(service)
  app.post('/v1/demonstration/sign-in', { schema: enter, onRequest }, async (request, reply) => {
    if (!demonstration || !isAtHome(app, request))
      throw new Fault('request.forbidden', 'this is no demonstration on the machine that asks')
    const asked = request.body as CastAsked
    const signedIn =
      'token' in asked
        ? await signInByLink(deskOf(service), asked.token)
        : await signInAs(deskOf(service), asked.role, asked.place ?? 1)
    giveCookie(request, reply, signedIn.token, signedIn.endsAt)
    return { person: signedIn.person, endsAt: signedIn.endsAt.toISOString() }
  })
}

/** True where the service listens to this machine alone, and it is this machine that asks, by its own name. */
function isAtHome(app: FastifyInstance, request: FastifyRequest): boolean {
  const isAlone = app
    .addresses()
    .every((one: string | AddressInfo) => typeof one !== 'string' && LOOPBACK.has(one.address))
  return isAlone && isOwnMachine(request) && OWN_NAMES.test(request.host)
}
