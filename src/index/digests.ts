/** Digests: one kind of digest of all entries, sorted, with a directory by their first bits. */
import { ByteRows } from './rows.ts'

/** A bucket of the directory holds about eight digests. */
const BUCKET_BITS = 3
const DIRECTORY_BITS_MAX = 22
/** Buckets beyond this are sorted by a method that does not mind if a publisher repeats one digest a million times. */
const INSERTION_MAX = 24
/** Rows worked on before a sort may be paused. */
const STEP_ROWS = 1 << 14

/** Digests as they come in, each with the entry that carries it. */
export class DigestCollector {
  readonly width: number
  #digests: ByteRows
  #entries = new ByteRows(4)

  constructor(width: number) {
    this.width = width
    this.#digests = new ByteRows(width)
  }

  push(hex: string, entry: number): void {
    this.#digests.pushHex(hex)
    this.#entries.pushNumber(entry)
  }

  /** Adds the digest that lies at a place in some bytes. */
  pushBytes(bytes: Uint8Array, at: number, entry: number): void {
    this.#digests.pushBytes(bytes, at)
    this.#entries.pushNumber(entry)
  }

  get length(): number {
    return this.#entries.length
  }

  /** The digests sorted; the collector is empty afterwards. Equal digests keep the order of their entries. */
  sorted(): DigestTable {
    return atOnce(this.sorting())
  }

  /** The same in steps of a few milliseconds. */
  *sorting(): Generator<void, DigestTable> {
    const { digests, entries } = yield* bucketing(this.#digests, this.#entries)
    this.#digests = new ByteRows(this.width)
    this.#entries = new ByteRows(4)
    const directory = yield* directing(digests)
    if (!directory) throw new TypeError('digests put in buckets are out of order')
    let done = 0
    for (let bucket = 0; bucket + 1 < directory.length; bucket++) {
      const end = directory[bucket + 1] ?? 0
      sortBucket(digests, entries, directory[bucket] ?? 0, end)
      if (end - done < STEP_ROWS) continue
      done = end
      yield
    }
    return new DigestTable(digests, entries, directory)
  }
}

/** Runs steps without a pause. */
function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Sorted digests with their entries. */
export class DigestTable {
  /** Rows of one digest each, ascending. */
  readonly digests: ByteRows
  /** The entry of each digest. */
  readonly entries: ByteRows
  readonly #directory: Uint32Array
  readonly #shift: number

  constructor(digests: ByteRows, entries: ByteRows, directory: Uint32Array) {
    this.digests = digests
    this.entries = entries
    this.#directory = directory
    this.#shift = 32 - directoryBits(digests.length)
  }

  /** A table over digests that are sorted already; undefined when they are not. */
  static over(digests: ByteRows, entries: ByteRows): DigestTable | undefined {
    return atOnce(DigestTable.laying(digests, entries))
  }

  /** The same in steps of a few milliseconds. */
  static *laying(digests: ByteRows, entries: ByteRows): Generator<void, DigestTable | undefined> {
    const directory = yield* directing(digests)
    return directory && new DigestTable(digests, entries, directory)
  }

  get length(): number {
    return this.digests.length
  }

  /** The entries that carry a digest, ascending: at most `limit` of them. */
  find(digest: Uint8Array, limit: number): number[] {
    const found: number[] = []
    this.each(digest, (entry) => found.length < limit && found.push(entry))
    return found
  }

  /** Shows the entries that carry a digest, ascending, until one is answered with false. */
  each(digest: Uint8Array, take: (entry: number) => unknown): void {
    const bucket = prefix(digest, 0) >>> this.#shift
    const end = this.#directory[bucket + 1] ?? 0
    for (let row = this.#lowerBound(digest, this.#directory[bucket] ?? 0, end); row < end; row++) {
      if (compare(this.digests, row, digest, 0) !== 0 || take(this.entries.number(row)) === false) return
    }
  }

  /** The first row from `low` to `high` whose digest is not below the given one. */
  #lowerBound(digest: Uint8Array, low: number, high: number): number {
    let [first, end] = [low, high]
    while (first < end) {
      const middle = (first + end) >>> 1
      if (compare(this.digests, middle, digest, 0) < 0) first = middle + 1
      else end = middle
    }
    return first
  }
}

/** Shifts by 32 do nothing in this language, so that a directory has one bit at least. */
function directoryBits(length: number): number {
  return Math.min(Math.max(Math.ceil(Math.log2(length + 1)) - BUCKET_BITS, 1), DIRECTORY_BITS_MAX)
}

/** Which of two digests comes first: below 0, 0 or above, as for a sort. */
export function compareRows(a: ByteRows, row: number, b: ByteRows, other: number): number {
  return compare(a, row, b.chunk(other), b.offset(other))
}

/** The first 32 bits of a digest, most significant first. */
function prefix(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16)
  return (high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
}

/** First row of every bucket, and the number of rows; undefined when the prefixes are not ascending. */
function* directing(digests: ByteRows): Generator<void, Uint32Array | undefined> {
  const bits = directoryBits(digests.length)
  const directory = new Uint32Array((1 << bits) + 1)
  let [row, last] = [0, 0]
  for (const part of digests.parts()) {
    for (let at = 0; at < part.length; at += digests.width, row++) {
      const bucket = prefix(part, at) >>> (32 - bits)
      if (bucket < last) return undefined
      while (last < bucket) directory[++last] = row
      if ((row & (STEP_ROWS - 1)) === 0) yield
    }
  }
  directory.fill(row, last + 1)
  return directory
}

/** Copies the rows so that those of one bucket lie together, in the order in which they came. */
function* bucketing(
  digests: ByteRows,
  entries: ByteRows,
): Generator<void, { digests: ByteRows; entries: ByteRows }> {
  const { width, length } = digests
  const shift = 32 - directoryBits(length)
  const next = yield* startingBuckets(digests, shift)
  const result = { digests: ByteRows.zeros(width, length), entries: ByteRows.zeros(4, length) }
  for (let row = 0; row < length; row++) {
    const from = digests.chunk(row)
    const at = digests.offset(row)
    const bucket = prefix(from, at) >>> shift
    const place = next[bucket] ?? 0
    next[bucket] = place + 1
    copyRow(digests, row, result.digests, place)
    result.entries.setNumber(place, entries.number(row))
    if ((row & (STEP_ROWS - 1)) === 0) yield
  }
  return result
}

/** Copies a row of one width to a place among others of the same. */
export function copyRow(from: ByteRows, row: number, to: ByteRows, place: number): void {
  const source = from.words(row)
  const target = to.words(place)
  const sourceAt = from.offset(row) >>> 2
  const targetAt = to.offset(place) >>> 2
  const words = from.width >>> 2
  for (let word = 0; word < words; word++) target[targetAt + word] = source[sourceAt + word] ?? 0
}

function* startingBuckets(digests: ByteRows, shift: number): Generator<void, Uint32Array> {
  const starts = new Uint32Array(1 << (32 - shift))
  let row = 0
  for (const part of digests.parts()) {
    for (let at = 0; at < part.length; at += digests.width, row++) {
      const bucket = prefix(part, at) >>> shift
      starts[bucket] = (starts[bucket] ?? 0) + 1
      if ((row & (STEP_ROWS - 1)) === 0) yield
    }
  }
  let start = 0
  for (const [bucket, count] of starts.entries()) {
    starts[bucket] = start
    start += count
  }
  return starts
}

function compare(digests: ByteRows, row: number, other: Uint8Array, otherAt: number): number {
  const bytes = digests.chunk(row)
  const at = digests.offset(row)
  for (let byte = 0; byte < digests.width; byte++) {
    const difference = (bytes[at + byte] ?? 0) - (other[otherAt + byte] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function sortBucket(digests: ByteRows, entries: ByteRows, low: number, high: number): void {
  if (high - low > INSERTION_MAX) {
    sortLarge(digests, entries, low, high)
    return
  }
  for (let end = low + 1; end < high; end++) {
    for (let row = end; row > low && isAbove(digests, row - 1, row); row--)
      swap(digests, entries, row - 1, row)
  }
}

function isAbove(digests: ByteRows, row: number, next: number): boolean {
  return compare(digests, row, digests.chunk(next), digests.offset(next)) > 0
}

function swap(digests: ByteRows, entries: ByteRows, row: number, next: number): void {
  const source = digests.words(row)
  const target = digests.words(next)
  const sourceAt = digests.offset(row) >>> 2
  const targetAt = digests.offset(next) >>> 2
  const words = digests.width >>> 2
  for (let word = 0; word < words; word++) {
    const kept = source[sourceAt + word] ?? 0
    source[sourceAt + word] = target[targetAt + word] ?? 0
    target[targetAt + word] = kept
  }
  const entry = entries.number(row)
  entries.setNumber(row, entries.number(next))
  entries.setNumber(next, entry)
}

/** Sorts the rows' places first, and moves each row once. Equal digests keep their order. */
function sortLarge(digests: ByteRows, entries: ByteRows, low: number, high: number): void {
  const { width } = digests
  const copy = new Uint8Array((high - low) * width)
  const ids = new Uint32Array(high - low)
  for (let row = low; row < high; row++) {
    const at = digests.offset(row)
    copy.set(digests.chunk(row).subarray(at, at + width), (row - low) * width)
    ids[row - low] = entries.number(row)
  }
  const order = Uint32Array.from(ids, (_, at) => at)
  order.sort((a, b) => compareWithin(copy, a * width, b * width, width) || a - b)
  for (const [at, from] of order.entries()) {
    digests.chunk(low + at).set(copy.subarray(from * width, (from + 1) * width), digests.offset(low + at))
    entries.setNumber(low + at, ids[from] ?? 0)
  }
}

function compareWithin(bytes: Uint8Array, a: number, b: number, width: number): number {
  for (let byte = 0; byte < width; byte++) {
    const difference = (bytes[a + byte] ?? 0) - (bytes[b + byte] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
