/** Authorities: written authorities, registered, shown and revoked. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import * as contract from '#contract/people'
import type { PersonId } from '#terms/people'
import { addAuthority, endAuthority, listAuthorities } from '#workflow/people/records'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { deskOf, signedInGuard } from '../session/guard.ts'

const tags = ['people']
const security = SIGNED_IN
const FAILS = problems(400, 401, 403, 404, 409, 503)

/** `GET /v1/authorities`, `POST /v1/authorities`, `POST /v1/authorities/{id}/revoke` */
export function authorityRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const all = {
    tags,
    security,
    summary: 'Every written authority.',
    response: { 200: contract.AuthoritiesTold, ...FAILS },
  }
  app.get('/v1/authorities', { schema: all, onRequest }, async (request) => ({
    authorities: await listAuthorities(deskOf(service), request.person.id),
  }))
  const summary = 'Registers a written authority (memorandum on section 46, paragraphs 23 to 25).'
  const add = {
    tags,
    security,
    summary,
    body: contract.AuthorityGiven,
    response: { 201: contract.AuthorityTold, ...FAILS },
  }
  app.post('/v1/authorities', { schema: add, onRequest }, async (request, reply) => {
    const given = request.body as contract.AuthorityGiven & { people: PersonId[] }
    reply.code(201)
    return addAuthority(deskOf(service), request.person.id, given)
  })
  const Named = Type.Object({ id: Type.String({ maxLength: 40 }) })
  const end = {
    ...{
      tags,
      security,
      summary: 'Revokes one: it covers nothing from now on.',
      params: Named,
      body: contract.Revocation,
    },
    response: { 204: Type.Null(), ...FAILS },
  }
  app.post('/v1/authorities/:id/revoke', { schema: end, onRequest }, async (request, reply) => {
    const { id } = request.params as { id: string }
    await endAuthority(deskOf(service), request.person.id, id, (request.body as contract.Revocation).because)
    return reply.code(204).send()
  })
}
