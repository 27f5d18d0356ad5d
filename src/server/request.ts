/** Request: what the server knows of a request beside what it says: its number, and who sends it. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Client } from '#terms/client'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends it; null until the guard has let it in, and where no key is asked for. */
    client: Client | null
  }
}

const GIVEN_ID = /^[A-Za-z0-9_.-]{1,64}$/
const STARTED = randomBytes(4).toString('hex')
let count = 0

/** The number of a request: the sender's own where it is a plain word, else one that is unique to this run. */
export function requestId(raw: IncomingMessage): string {
  const given = raw.headers['x-request-id']
  if (typeof given === 'string' && GIVEN_ID.test(given)) return given
  count += 1
  return `${STARTED}-${count.toString(36)}`
}

/** The client of a request that the guard has let in. */
export function clientOf(request: FastifyRequest): Client {
  if (request.client === null) throw new Error('a route without a guard asks for its client')
  return request.client
}

/** How headers begin that say that somebody forwards for somebody else. */
const FORWARDING = [
  ...[
    'forwarded',
    'via',
    'cdn-loop',
    'x-forwarded',
    'x-original-',
    'x-proxyuser-',
    'x-real-ip',
    'x-client-ip',
  ],
  ...['x-cluster-client-ip', 'x-envoy-external-', 'cf-connecting-ip', 'true-client-ip', 'fastly-client-ip'],
]
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/

/** True of a request that comes from this machine and that nobody forwarded. */
export function isOwnMachine(request: FastifyRequest): boolean {
  return LOOPBACK.test(request.raw.socket.remoteAddress ?? '') && !isForwarded(request)
}

/** True of a request that somebody says to forward for somebody else. */
export function isForwarded(request: FastifyRequest): boolean {
  return Object.keys(request.headers).some((name) => FORWARDING.some((start) => name.startsWith(start)))
}
