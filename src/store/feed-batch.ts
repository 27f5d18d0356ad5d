/** Feed batch: rows of a COPY gathered column by column. */
import { HASH_BYTES, type HashKind } from '#terms/hash'
import type { FeedEnded, FeedHashes, FeedRows } from '#terms/index-feed'
import { KIND_BITS } from '#terms/lookup'
import type { CopiedRow } from './copy-out.ts'

/** Fields of a version: row, entry, list, trust, categories, and from here on its hashes. */
const FIRST_HASH = 5
const HASHES: readonly HashKind[] = ['md5', 'sha1', 'sha256', 'pdq']
export const ROW_FIELDS = FIRST_HASH + HASHES.length
export const ENDED_FIELDS = 2
const CATEGORIES = 4
/** A jsonb value begins with the version of its form. */
const JSONB_PREFIX_BYTES = 1

/** Hashes of one kind being gathered. */
class HashBatch {
  readonly #kind: HashKind
  readonly #rows: Uint32Array
  readonly #bytes: Uint8Array
  #count = 0

  constructor(kind: HashKind, rowsMax: number) {
    this.#kind = kind
    this.#rows = new Uint32Array(rowsMax)
    this.#bytes = new Uint8Array(rowsMax * HASH_BYTES[kind])
  }

  /** @throws Error when the field is no hash of this kind */
  push(row: number, { bytes, starts, lengths }: CopiedRow, field: number): void {
    const width = HASH_BYTES[this.#kind]
    if (lengths[field] !== width)
      throw new Error(`version ${row} has a ${this.#kind} of ${lengths[field]} bytes`)
    const start = starts[field] ?? 0
    const to = this.#count * width
    for (let at = 0; at < width; at++) this.#bytes[to + at] = bytes[start + at] ?? 0
    this.#rows[this.#count++] = row
  }

  hashes(): FeedHashes {
    const { [this.#kind]: width } = HASH_BYTES
    return { rows: this.#rows.subarray(0, this.#count), bytes: this.#bytes.subarray(0, this.#count * width) }
  }
}

/** Versions being gathered. */
export class RowBatch {
  readonly #max: number
  readonly #rows: Uint32Array
  readonly #entries: Uint32Array
  readonly #lists: Uint32Array
  readonly #trusts: Uint8Array
  readonly #kinds: Uint8Array
  readonly #categories: Uint32Array
  readonly #texts: string[] = []
  readonly #places = new Map<string, number>()
  readonly #hashes: Record<HashKind, HashBatch>
  /** The text of the row before, since most rows have the same as theirs. */
  #before: Buffer = Buffer.alloc(0)
  #place = -1
  #count = 0

  constructor(max: number) {
    this.#max = max
    this.#rows = new Uint32Array(max)
    this.#entries = new Uint32Array(max)
    this.#lists = new Uint32Array(max)
    this.#trusts = new Uint8Array(max)
    this.#kinds = new Uint8Array(max)
    this.#categories = new Uint32Array(max)
    this.#hashes = {
      md5: new HashBatch('md5', max),
      sha1: new HashBatch('sha1', max),
      sha256: new HashBatch('sha256', max),
      pdq: new HashBatch('pdq', max),
    }
  }

  get isFull(): boolean {
    return this.#count === this.#max
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  push(copied: CopiedRow): void {
    const { bytes, starts, lengths } = copied
    const row = bytes.readInt32BE(starts[0])
    const at = this.#count++
    this.#rows[at] = row
    this.#entries[at] = bytes.readInt32BE(starts[1])
    this.#lists[at] = bytes.readInt32BE(starts[2])
    this.#trusts[at] = bytes.readInt16BE(starts[3])
    this.#categories[at] = this.#placeOf(copied)
    let kinds = 0
    for (let place = 0; place < HASHES.length; place++) {
      const kind = HASHES[place]
      if (!kind || lengths[FIRST_HASH + place] === -1) continue
      this.#hashes[kind].push(row, copied, FIRST_HASH + place)
      kinds |= KIND_BITS[kind]
    }
    this.#kinds[at] = kinds
  }

  rows(): FeedRows {
    const { md5, sha1, sha256, pdq } = this.#hashes
    const end = this.#count
    return {
      rows: this.#rows.subarray(0, end),
      entries: this.#entries.subarray(0, end),
      lists: this.#lists.subarray(0, end),
      trusts: this.#trusts.subarray(0, end),
      kinds: this.#kinds.subarray(0, end),
      categories: this.#categories.subarray(0, end),
      categoryTexts: this.#texts,
      hashes: { md5: md5.hashes(), sha1: sha1.hashes(), sha256: sha256.hashes(), pdq: pdq.hashes() },
    }
  }

  #placeOf({ bytes, starts, lengths }: CopiedRow): number {
    const start = starts[CATEGORIES] ?? 0
    const length = Math.max(lengths[CATEGORIES] ?? 0, 0)
    const isAsBefore = this.#place >= 0 && this.#before.length === length
    if (isAsBefore && bytes.compare(this.#before, 0, length, start, start + length) === 0) return this.#place
    this.#before = Buffer.from(bytes.subarray(start, start + length))
    const text = length === 0 ? '{}' : this.#before.toString('utf8', JSONB_PREFIX_BYTES)
    this.#place = this.#places.get(text) ?? this.#texts.push(text) - 1
    this.#places.set(text, this.#place)
    return this.#place
  }
}

/** Versions that ended, being gathered. */
export class EndedBatch {
  readonly #max: number
  readonly #rows: Uint32Array
  readonly #pdq: HashBatch
  #count = 0

  constructor(max: number) {
    this.#max = max
    this.#rows = new Uint32Array(max)
    this.#pdq = new HashBatch('pdq', max)
  }

  get isFull(): boolean {
    return this.#count === this.#max
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  push(copied: CopiedRow): void {
    const row = copied.bytes.readInt32BE(copied.starts[0])
    this.#rows[this.#count++] = row
    if (copied.lengths[1] !== -1) this.#pdq.push(row, copied, 1)
  }

  rows(): FeedEnded {
    return { rows: this.#rows.subarray(0, this.#count), pdq: this.#pdq.hashes() }
  }
}
