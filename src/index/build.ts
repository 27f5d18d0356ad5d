/** Build: an index of the entries of some lists, taken in as they are read. */
import { Fault } from '#terms/fault'
import { DIGEST_KINDS, type DigestKind, HASH_BYTES } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import { DigestCollector, type DigestTable } from './digests.ts'
import { EntryCollector } from './entries.ts'
import { type IndexedList, KnownIndex } from './known.ts'
import { buildPdq, type PdqTable } from './pdq.ts'
import { ByteRows } from './rows.ts'

/** PDQ hashes up to this distance count as the same picture, unless asked otherwise. */
export const DEFAULT_DISTANCE_MAX = 31

/** More entries than any list has; numbers of entries and of rows stay whole 32-bit numbers. */
export const ENTRIES_MAX = 1_000_000_000

/** A list to be taken in. */
export interface IndexSource {
  /** Batches of its entries, in order. */
  readonly entries: AsyncIterable<readonly ListEntry[]> | Iterable<readonly ListEntry[]>
  /** What is known of the list; asked for once its entries were gone through. */
  read(): IndexedList
}

export interface BuildOptions {
  /** Largest distance that PDQ hashes will be looked up at: 0 to 63, 31 by default. */
  readonly distanceMax?: number
}

/**
 * Builds an index in memory. The lists are read one after the other; entries are numbered in that order.
 *
 * @throws whatever reading a list throws; Fault `list.invalid` beyond a thousand million entries
 */
export async function buildIndex(
  sources: Iterable<IndexSource> | AsyncIterable<IndexSource>,
  options: BuildOptions = {},
): Promise<KnownIndex> {
  const collector = new Collector()
  const lists: IndexedList[] = []
  for await (const source of sources) {
    const before = collector.length
    for await (const batch of source.entries) for (const entry of batch) collector.push(entry)
    const list = source.read()
    if (list.info.entries !== collector.length - before) throw new TypeError('a list miscounts its entries')
    lists.push(list)
  }
  return collector.index(lists, options.distanceMax ?? DEFAULT_DISTANCE_MAX)
}

/** Hashes and texts of the entries, as they come in. */
class Collector {
  readonly #entries = new EntryCollector()
  readonly #digests: Record<DigestKind, DigestCollector> = {
    md5: new DigestCollector(HASH_BYTES.md5),
    sha1: new DigestCollector(HASH_BYTES.sha1),
    sha256: new DigestCollector(HASH_BYTES.sha256),
  }
  readonly #pdqHashes = new ByteRows(HASH_BYTES.pdq)
  readonly #pdqEntries = new ByteRows(4)
  #uncheckable = 0

  get length(): number {
    return this.#entries.length
  }

  push(entry: ListEntry): void {
    if (this.length === ENTRIES_MAX)
      throw new Fault('list.invalid', `more than ${ENTRIES_MAX} entries in all`)
    const number = this.#entries.push(entry)
    let checkable = false
    for (const kind of DIGEST_KINDS) {
      const hex = entry[kind]
      if (hex === undefined) continue
      this.#digests[kind].push(hex, number)
      checkable = true
    }
    if (entry.pdq !== undefined) {
      this.#pdqHashes.pushHex(entry.pdq)
      this.#pdqEntries.pushNumber(number)
      checkable = true
    }
    if (!checkable) this.#uncheckable++
  }

  async index(lists: readonly IndexedList[], distanceMax: number): Promise<KnownIndex> {
    const pdq = await this.#pdq(distanceMax)
    return new KnownIndex({
      lists,
      distanceMax,
      entries: this.#entries.entries(),
      uncheckable: this.#uncheckable,
      digests: this.#tables(),
      ...(pdq && { pdq }),
    })
  }

  #tables(): Partial<Record<DigestKind, DigestTable>> {
    const tables: Partial<Record<DigestKind, DigestTable>> = {}
    for (const kind of DIGEST_KINDS) {
      const table = this.#digests[kind].sorted()
      if (table.length > 0) tables[kind] = table
    }
    return tables
  }

  async #pdq(distanceMax: number): Promise<PdqTable | undefined> {
    if (this.#pdqHashes.length === 0) return undefined
    const entries = this.#pdqEntries.joined()
    return buildPdq(this.#pdqHashes.joined(), new Uint32Array(entries.buffer), distanceMax)
  }
}
