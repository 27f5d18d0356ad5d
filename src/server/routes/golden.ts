/** Golden: sets of generated pictures whose answer is known, made and listed by those who answer for the work. */
import type { FastifyInstance } from 'fastify'
import * as contract from '#contract/golden'
import { Fault } from '#terms/fault'
import type { AssessDesk } from '#workflow/assess/desk'
import { listGolden, makeGolden } from '#workflow/golden/make'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

/** `GET /v1/golden`, `POST /v1/golden` */
export function goldenRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const base = { tags: ['desk'], security: SIGNED_IN }
  const all = {
    ...base,
    summary: 'Golden sets, and how many of each were mixed in.',
    response: { 200: contract.GoldenTold, ...problems(401, 403, 503) },
  }
  app.get('/v1/golden', { schema: all, onRequest }, async (request) => ({
    sets: await listGolden(deskOf(service), request.person.id),
  }))
  const make = {
    ...{ ...base, body: contract.GoldenAsked },
    summary: 'Makes a golden set of generated pictures, each labelled as if it were of one category.',
    description: 'They are mixed in at the pace of `desk.goldenPerDay`. No file is ever taken for one.',
    response: { 201: contract.GoldenSetTold, ...problems(400, 401, 403, 409, 503) },
  }
  app.post('/v1/golden', { schema: make, onRequest }, async (request, reply) => {
    reply.code(201)
    return makeGolden(deskOf(service), { ...(request.body as contract.GoldenAsked), by: request.person.id })
  })
}

/** @throws Fault `config.invalid` where this service has no desk */
function deskOf({ assess }: Service): AssessDesk {
  if (!assess) throw new Fault('config.invalid', 'this service grades nothing')
  return assess
}
