/** Words: the words of a state, put into the form in which its events hold them. */
import type { TextForms } from '#store/text-digest'
import type { Canonical } from '#terms/event'

/** `hmac:` and the name of the key. */
const KEY = /^hmac:[0-9a-f]{8}:/

/** A state in the form of its events. */
export interface Told {
  readonly state: Canonical
  /** True where an event holds a digest under a key that is not here: what it is of is then taken from the event, unchecked. */
  readonly isKeyMissing: boolean
}

/**
 * The state with each of its words as the digest that stands at the same place of what events say. @param should by the
 * events
 */
export function asTold(should: Canonical | undefined, is: Canonical): Told {
  if (isForms(is)) return formOf(should, is)
  if (Array.isArray(is)) {
    const those: readonly Canonical[] = Array.isArray(should) ? should : []
    const told = is.map((one, place) => asTold(those[place], one))
    return { state: told.map(({ state }) => state), isKeyMissing: told.some((one) => one.isKeyMissing) }
  }
  if (!isRecord(is)) return { state: is, isKeyMissing: false }
  const of = isRecord(should) ? should : {}
  const told = Object.entries(is).map(([name, one]) => [name, asTold(of[name], one)] as const)
  return {
    state: Object.fromEntries(told.map(([name, { state }]) => [name, state])),
    isKeyMissing: told.some(([, one]) => one.isKeyMissing),
  }
}

function formOf(should: Canonical | undefined, { keyed, plain }: TextForms): Told {
  const key = typeof should === 'string' ? KEY.exec(should)?.[0] : undefined
  if (key === undefined) return { state: plain, isKeyMissing: false }
  if (keyed?.startsWith(key)) return { state: keyed, isKeyMissing: false }
  return { state: should ?? null, isKeyMissing: true }
}

function isRecord(value: Canonical | undefined): value is { readonly [key: string]: Canonical } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isForms(value: Canonical): value is TextForms {
  return isRecord(value) && Object.keys(value).length === 2 && 'keyed' in value && 'plain' in value
}
