/** Status: the routes that say whether the service is alive, and what routes there are. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type IndexHealth, indexHealth } from '#workflow/hma/figures'
import type { HmaServerDesk } from './desk.ts'
import { route } from './route.ts'

/** A route that was registered, for the site map and the description. */
export interface Registered {
  readonly method: string
  readonly url: string
  readonly summary: string
}

const ANYBODY = { scopes: [] } as const
const SAID: Readonly<Record<IndexHealth, string>> = {
  ready: 'I-AM-ALIVE',
  'not-loaded': 'INDEX-NOT-LOADED',
  stale: 'INDEX-STALE',
}

/** Registers the routes. @param registered every route of the interface, once all are registered */
export function statusRoutes(
  app: FastifyInstance,
  desk: HmaServerDesk,
  registered: readonly Registered[],
): void {
  route(app, desk, {
    ...{ method: 'GET', url: '/status', ...ANYBODY, summary: 'Whether look-ups can be made' },
    answer: async (_request, reply) => {
      const health = await indexHealth(desk)
      return plain(reply.code(health === 'ready' ? 200 : 503), SAID[health])
    },
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/status/live', ...ANYBODY, summary: 'Whether the service runs' },
    answer: (_request, reply) => plain(reply, SAID.ready),
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/site-map', ...ANYBODY, summary: 'Every route' },
    answer: () => [...new Set(registered.map(({ url }) => hmaPath(url, '<', '>')))].sort(),
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/openapi/openapi.json', ...ANYBODY, summary: 'This description' },
    answer: () => description(registered),
  })
}

function plain(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(text)
}

function hmaPath(url: string, before: string, after: string): string {
  return url.replace(/:([a-z_]+)/g, `${before}$1${after}`)
}

/** The interface as OpenAPI 3.1, under HMA's own title. */
function description(registered: readonly Registered[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { method, url, summary } of registered) {
    const names = [...url.matchAll(/:([a-z_]+)/g)].map(([, name]) => name)
    const parameters = names.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }))
    const answers = {
      200: { description: 'As HMA answers' },
      default: { description: '{"message": "why not"}' },
    }
    const path = hmaPath(url, '{', '}')
    paths[path] = { ...paths[path], [method.toLowerCase()]: { summary, parameters, responses: answers } }
  }
  return { openapi: '3.1.0', info: { title: 'Open Media Match API', version: '1.0.0' }, paths }
}
