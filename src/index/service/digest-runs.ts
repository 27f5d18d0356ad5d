/** Digest runs: digests of one kind that can be added to: a few fresh ones, and sorted tables that are merged aside. */
import { type DigestKind, HASH_BYTES } from '#terms/hash'
import type { FeedHashes } from '#terms/index-feed'
import { compareRows, copyRow, DigestCollector, DigestTable } from '../digests.ts'
import { ByteRows } from '../rows.ts'
import { inSlices } from './slices.ts'

/** Fresh digests are sorted into a run from this many on: sorting them takes a few milliseconds. */
const FRESH_MAX = 4_096
/** Rows merged before the work may be paused. */
const STEP_ROWS = 1 << 13

/** Digests with the versions that carry them. What stands no more is left in until a merge. */
export class DigestRuns {
  readonly width: number
  /** The oldest first. Each is never changed again. */
  #runs: readonly DigestTable[]
  /** Versions by digest, its bytes as characters. */
  #fresh = new Map<string, number[]>()
  #freshCount = 0
  #merging: Promise<void> | undefined

  constructor(kind: DigestKind, runs: readonly DigestTable[] = []) {
    this.width = HASH_BYTES[kind]
    this.#runs = runs
  }

  /** Digests held, those that stand no more too. */
  get length(): number {
    return this.#runs.reduce((length, run) => length + run.length, this.#freshCount)
  }

  /** Shows the versions that carry a digest, in no order. */
  each(digest: Buffer, take: (row: number) => void): void {
    for (const run of this.#runs) run.each(digest, take)
    if (this.#freshCount > 0) for (const row of this.#fresh.get(digest.toString('latin1')) ?? []) take(row)
  }

  /** Adds a few digests; the next look-up finds them. */
  add({ rows, bytes }: FeedHashes): void {
    const characters = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0; at < rows.length; at++) {
      const key = characters.toString('latin1', at * this.width, (at + 1) * this.width)
      const known = this.#fresh.get(key)
      const row = rows[at] ?? 0
      if (known) known.push(row)
      else this.#fresh.set(key, [row])
      this.#freshCount++
    }
    if (this.#freshCount >= FRESH_MAX) this.settle()
  }

  /** Adds many at once: they are found when the promise is fulfilled. */
  async append(collector: DigestCollector): Promise<void> {
    if (collector.length === 0) return
    const run = await inSlices(collector.sorting())
    this.#runs = [...this.#runs, run]
  }

  /** Sorts the fresh ones into a run. @returns all runs: together they are all digests, and none is changed again */
  settle(): readonly DigestTable[] {
    if (this.#freshCount === 0) return this.#runs
    const collector = new DigestCollector(this.width)
    for (const [characters, rows] of this.#fresh) {
      const bytes = Buffer.from(characters, 'latin1')
      for (const row of rows) collector.pushBytes(bytes, 0, row)
    }
    this.#runs = [...this.#runs, collector.sorted()]
    this.#fresh = new Map()
    this.#freshCount = 0
    return this.#runs
  }

  /**
   * Merges runs that are not much smaller than all that came after them, a little at a time.
   *
   * @param isKept of a version: whether its digest is still of use
   */
  async merge(isKept: (row: number) => boolean): Promise<void> {
    while (this.#merging) await this.#merging
    const sources = worthMerging(this.#runs)
    if (sources.length < 2) return
    this.#merging = this.#merge(sources, isKept).finally(() => {
      this.#merging = undefined
    })
    await this.#merging
  }

  /** Bytes of memory, about. */
  get bytes(): number {
    return this.length * (this.width + 4)
  }

  async #merge(sources: readonly DigestTable[], isKept: (row: number) => boolean): Promise<void> {
    const [first, ...others] = [...sources].sort((a, b) => a.length - b.length)
    let merged = first
    for (const other of others) merged = merged && (await inSlices(merging(merged, other, isKept)))
    const rest = this.#runs.filter((run) => !sources.includes(run))
    this.#runs = merged && merged.length > 0 ? [merged, ...rest] : rest
  }
}

function worthMerging(runs: readonly DigestTable[]): readonly DigestTable[] {
  const bySize = [...runs].sort((a, b) => a.length - b.length)
  const chosen: DigestTable[] = []
  let total = 0
  for (const run of bySize) {
    if (chosen.length > 0 && run.length > 2 * total) break
    chosen.push(run)
    total += run.length
  }
  return chosen
}

function* merging(
  one: DigestTable,
  other: DigestTable,
  isKept: (row: number) => boolean,
): Generator<void, DigestTable> {
  const digests = new ByteRows(one.digests.width)
  const entries = new ByteRows(4)
  const keep = (table: DigestTable, at: number): void => {
    const row = table.entries.number(at)
    if (!isKept(row)) return
    copyRow(table.digests, at, digests, digests.extend())
    entries.pushNumber(row)
  }
  for (let [a, b] = [0, 0]; a < one.length || b < other.length; ) {
    const isOne = b === other.length || (a < one.length && compareRows(one.digests, a, other.digests, b) <= 0)
    if (isOne) keep(one, a++)
    else keep(other, b++)
    if (((a + b) & (STEP_ROWS - 1)) === 0) yield
  }
  const table = yield* DigestTable.laying(digests, entries)
  if (!table) throw new TypeError('merged digests are out of order')
  return table
}
