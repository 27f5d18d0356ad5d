/** Health: whether the service lives, whether it can answer, and what it counts. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { Fault } from '#terms/fault'
import { clientByKey } from '../guard.ts'
import { problems } from '../reference.ts'
import { isOwnMachine } from '../request.ts'
import type { Service } from '../server.ts'

const Alive = Type.Object({ status: Type.Literal('alive') })
const Ready = Type.Object({ status: Type.Literal('ready') })

/** `/`, `/healthz`, `/readyz`, `/metrics`: none of them says anything of lists. */
export function healthRoutes(app: FastifyInstance, service: Service): void {
  const { index, stopping, metrics } = service
  if (service.console === undefined)
    app.get('/', { schema: { hide: true } }, (_request, reply) => {
      reply.type('text/plain; charset=utf-8').send('Tutela is running. The reference is at /docs.\n')
    })
  const alive = {
    tags: ['health'],
    summary: 'Whether the service runs.',
    security: [],
    response: { 200: Alive, ...problems() },
  }
  app.get('/healthz', { schema: alive }, (_request, reply) => {
    reply.send({ status: 'alive' })
  })
  const ready = {
    tags: ['health'],
    summary: 'Whether it can answer: 503 while the index is built, and while the service stops.',
    security: [],
    response: { 200: Ready, ...problems(503) },
  }
  app.get('/readyz', { schema: ready }, (_request, reply) => {
    stopping.refuse()
    if (index.state.kind === 'building') throw new Fault('index.not-ready', 'the index is being built')
    reply.send({ status: 'ready' })
  })
  const counted = {
    tags: ['health'],
    summary:
      'What the service counts, for Prometheus: with the scope `admin`, or from this machine without a proxy.',
    response: { 200: { content: { 'text/plain': { schema: Type.String() } } }, ...problems(401, 403) },
  }
  app.get('/metrics', { schema: counted }, async (request, reply) => {
    if (!isOwnMachine(request)) {
      const client = clientByKey(service.clients, request.headers.authorization)
      if (client === undefined) throw new Fault('request.unauthenticated', 'no known key was sent')
      if (!client.scopes.includes('admin')) throw new Fault('request.forbidden', 'this takes the scope admin')
    }
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}
