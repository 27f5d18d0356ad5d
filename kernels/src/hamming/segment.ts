/** Segment: entries in one memory, searched by one instance of the module in each thread. */
import {
  ATTACHED_MAX,
  BANDS,
  COUNT_AT,
  HASH_BYTES,
  type Layout,
  LINE_BYTES,
  layoutOf,
  SCRATCH,
  SCRATCH_BYTES,
  toLines,
} from './layout.ts'
import { bandMasks } from './masks.ts'
import { exportsOn, PAGE_BYTES, type SharedMemory, sharedMemory } from './memory.ts'
import { fillAll, type StartSecond } from './second.ts'

/** Of a segment: how many entries, and where its hashes, payloads, dead bits, offsets, ids and siblings lie. */
type Places = readonly [number, number, number, number, number, number, number, number, number]

/** What the module offers; every address is a byte offset into the memory given to it. */
interface Kernel {
  placeSegment(...places: Places): void
  placeEntries(count: number): void
  placeScratch(at: number): void
  search(count: number, distanceMax: number, limit: number): number
  removeEqual(payload: number): number
  countBand(band: number, from: number, until: number): void
  openBuckets(band: number): void
  placeWork(at: number): void
  partBand(band: number, from: number, until: number): void
  sortParts(band: number, from: number, until: number): number
  fillLarge(band: number, from: number, until: number): void
  bucketsAreSound(band: number, count: number): number
  idsAreSound(at: number, sizeBytes: number, count: number): number
  sumRoom(): number
  sum(at: number, sizeBytes: number): bigint
}

/** What another thread needs to search the same entries; it can be posted to a worker. */
export interface SegmentHandle {
  readonly id: number
  readonly memory: SharedMemory
  readonly capacity: number
  readonly banded: boolean
}

/** What some queries found in one segment: for each a count, and of all a list of payload and distance in turn. */
export interface SegmentAnswers {
  readonly counts: Uint32Array
  readonly more: Uint8Array
  readonly keys: Uint32Array
}

/** Fewer entries than this are scanned faster than looked up. */
export const BANDED_ENTRIES_MIN = 4_096
/** Entries worked on before another task may run. */
const STEP_ENTRIES = 100_000
/** Parts that a band's postings go to before they are sorted, and how many of them are sorted in one step. */
const PARTS = 256
const STEP_PARTS = 4
/** Memory for building, beside one byte for each entry. */
const WORK_BYTES = 1_048_576
const MORE = 0x8000_0000
let segments = 0

export class Segment {
  readonly id = ++segments
  readonly layout: Layout
  readonly #module: WebAssembly.Module
  readonly #memory: SharedMemory
  readonly #kernel: Kernel
  readonly #scratch: number

  private constructor(module: WebAssembly.Module, memory: SharedMemory, layout: Layout, scratch: number) {
    this.#module = module
    this.#memory = memory
    this.#kernel = exportsOn(module, memory) as Kernel
    this.layout = layout
    this.#scratch = scratch
    this.#kernel.placeScratch(scratch)
    new Uint16Array(memory.buffer, scratch + SCRATCH.masks, 697).set(bandMasks())
    this.#kernel.placeSegment(...placesOf(layout, this.count))
  }

  /** An empty segment with room for some entries. */
  static create(module: WebAssembly.Module, capacity: number, banded: boolean): Segment {
    const layout = layoutOf(capacity, banded)
    const spareBytes = ATTACHED_MAX * SCRATCH_BYTES + LINE_BYTES + 2 * workBytesOf(capacity)
    return new Segment(module, sharedMemory(layout.endBytes, spareBytes), layout, layout.scratch)
  }

  /** The same entries in another thread: beside it with a scratch of its own, or `instead`, with the one that it leaves. */
  static attach(module: WebAssembly.Module, handle: SegmentHandle, instead?: 'instead'): Segment {
    const layout = layoutOf(handle.capacity, handle.banded)
    const scratch = instead ? layout.scratch : handle.memory.grow(SCRATCH_BYTES / PAGE_BYTES) * PAGE_BYTES
    return new Segment(module, handle.memory, layout, scratch)
  }

  get handle(): SegmentHandle {
    return { id: this.id, memory: this.#memory, capacity: this.layout.capacity, banded: this.layout.banded }
  }

  /** Entries held, dead ones too. */
  get count(): number {
    return Atomics.load(this.#counts, 0)
  }

  /** Bytes of memory taken. */
  get sizeBytes(): number {
    return this.#memory.buffer.byteLength
  }

  /** Entries that were removed. */
  get deadCount(): number {
    return Atomics.load(this.#counts, 1)
  }

  /** A view of the memory. */
  bytes(at: number, sizeBytes: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, sizeBytes)
  }

  hashes(from: number, until: number): Uint8Array {
    return this.bytes(this.layout.hashes + from * HASH_BYTES, (until - from) * HASH_BYTES)
  }

  payloads(from: number, until: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, this.layout.payloads + from * 4, until - from)
  }

  /** Adds entries behind the others; searches see them once all their bytes are there. */
  append(hashes: Uint8Array, payloads: Uint32Array): void {
    const from = this.count
    this.bytes(this.layout.hashes + from * HASH_BYTES, hashes.length).set(hashes)
    this.payloads(from, from + payloads.length).set(payloads)
    this.setCount(from + payloads.length)
  }

  setCount(count: number): void {
    Atomics.store(this.#counts, 0, count)
    this.#kernel.placeEntries(count)
  }

  /** Removes all entries of this hash and payload; returns how many. */
  remove(hash: Uint8Array, payload: number): number {
    this.#query(hash)
    const removed = this.#kernel.removeEqual(payload)
    Atomics.add(this.#counts, 1, removed)
    return removed
  }

  /** Says how many entries there are, once their bytes were read straight into the memory. */
  adopt(count: number): void {
    this.setCount(count)
    let dead = 0
    for (const byte of this.bytes(this.layout.dead, Math.ceil(count / 8))) {
      for (let rest = byte; rest !== 0; rest &= rest - 1) dead++
    }
    Atomics.store(this.#counts, 1, dead)
  }

  isDead(entry: number): boolean {
    return (((this.bytes(this.layout.dead + (entry >> 3), 1)[0] ?? 0) >> (entry & 7)) & 1) === 1
  }

  /**
   * Builds the postings of all entries.
   * @param breath awaited now and then, so that other work goes on
   * @param start starts a second thread that fills some of the bands; none unless given
   */
  async buildBands(breath: () => Promise<void>, start?: StartSecond): Promise<void> {
    const workBytes = workBytesOf(this.count)
    const claims = this.#grow(LINE_BYTES + workBytes * (start ? 2 : 1))
    const work = claims + LINE_BYTES
    this.#kernel.placeWork(work)
    const second = start?.({
      module: this.#module,
      memory: this.#memory,
      places: placesOf(this.layout, this.count),
      work: work + workBytes,
      claims,
    })
    const states = new Int32Array(this.#memory.buffer, claims, BANDS)
    await fillAll(states, second, (band) => this.#fillBand(band, breath))
  }

  async #fillBand(band: number, breath: () => Promise<void>): Promise<void> {
    const kernel = this.#kernel
    await inSteps(this.count, STEP_ENTRIES, breath, (from, until) => kernel.countBand(band, from, until))
    kernel.openBuckets(band)
    await inSteps(this.count, STEP_ENTRIES, breath, (from, until) => kernel.partBand(band, from, until))
    let hasLarge = false
    await inSteps(PARTS, STEP_PARTS, breath, (from, until) => {
      hasLarge = kernel.sortParts(band, from, until) !== 0
    })
    if (!hasLarge) return
    await inSteps(this.count, STEP_ENTRIES, breath, (from, until) => kernel.fillLarge(band, from, until))
  }

  /** Searches for up to QUERIES_MAX hashes, 32 bytes each. */
  search(hashes: Uint8Array, distanceMax: number, limit: number): SegmentAnswers {
    const queries = hashes.length / HASH_BYTES
    const counts = new Uint32Array(queries)
    const more = new Uint8Array(queries)
    const keys: Uint32Array[] = []
    for (let done = 0; done < queries; ) {
      this.#query(hashes.subarray(done * HASH_BYTES))
      const answered = this.#kernel.search(queries - done, distanceMax, limit)
      const tallies = new Uint32Array(this.#memory.buffer, this.#scratch + SCRATCH.counts, answered)
      let total = 0
      for (let i = 0; i < answered; i++) {
        const tally = tallies[i] ?? 0
        const count = tally & ~MORE
        counts[done + i] = count
        more[done + i] = tally >>> 31
        total += count
      }
      keys.push(new Uint32Array(this.#memory.buffer, this.#scratch + SCRATCH.answers, total * 2).slice())
      done += answered
    }
    return { counts, more, keys: joined(keys) }
  }

  /** True when each band's buckets follow one another, as those of an opened file must. */
  bucketsAreSound(): boolean {
    if (!this.layout.banded) return true
    for (let band = 0; band < BANDS; band++) {
      if (this.#kernel.bucketsAreSound(band, this.count) === 0) return false
    }
    return true
  }

  /** True when those of these bytes that are postings name only the first `count` entries; whole lines of one array. */
  idsAreSound(at: number, sizeBytes: number, count: number): boolean {
    const { banded, ids, siblings } = this.layout
    if (!banded || at < ids || at >= siblings) return true
    return this.#kernel.idsAreSound(at, sizeBytes, count) !== 0
  }

  /** The checksum of bytes of the memory; whole lines. */
  sum(at: number, sizeBytes: number): bigint {
    return BigInt.asUintN(64, this.#kernel.sum(at, sizeBytes))
  }

  /** The checksum of bytes from elsewhere: whole lines, at most 1 MiB. */
  sumOf(bytes: Uint8Array): bigint {
    const room = this.#kernel.sumRoom() >>> 0
    this.bytes(room, bytes.length).set(bytes)
    return this.sum(room, bytes.length)
  }

  get #counts(): Int32Array {
    return new Int32Array(this.#memory.buffer, COUNT_AT, 2)
  }

  #query(hashes: Uint8Array): void {
    this.bytes(this.#scratch + SCRATCH.queries, hashes.length).set(hashes)
    this.#kernel.placeEntries(this.count)
  }

  /** Takes more memory behind all else; returns where it begins. */
  #grow(sizeBytes: number): number {
    return this.#memory.grow(Math.ceil(sizeBytes / PAGE_BYTES)) * PAGE_BYTES
  }
}

/** Does something to 0..count, some at a time. */
async function inSteps(
  count: number,
  step: number,
  breath: () => Promise<void>,
  work: (from: number, until: number) => void,
): Promise<void> {
  for (let from = 0; from < count; from += step) {
    work(from, Math.min(from + step, count))
    await breath()
  }
}

function placesOf(layout: Layout, count: number): Places {
  const { hashes, payloads, dead, banded, offsets, ids, idsStride, siblings, siblingsStride } = layout
  return [count, hashes, payloads, dead, banded ? offsets : 0, ids, idsStride, siblings, siblingsStride]
}

/** Bytes that one thread needs to fill bands, as `placeWork` takes them. */
function workBytesOf(count: number): number {
  return toLines(WORK_BYTES + count)
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  if (parts.length === 1 && parts[0]) return parts[0]
  const whole = new Uint32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
