/** Quota: how many requests a client may send in a minute, as a bucket that fills evenly. */
import type { Client } from '#terms/client'

const MINUTE_MILLISECONDS = 60_000

interface Bucket {
  tokens: number
  /** Milliseconds since 1970. */
  at: number
}

/** What is left to a client after a request. */
export interface Allowance {
  readonly isWithin: boolean
  readonly limit: number
  readonly remaining: number
  /** Until the bucket is full, or where it is empty until the next request may come. */
  readonly resetSeconds: number
}

/** Whose requests are counted: a client by its number, a person by their pseudonym. */
export type Counted = Pick<Client, 'requestsPerMinute'> & { readonly id: number | string }

/** Counts requests of those that have a quota. It forgets when the service stops. */
export class Quotas {
  readonly #buckets = new Map<Counted['id'], Bucket>()

  /** Takes one request; undefined for a client without a quota. */
  take(client: Counted, now: number): Allowance | undefined {
    const limit = client.requestsPerMinute
    if (limit === undefined) return undefined
    const had = this.#buckets.get(client.id)
    const perMillisecond = limit / MINUTE_MILLISECONDS
    const filled = had ? Math.min(limit, had.tokens + Math.max(0, now - had.at) * perMillisecond) : limit
    const isWithin = filled >= 1
    const tokens = isWithin ? filled - 1 : filled
    this.#buckets.set(client.id, { tokens, at: now })
    const missing = isWithin ? limit - tokens : 1 - tokens
    const resetSeconds = Math.max(1, Math.ceil(missing / perMillisecond / 1000))
    return { isWithin, limit, remaining: Math.floor(tokens), resetSeconds }
  }
}
