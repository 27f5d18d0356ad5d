/** Idempotency over HTTP: a request that names a key is answered once; its repeat gets the same answer. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LIMITS } from '#contract/limits'
import { beginRequest, forgetRequest, type KeyedRequest, keepAnswer } from '#store/idempotency'
import { Fault } from '#terms/fault'
import { clientOf } from './request.ts'
import type { Service } from './server.ts'

const KEY = /^[\x21-\x7e]+$/

/** The key that a request names; undefined when it names none. @throws Fault `request.invalid` */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const given = request.headers['idempotency-key']
  if (given === undefined) return undefined
  if (typeof given === 'string' && given.length <= LIMITS.idempotencyKeyCharactersMax && KEY.test(given))
    return given
  throw new Fault(
    'request.invalid',
    `an idempotency key has up to ${LIMITS.idempotencyKeyCharactersMax} printable characters`,
  )
}

/** An answer before it is sent. */
export interface Answered {
  readonly status: number
  readonly body: object
}

/**
 * Answers a request once. What fails is not kept: the same request may be sent again.
 *
 * @param parts all that the answer depends on beside the route
 * @throws Fault `request.reused`, `request.conflict`; `store.unreachable`; whatever `work` throws
 */
export async function answerOnce(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: readonly (string | Buffer)[],
  work: () => Promise<Answered> | Answered,
): Promise<void> {
  const key = idempotencyKey(request)
  if (key === undefined) {
    const { status, body } = await work()
    reply.code(status).send(body)
    return
  }
  const keyed = {
    client: clientOf(request).id,
    key,
    request: digestOf([request.method, request.url, ...parts]),
    at: service.now(),
  }
  const { status, body, isAgain } = await first(service, keyed, work)
  if (isAgain) reply.header('idempotency-replayed', 'true')
  reply.code(status).type('application/json; charset=utf-8').send(body)
}

async function first(
  service: Service,
  keyed: KeyedRequest,
  work: () => Promise<Answered> | Answered,
): Promise<{ status: number; body: string; isAgain: boolean }> {
  const begun = await beginRequest(service.database, keyed)
  switch (begun.kind) {
    case 'answered':
      return { ...begun, isAgain: true }
    case 'other':
      throw new Fault('request.reused', 'the idempotency key stands for another request')
    case 'in-work':
      throw new Fault('request.conflict', 'the first request with this idempotency key is still in work')
    case 'first':
      return { ...(await worked(service, keyed, work)), isAgain: false }
  }
}

async function worked(
  service: Service,
  keyed: KeyedRequest,
  work: () => Promise<Answered> | Answered,
): Promise<{ status: number; body: string }> {
  try {
    const { status, body } = await work()
    const answer = { status, body: JSON.stringify(body) }
    await keepAnswer(service.database, keyed, answer)
    return answer
  } catch (error) {
    await forgetRequest(service.database, keyed).catch(() => undefined) // it is given up by its age
    throw error
  }
}

/** Each part with its length, so that no two requests read the same. */
function digestOf(parts: readonly (string | Buffer)[]): Buffer {
  const digest = createHash('sha256')
  for (const part of parts) {
    const bytes = Buffer.from(part)
    digest.update(`${bytes.length}:`).update(bytes)
  }
  return digest.digest()
}
