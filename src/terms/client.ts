/** Client: who may ask the service, what for, and what its answers mean to them. */

/**
 * `match`: ask; `detail`: see lists, entries and distances; `curate`: change lists; `exchange`: fetch the lists that are
 * offered to the client; `report`: bring reports to the desk; `admin`: clients, metrics, settings.
 */
export const SCOPES = ['match', 'detail', 'curate', 'exchange', 'report', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

export const DECISIONS = ['block', 'hold', 'allow'] as const
/** What a client is advised to do with an upload; a person decides what it is. */
export type Decision = (typeof DECISIONS)[number]

/** What a client does with each outcome. */
export interface Policy {
  /** The same file, by SHA-256, as a confirmed entry. */
  readonly same: Decision
  /** By MD5, SHA-1 or PDQ: a person confirms it. */
  readonly near: Decision
  /** Every match is of a reported or disputed entry. */
  readonly doubted: Decision
  /** A check could not be made. */
  readonly unknown: Decision
  /** The picture has too little in it for PDQ: unknown for no other reason. */
  readonly plain: Decision
}

export const POLICY_DEFAULT: Policy = {
  same: 'block',
  near: 'hold',
  doubted: 'hold',
  unknown: 'hold',
  plain: 'hold',
}

/** A list that a client is bound to: the same one whatever it is called later, and no other that takes its name. */
export interface BoundList {
  /** As it is called now; as it was called last, where it was removed; as it is to be called, where it is not there yet. */
  readonly name: string
  /** Its id; absent: it is not there yet. */
  readonly list?: number
  /** It was removed. */
  readonly isGone?: true
}

export interface Client {
  readonly id: number
  readonly name: string
  readonly scopes: readonly Scope[]
  /** The lists that it is answered from; absent: every list that may be used at the gate. */
  readonly lists?: readonly BoundList[]
  readonly policy: Policy
  /** Requests a minute; absent: no limit. */
  readonly requestsPerMinute?: number
  /** Where it is told of later matches, and for how long hashes of what passed are kept for that. */
  readonly retro?: { readonly webhook: string; readonly keepHours: number }
}

/** True of a list that a client is answered from; one that just came is still known by its name alone. */
export function isBoundTo(
  { lists }: Pick<Client, 'lists'>,
  { id, name }: { readonly id: number; readonly name: string },
): boolean {
  return lists?.some((one) => (one.list === undefined ? one.name === name : one.list === id)) ?? true
}

/** True where some list that a client is bound to is not among these. */
export function isAnyMissing(
  { lists }: Pick<Client, 'lists'>,
  there: readonly { readonly id: number; readonly name: string }[],
): boolean {
  if (lists === undefined) return false
  const ids = new Set(there.map(({ id }) => id))
  const names = new Set(there.map(({ name }) => name))
  return lists.some(({ list, name }) => (list === undefined ? !names.has(name) : !ids.has(list)))
}

/** True where a client would be answered from a list that came by this name. */
export function isAwaitedBy({ lists }: Pick<Client, 'lists'>, name: string): boolean {
  return lists?.some((one) => one.name === name && !one.isGone) ?? true
}

/** The clients that may ask, by the SHA-256 of their keys: what every request looks into. */
export interface ClientDirectory {
  /** @param keyHash SHA-256 of the key as it was sent, lower-case hex */
  find(keyHash: string): Client | undefined
}
