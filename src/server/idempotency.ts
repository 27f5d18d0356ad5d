/** Idempotency over HTTP: a request that names a key is answered once; its repeat gets the same answer. */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LIMITS } from '#contract/limits'
import type { Transaction } from '#store/database'
import { amendAnswer, beginRequest, forgetRequest, type KeyedRequest, keepAnswer } from '#store/idempotency'
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

/** What a transaction came to, and what is said of it. */
export interface Changed extends Answered {
  /** More that can be said of it once it is committed. */
  readonly later?: () => Promise<object>
}

/** What a request is told from others by. */
interface Asking {
  /** All that the answer depends on beside the route. */
  readonly parts: readonly (string | Buffer)[]
  /** What is left, for whoever asks now, of an answer that was kept; all of it unless given. */
  readonly again?: (body: string) => string
}

/**
 * Answers a request that changes nothing once. What fails is not kept: the same request may be sent again.
 *
 * @throws Fault `request.reused`, `request.conflict`; `store.unreachable`; whatever `work` throws
 */
export async function answerOnce(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  asking: Asking,
  work: () => Promise<Answered> | Answered,
): Promise<void> {
  const keyed = keyedRequest(service, request, asking)
  if (keyed === undefined) {
    const { status, body } = await work()
    reply.code(status).send(body)
    return
  }
  await once(service, reply, keyed, asking, async () => {
    const { status, body } = await work()
    const answer = { status, body: JSON.stringify(body) }
    await keepAnswer(service.database, keyed, answer)
    return answer
  })
}

/**
 * Makes a change once, and answers for it: the change and the answer that is kept are committed together, so that no repeat of
 * the request makes it again, whatever ends the service in between.
 *
 * @throws Fault `request.reused`, `request.conflict`; `store.unreachable`; whatever `work` throws, and then nothing is kept
 */
export async function changeOnce(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  asking: Asking,
  work: (transaction: Transaction) => Promise<Changed>,
): Promise<void> {
  const { database } = service
  const keyed = keyedRequest(service, request, asking)
  if (keyed === undefined) {
    const { status, body, later } = await database.transaction(work)
    reply.code(status).send((await later?.()) ?? body)
    return
  }
  await once(service, reply, keyed, asking, async () => {
    const { status, body, later } = await database.transaction(async (transaction) => {
      const changed = await work(transaction)
      await keepAnswer(transaction, keyed, { status: changed.status, body: JSON.stringify(changed.body) })
      return changed
    })
    const more = await later?.()
    if (more === undefined) return { status, body: JSON.stringify(body) }
    const said = JSON.stringify(more)
    await amendAnswer(database, keyed, said).catch(() => undefined) // what was kept with the change is true as well
    return { status, body: said }
  })
}

function keyedRequest(
  service: Service,
  request: FastifyRequest,
  { parts }: Asking,
): KeyedRequest | undefined {
  const key = idempotencyKey(request)
  if (key === undefined) return undefined
  return {
    client: clientOf(request).id,
    key,
    request: digestOf([request.method, request.url, ...parts]),
    at: service.now(),
  }
}

/** @param work what answers the first of them, and keeps its answer */
async function once(
  service: Service,
  reply: FastifyReply,
  keyed: KeyedRequest,
  { again }: Asking,
  work: () => Promise<{ readonly status: number; readonly body: string }>,
): Promise<void> {
  const begun = await beginRequest(service.database, keyed)
  switch (begun.kind) {
    case 'answered':
      reply.header('idempotency-replayed', 'true')
      send(reply, { status: begun.status, body: again?.(begun.body) ?? begun.body })
      return
    case 'other':
      throw new Fault('request.reused', 'the idempotency key stands for another request')
    case 'in-work':
      throw new Fault('request.conflict', 'the first request with this idempotency key is still in work')
    case 'first':
      try {
        send(reply, await work())
      } catch (error) {
        await forgetRequest(service.database, keyed).catch(() => undefined) // it is given up by its age
        throw error
      }
  }
}

function send(
  reply: FastifyReply,
  { status, body }: { readonly status: number; readonly body: string },
): void {
  reply.code(status).type('application/json; charset=utf-8').send(body)
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
