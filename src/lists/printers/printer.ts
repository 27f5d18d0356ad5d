/** Printer: what each format's writer is to the writing of a list. */
import type { ListEntry } from '#terms/list'
import { entryKey } from '#terms/register'
import {
  type EntryDraft,
  HASH_FIELDS,
  type HashField,
  hasHash,
  isPhotoDna,
  isText,
  TEXT_FIELDS,
  type TextField,
} from '../entry.ts'

/** What of an entry a format may not be able to carry. */
export type LostField = HashField | TextField | 'key' | 'categories' | 'trust' | 'media' | 'extra'

/** Told of each field that an entry loses. */
export type Lose = (field: LostField) => void

/** Prints entries in one format. */
export interface ListPrinter {
  /** What stands above the entries. */
  begin(): string
  /** The entry without what the format cannot carry; undefined when nothing is left of it. */
  keep(entry: ListEntry, lose: Lose): ListEntry | undefined
  /** Entries that were kept, as text; what belongs elsewhere in the file is held back until the end. */
  print(entries: readonly ListEntry[]): string | Promise<string>
  /** What was held back, and what stands below the entries. */
  end(): AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>
  /** Lets go of what is held, whether or not the list came to its end. */
  close(): Promise<void>
  /** Entries that became several lines. */
  readonly splitEntries: number
}

const OTHER_FIELDS = ['key', 'categories', 'trust', 'media', 'extra'] as const

/**
 * Takes out of an entry what a format cannot carry.
 *
 * @returns what is left, which may have no hash; undefined for a tombstone
 */
export function keepFields(
  entry: ListEntry,
  carried: ReadonlySet<LostField>,
  lose: Lose,
): EntryDraft | undefined {
  if (entry.deleted) return undefined
  const kept: EntryDraft = { ...entry }
  const leave = (field: LostField): void => {
    delete kept[field]
    lose(field)
  }
  for (const field of TEXT_FIELDS) {
    const text = entry[field]
    if (text === undefined || text === '') delete kept[field]
    else if (!carried.has(field) || !isText(text)) leave(field)
  }
  for (const field of HASH_FIELDS) {
    const isBad = field === 'photodna' && entry.photodna !== undefined && !isPhotoDna(entry.photodna)
    if (entry[field] !== undefined && (isBad || !carried.has(field))) leave(field)
  }
  for (const field of OTHER_FIELDS) {
    if (entry[field] === undefined || carried.has(field)) continue
    if (field === 'key' && isHashKey(entry)) delete kept.key
    else leave(field)
  }
  return kept
}

/** What is left of an entry that is nothing without a hash. */
export function keepHashed(
  entry: ListEntry,
  carried: ReadonlySet<LostField>,
  lose: Lose,
): EntryDraft | undefined {
  const kept = keepFields(entry, carried, lose)
  return kept && hasHash(kept) ? kept : undefined
}

/** True of a key that says no more than the hashes do. */
function isHashKey(entry: ListEntry): boolean {
  return entry.key === entryKey(entry) || HASH_FIELDS.some((hash) => entry[hash] === entry.key)
}
