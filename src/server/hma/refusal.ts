/** Refusal: what an HMA client is told when it is not answered: a status and one message, as HMA has it. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errorFields, type Log } from '#ground/log'
import { Fault, type FaultCode } from '#terms/fault'

/** Thrown by a route to refuse a request. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'Refusal'
    this.status = status
  }
}

/** Statuses of the faults that HMA has its own for; every other fault is the service's: 500. */
const STATUS: Readonly<Partial<Record<FaultCode, number>>> = {
  'request.invalid': 400,
  'request.unauthenticated': 401,
  'request.forbidden': 403,
  'request.not-found': 404,
  'request.too-large': 413,
  'request.unsupported': 415,
  'request.too-many': 429,
  'list.invalid': 400,
  'register.unknown': 404,
  'register.exists': 403,
  'register.held': 403,
  'register.refused': 403,
  'source.invalid': 400,
  'wire.refused': 400,
  'wire.unreachable': 400,
  'wire.too-slow': 400,
  'wire.too-large': 413,
  'index.not-ready': 503,
  'server.busy': 503,
  'server.stopping': 503,
  'store.conflict': 503,
  'store.unreachable': 503,
  'store.full': 503,
}

const RETRY_AFTER_SECONDS = 2

/** Answers a request that failed. Nothing of what it sent is logged, and nothing of the inside is told. */
export function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const { status, message } = failureOf(error)
  const fields = {
    requestId: request.id,
    route: request.routeOptions.url,
    status,
    client: request.client?.name,
  }
  if (status >= 500 && status !== 503) log.error('a request failed', { ...fields, ...errorFields(error) })
  else log.debug('a request was refused', { ...fields, ...errorFields(error) })
  if (status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS))
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="tutela", Basic realm="tutela"')
  // What was not read of the body is not waited for.
  if (!request.raw.complete) reply.header('connection', 'close')
  return reply.code(status).type('application/json').send(JSON.stringify({ message }))
}

function failureOf(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof Refusal) return { status: error.status, message: error.message }
  if (error instanceof Fault) {
    const status = STATUS[error.code] ?? 500
    if (error.code === 'index.not-ready') return { status, message: 'index not yet ready' }
    return { status, message: status === 500 ? 'internal error' : error.message }
  }
  const status = statusOf(error)
  if (status !== undefined && status >= 400 && status < 500)
    return { status, message: (error as Error).message }
  return { status: 500, message: 'internal error' }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as FastifyError).statusCode : undefined
}
