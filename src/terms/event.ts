/** Event: what was done, by whom and when; every change of state writes one. */

/** Values that have one canonical form: no fractions, no dates, no undefined. */
export type Canonical =
  | string
  | number
  | boolean
  | null
  | readonly Canonical[]
  | { readonly [key: string]: Canonical }

/** Who does it: `person:NAME`, `operator:NAME` at the command line, `client:NAME`, `source:NAME` or `tutela`. */
export type Actor = `${'person' | 'operator' | 'client' | 'source'}:${string}` | 'tutela'

/** An event to be appended. `body` holds references and numbers: never content, addresses or names of people. */
export interface EventDraft {
  /** `noun.done`, as `list.changed`. */
  readonly kind: string
  readonly body: Readonly<Record<string, Canonical>>
}

/** An event as it stands. */
export interface Event extends EventDraft {
  readonly id: string
  readonly stream: string
  /** From 1 in its stream. */
  readonly version: number
  readonly actor: Actor
  /** ISO 8601, UTC, to the millisecond. */
  readonly at: string
}

/** The canonical text of a value: keys sorted by code unit, no space (RFC 8785 for whole numbers). */
export function canonical(value: Canonical): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value as Record<string, Canonical>)
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new TypeError(`${value} has no canonical form`)
  return JSON.stringify(value)
}
