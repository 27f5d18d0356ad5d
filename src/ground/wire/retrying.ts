/** Retrying: asks again what may be asked twice, as slowly as the other side wishes. */
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '#terms/fault'
import type { Ask, WireAnswer, WireRequest } from './ask.ts'

export interface Retries {
  /** Times that one request is sent at most. */
  readonly triesMax: number
  /** Before the second try; doubled before each next one. 0.5 unless given. */
  readonly secondsFirst?: number
  /** Longest wait before a try, also when the other side wishes a longer one: then its answer is given. 30 unless given. */
  readonly waitSecondsMax?: number
  /** Whether a POST may be sent twice: of one that only asks a question. */
  readonly posts?: boolean
  /** Waits; rejects when it is stopped. */
  readonly wait?: (seconds: number, stop: AbortSignal | undefined) => Promise<unknown>
  /** For a Retry-After that is a date. */
  readonly now?: () => Date
  /** From 0 to 1: spreads the tries of many who were refused together. */
  readonly random?: () => number
}

const SECONDS_FIRST = 0.5
const WAIT_SECONDS_MAX = 30
const AGAIN = new Set([429, 500, 502, 503, 504])

/**
 * A client that asks again after 429, 500, 502, 503 and 504 and where there was no answer, heeding Retry-After. Each try has
 * the request's whole `secondsMax`. What the last try gives is given.
 */
export function retrying(ask: Ask, retries: Retries): Ask {
  const wait = retries.wait ?? pause
  return async (given) => {
    const triesMax = isRepeatable(given, retries) ? retries.triesMax : 1
    for (let tries = 1; ; tries++) {
      const outcome = await ask(given).catch(unanswered)
      const seconds = tries < triesMax ? secondsUntilNext(outcome, tries, retries) : undefined
      if (seconds === undefined) {
        if (outcome instanceof Fault) throw outcome
        return outcome
      }
      if (!(outcome instanceof Fault)) outcome.drop()
      await wait(seconds, given.stop)
    }
  }
}

function isRepeatable({ method }: WireRequest, { posts }: Retries): boolean {
  return method !== 'POST' || posts === true
}

/** The fault of an answer that may yet come; every other failure stands. */
function unanswered(error: unknown): Fault {
  if (error instanceof Fault && (error.code === 'wire.unreachable' || error.code === 'wire.too-slow'))
    return error
  throw error
}

/** Seconds to wait before another try; undefined when the outcome stands. */
function secondsUntilNext(
  outcome: WireAnswer | Fault,
  tries: number,
  { secondsFirst = SECONDS_FIRST, waitSecondsMax = WAIT_SECONDS_MAX, random = Math.random, now }: Retries,
): number | undefined {
  if (!(outcome instanceof Fault)) {
    if (!AGAIN.has(outcome.status)) return undefined
    const asked = retryAfterSeconds(outcome.headers['retry-after'], now?.() ?? new Date())
    if (asked !== undefined) return asked <= waitSecondsMax ? asked : undefined
  }
  const doubled = Math.min(secondsFirst * 2 ** (tries - 1), waitSecondsMax)
  return doubled * (0.5 + random() / 2)
}

/** What a Retry-After header asks for: whole seconds or a date (RFC 9110, 10.2.3); undefined when it says neither. */
export function retryAfterSeconds(untrusted: string | undefined, now: Date): number | undefined {
  if (untrusted === undefined) return undefined
  if (/^\d{1,9}$/.test(untrusted.trim())) return Number(untrusted)
  const at = Date.parse(untrusted)
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now.getTime()) / 1000)
}

async function pause(seconds: number, stop: AbortSignal | undefined): Promise<void> {
  await delay(seconds * 1000, undefined, { ...(stop && { signal: stop }) }).catch((error: unknown) => {
    throw stop?.aborted ? stop.reason : error
  })
}
