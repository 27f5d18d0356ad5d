/** Deliver: messages that are due are signed and sent, again and again until they are taken, or given up on record. */
import { type Ask, ask as askOutside } from '#ground/wire/ask'
import { retryAfterSeconds } from '#ground/wire/retrying'
import type { Database } from '#store/database'
import {
  type Delivery,
  deliveryGivenUp,
  deliveryPutOff,
  deliveryTaken,
  dueDeliveries,
} from '#store/deliveries'
import type { Actor } from '#terms/event'
import { Fault } from '#terms/fault'
import { clientSecret, signedHeaders } from './sign.ts'

/** What delivering works with. */
export interface DeliverDesk {
  readonly database: Database
  /** The service's own secret. */
  readonly secret: Uint8Array
  /** `public` unless the operator's clients are reached inside. */
  readonly addresses: 'public' | 'any'
  readonly ask?: Ask
  now(): Date
}

/** What became of the messages that were due. */
export interface Delivered {
  readonly taken: number
  readonly putOff: number
  readonly givenUp: number
}

/** Seconds before each further try: three days in all. */
const WAITS_SECONDS = [5, 30, 120, 600, 3600, 10_800, 21_600, 43_200, 86_400, 86_400]
const RETRY_AFTER_SECONDS_MAX = 86_400
const SECONDS_MAX = 15
const ANSWER_BYTES_MAX = 64 * 1024
const DUE_AT_ONCE = 100
const CLIENTS_AT_ONCE = 8
const GONE = 410
const ACTOR: Actor = 'tutela'

/** Sends what is due; each client's messages one after the other, several clients at the same time. */
export async function deliverDue(desk: DeliverDesk, stop?: AbortSignal): Promise<Delivered> {
  const due = await dueDeliveries(desk.database, desk.now(), DUE_AT_ONCE)
  const byClient = [...new Set(due.map(({ client }) => client))].map((client) =>
    due.filter((delivery) => delivery.client === client),
  )
  const counted = { taken: 0, putOff: 0, givenUp: 0 }
  const sendNext = async (): Promise<void> => {
    for (let queue = byClient.shift(); queue && !stop?.aborted; queue = byClient.shift()) {
      for (const delivery of queue) {
        if (stop?.aborted) return
        counted[await deliver(desk, delivery, stop)] += 1
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, sendNext))
  return counted
}

type Fate = keyof Delivered

async function deliver(desk: DeliverDesk, delivery: Delivery, stop?: AbortSignal): Promise<Fate> {
  if (delivery.webhook === undefined) return giveUp(desk, delivery, 'the client takes no messages any more')
  const sent = await send(desk, delivery, delivery.webhook, stop)
  if (sent.kind === 'taken') {
    await desk.database.transaction((transaction) =>
      deliveryTaken(transaction, delivery.id, { actor: ACTOR, at: desk.now() }),
    )
    return 'taken'
  }
  const wait = WAITS_SECONDS[delivery.attempts]
  if (sent.kind === 'gone' || wait === undefined) return giveUp(desk, delivery, sent.because)
  const seconds = Math.max(wait, Math.min(sent.waitSeconds ?? 0, RETRY_AFTER_SECONDS_MAX))
  const next = new Date(desk.now().getTime() + seconds * 1000)
  await deliveryPutOff(desk.database, delivery.id, sent.because, next)
  return 'putOff'
}

async function giveUp(desk: DeliverDesk, { id }: Delivery, because: string): Promise<Fate> {
  await desk.database.transaction((transaction) =>
    deliveryGivenUp(transaction, id, because, { actor: ACTOR, at: desk.now() }),
  )
  return 'givenUp'
}

type Sent =
  | { readonly kind: 'taken' }
  | { readonly kind: 'failed'; readonly because: string; readonly waitSeconds?: number | undefined }
  /** Nobody will ever take it there. */
  | { readonly kind: 'gone'; readonly because: string }

async function send(
  desk: DeliverDesk,
  delivery: Delivery,
  webhook: string,
  stop: AbortSignal | undefined,
): Promise<Sent> {
  const body = JSON.stringify(delivery.body)
  const secret = clientSecret(desk.secret, delivery.client)
  try {
    const answer = await (desk.ask ?? askOutside)({
      url: webhook,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...signedHeaders(secret, `msg_${delivery.id}`, desk.now(), body),
      },
      body,
      bytesMax: ANSWER_BYTES_MAX,
      secondsMax: SECONDS_MAX,
      addresses: desk.addresses,
      ports: 'any',
      ...(stop && { stop }),
    })
    answer.drop()
    const { status, headers } = answer
    if (status >= 200 && status < 300) return { kind: 'taken' }
    const because = `it answered with status ${status}`
    if (status === GONE) return { kind: 'gone', because }
    return { kind: 'failed', because, waitSeconds: retryAfterSeconds(headers['retry-after'], desk.now()) }
  } catch (error) {
    if (error instanceof Fault) return { kind: 'failed', because: error.code }
    throw error
  }
}
