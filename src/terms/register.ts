/** Register: the lists that Tutela keeps, what each may be used for, and every version of every entry. */
import type { Md5, PdqHash, Sha1, Sha256 } from './hash.ts'

/** What a list may be used for by its publisher's terms. `crawl` is never given by default. */
export const USES = ['gate', 'scan', 'crawl', 'export', 'notice'] as const
export type Use = (typeof USES)[number]

/** How far an entry is relied on. */
export const TRUSTS = ['confirmed', 'reported', 'disputed', 'false-positive'] as const
export type Trust = (typeof TRUSTS)[number]

/** `alert`: a match means something. `known-good`: the same file by SHA-256 is known to be harmless. */
export const LIST_KINDS = ['alert', 'known-good'] as const
export type ListKind = (typeof LIST_KINDS)[number]

/** Categories by scheme, as `{ "ncmec-industry": ["A1"] }`: several where publishers or repeats disagree. */
export type Categories = Readonly<Record<string, readonly string[]>>

/** The hashes that an entry can carry; PhotoDNA is carried, never computed. */
export interface EntryHashes {
  readonly md5?: Md5
  readonly sha1?: Sha1
  readonly sha256?: Sha256
  readonly pdq?: PdqHash
  readonly photodna?: string
}

/** What is set of a list by whoever keeps it. */
export interface ListTerms {
  readonly kind: ListKind
  readonly publisher: string
  /** The publisher's conditions, in words. */
  readonly terms: string
  readonly uses: readonly Use[]
  /** Trust of entries that do not state one. */
  readonly trust: Trust
  /** Scheme of category codes that name none, as `vics-us`. */
  readonly scheme?: string
}

/** A list of the register. */
export interface RegisteredList extends ListTerms {
  readonly id: number
  /** Letters, digits, `_`, `-` and `.`, up to 200; unique among lists that stand. */
  readonly name: string
  /** Share of look-ups that it takes part in, 0 to 1: of HMA's banks. */
  readonly enabledRatio: number
  /** Version of its events: what a change must follow. */
  readonly version: number
  /** Entries that stand now. */
  readonly entries: number
  /** ISO 8601, UTC: when its last change was committed. */
  readonly changedAt: string
}

/** One version of one entry, as it stands in the register. */
export interface EntryRecord extends EntryHashes {
  /** Number of this version: what the index carries. */
  readonly row: number
  /** Number of the entry through all its versions: what people and clients see. */
  readonly entry: number
  readonly list: number
  /** The publisher's own key, unique in the list. */
  readonly key: string
  readonly trust: Trust
  readonly categories: Categories
  readonly label?: string
  readonly source?: string
  /** Where a hash comes from when not from the publisher, by kind of hash. */
  readonly provenance?: Readonly<Record<string, string>>
  /** What the publisher says besides, kept for a round trip. */
  readonly extra?: unknown
  /** Change that brought this version, and the one that ended it. */
  readonly since: number
  readonly until?: number
  /** Why the entry was withdrawn; absent when it stands or a later version took its place. */
  readonly because?: string
}

/** An entry to be put into a list: new, or in place of the version with the same key. */
export interface EntryPut extends EntryHashes {
  /** The publisher's key; from its strongest hash when absent (`entryKey`). */
  readonly key?: string
  readonly trust?: Trust
  readonly categories?: Categories
  readonly label?: string
  readonly source?: string
  readonly provenance?: Readonly<Record<string, string>>
  readonly extra?: unknown
}

/** One step of a change: put an entry, or withdraw the one with this key. */
export type EntryStep =
  | { readonly kind: 'put'; readonly entry: EntryPut }
  | { readonly kind: 'withdraw'; readonly key: string; readonly because: string }

/** What one applied change of a list did. */
export interface ListChange {
  readonly id: number
  /** Its place among all committed changes, from 1, without gaps. */
  readonly number: number
  readonly list: number
  readonly kind: ChangeKind
  /** The entry that was judged. */
  readonly entry?: number
  readonly actor: string
  /** When it was begun, by the clock of whoever made it: ISO 8601, UTC. */
  readonly at: string
  /** When it was committed, by the database's clock; never earlier than the change before. As-of dates go by it. */
  readonly numberedAt: string
  readonly added: number
  readonly replaced: number
  readonly withdrawn: number
  readonly unchanged: number
  /** SHA-256 over the change set, hex. */
  readonly digest: Sha256
}

/** `import`: entries were put; `replace`: the whole list was given anew; `edit`, `judge`: by a person; `remove`: it went. */
export const CHANGE_KINDS = [
  'import',
  'replace',
  'pull',
  'edit',
  'judge',
  'rehash',
  'terms',
  'remove',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** The key of an entry whose publisher gives none: its strongest hash, named. */
export function entryKey(hashes: EntryHashes): string | undefined {
  if (hashes.sha256) return `sha256:${hashes.sha256}`
  if (hashes.sha1) return `sha1:${hashes.sha1}`
  if (hashes.md5) return `md5:${hashes.md5}`
  if (hashes.pdq) return `pdq:${hashes.pdq}`
  return hashes.photodna && `photodna:${hashes.photodna}`
}
