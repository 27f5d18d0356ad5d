/** Me: who is asking, to try a key. */
import type { FastifyInstance } from 'fastify'
import { Me } from '#contract/me'
import { SCOPES } from '#terms/client'
import { guard } from '../guard.ts'
import { problems } from '../reference.ts'
import { clientOf } from '../request.ts'
import type { Service } from '../server.ts'

/** `GET /v1/me` */
export function meRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags: ['gate'],
    summary: 'Whose key this is, and what it may do.',
    response: { 200: Me, ...problems(401, 429, 503) },
  }
  app.get('/v1/me', { schema, onRequest: guard(service, ...SCOPES) }, (request, reply) => {
    const { name, scopes } = clientOf(request)
    reply.send({ name, scopes })
  })
}
