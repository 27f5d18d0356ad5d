/** Guard: who may come in: by a key, with a scope, within a quota, while the service is not stopping. */
import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Client, ClientDirectory, Scope } from '#terms/client'
import { Fault } from '#terms/fault'
import type { Quotas } from './quota.ts'
import type { Stopping } from './stopping.ts'

/** What guards need. */
export interface Gatehouse {
  readonly clients: ClientDirectory
  readonly quotas: Quotas
  readonly stopping: Stopping
  now(): Date
}

/** A key is `tut_` and 43 characters; nothing longer than this is looked at. */
const KEY_CHARACTERS_MAX = 200
const BEARER = /^Bearer +([A-Za-z0-9_.~+/=-]+)$/i

/**
 * A hook that lets in clients with any of these scopes, before a byte of the body is read.
 *
 * Every key, known or not, costs one SHA-256 and one look into a table by it, so that the time says nothing of keys.
 */
export function guard(gatehouse: Gatehouse, ...scopes: readonly [Scope, ...Scope[]]): onRequestHookHandler {
  return (request, reply, done) => {
    try {
      letIn(gatehouse, scopes, request, reply)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}

function letIn(
  { clients, quotas, stopping, now }: Gatehouse,
  scopes: readonly Scope[],
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  stopping.refuse()
  const client = clientByKey(clients, request.headers.authorization)
  if (client === undefined) throw new Fault('request.unauthenticated', 'no known key was sent')
  request.client = client
  if (client.requestsPerMinute !== undefined) charge(client, quotas, now, reply)
  if (!scopes.some((scope) => client.scopes.includes(scope)))
    throw new Fault('request.forbidden', `this takes a key with the scope ${scopes.join(' or ')}`)
}

/** The client whose key a header carries; undefined when it carries none, or one that nobody has. */
export function clientByKey(clients: ClientDirectory, header: string | undefined): Client | undefined {
  const sent =
    header !== undefined && header.length <= KEY_CHARACTERS_MAX ? BEARER.exec(header)?.[1] : undefined
  return sent === undefined ? undefined : clients.find(hash('sha256', sent, 'hex'))
}

/** Counts the request, and says what is left. https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
export function charge(client: Client, quotas: Quotas, now: () => Date, reply: FastifyReply): void {
  const left = quotas.take(client, now().getTime())
  if (left === undefined) return
  reply.header('ratelimit-policy', `"key";q=${left.limit};w=60`)
  reply.header('ratelimit', `"key";r=${left.remaining};t=${left.resetSeconds}`)
  if (left.isWithin) return
  reply.header('retry-after', left.resetSeconds)
  throw new Fault('request.too-many', `the key may send ${left.limit} requests a minute`)
}
