/** Status: what the status of an answer means of a remote service, or of the item that it was asked about. */
import type { WireAnswer } from '#ground/wire/ask'
import { Fault } from '#terms/fault'

/** Why a service does not take an item, where its status is about the item and not about the service. */
const NOT_TAKEN: Readonly<Record<number, string>> = {
  413: 'the item is larger than it takes',
  415: 'it does not take this kind of item',
}

const FAILED: Readonly<Record<number, string>> = {
  401: 'it refused the credentials (401)',
  403: 'it refused the credentials (403)',
  429: 'it asks for fewer questions (429)',
}

/** Most of a service's answer about one question. */
export const ANSWER_BYTES_MAX = 1024 * 1024

/**
 * The body of a good answer as JSON; `not-taken` where the service does not take the item.
 *
 * @throws Fault `remote.failed` for every other status and for what is no JSON; `wire.*`
 */
export async function jsonOf(
  answer: WireAnswer,
): Promise<{ kind: 'json'; untrusted: unknown } | { kind: 'not-taken'; because: string }> {
  const because = NOT_TAKEN[answer.status]
  if (answer.status !== 200) answer.drop()
  if (because !== undefined) return { kind: 'not-taken', because }
  if (answer.status !== 200)
    throw new Fault('remote.failed', FAILED[answer.status] ?? `it answered with status ${answer.status}`)
  const text = await answer.text()
  try {
    return { kind: 'json', untrusted: JSON.parse(text) }
  } catch (cause) {
    throw new Fault('remote.failed', 'its answer is not JSON', { cause })
  }
}

/** An object's members, or none. */
export function membersOf(untrusted: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted)) return undefined
  return untrusted as Record<string, unknown>
}

/** A service's own short word, as a category: printable and of bounded length; undefined when it is none. */
export function wordOf(untrusted: unknown): string | undefined {
  return typeof untrusted === 'string' && /^[\x20-\x7e]{1,100}$/.test(untrusted) ? untrusted : undefined
}
