/** Route: one route of the HMA interface: who may ask it, and what it answers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '#terms/client'
import { admit } from './access.ts'
import type { HmaServerDesk } from './desk.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route of the HMA interface is for, in its own description. */
    hmaSummary?: string
  }
}

export interface HmaRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  /** All of which a key must have; none: anybody may ask. */
  readonly scopes: readonly Scope[]
  readonly summary: string
  /** Gives the body; the status is 200 unless it sets another. */
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => unknown
}

/** Registers a route. It is left out of the description of Tutela's own interface. */
export function route(
  app: FastifyInstance,
  { gatehouse, settings }: HmaServerDesk,
  { method, url, scopes, summary, answer }: HmaRoute,
): void {
  app.route({
    method,
    url,
    schema: { hide: true },
    config: { hmaSummary: summary },
    onRequest: admit(gatehouse, settings, scopes),
    handler: async (request, reply) => answer(request, reply),
  })
}
