/** Hamming: an exact index of 256-bit hashes; every entry within a distance of a query is found, and nothing else. */
import {
  askedOf,
  assertWithin,
  DISTANCE_MAX_LIMIT,
  hashesIn,
  type ManyResult,
  type SearchOptions,
  type SearchResult,
  searchMany,
  searchOne,
} from './answers.ts'
import { type Breath, folded, worthFolding } from './fold.ts'
import { HASH_BYTES, SEGMENT_ENTRIES_LIMIT } from './layout.ts'
import { startSecond } from './second.ts'
import { BANDED_ENTRIES_MIN, Segment, type SegmentHandle } from './segment.ts'
import { readFrom, readSnapshot, type SnapshotRead, snapshotOf } from './snapshot.ts'

export type { Found, ManyResult, SearchOptions, SearchResult } from './answers.ts'
export { DISTANCE_MAX_LIMIT, LIMIT_MAX } from './answers.ts'
export { SNAPSHOT_VERSION, type SnapshotCode, SnapshotError, type SnapshotRead } from './snapshot.ts'

export const DISTANCE_MAX_DEFAULT = 31

export interface IndexOptions {
  /** Distance of a search that does not say one, in bits; 31 unless given. */
  readonly distanceMax?: number
  /** Entries of a segment, which is one memory of at most 4 GiB; 16 million unless given. */
  readonly segmentEntriesMax?: number
  /** Additions that are scanned before they become a segment of their own; 20 000 unless given. */
  readonly deltaEntriesMax?: number
}

/** What another thread needs to search the same memory; it can be posted to a worker. */
export interface IndexHandle {
  readonly module: WebAssembly.Module
  readonly distanceMax: number
  readonly segments: readonly SegmentHandle[]
}

const SEGMENT_ENTRIES_DEFAULT = 16_000_000
const DELTA_ENTRIES_DEFAULT = 20_000
/** How long a fold works before other tasks may run, and how long a build, for which someone waits. */
const FOLD_MILLISECONDS = 8
const BUILD_MILLISECONDS = 100

/** From this many entries on, a segment is built by two threads: for fewer, starting the second takes too long. */
const SHARED_ENTRIES_MIN = 500_000

/** What every holder of an index can do: search it. */
export interface Searchable {
  /** Entries that can be found. */
  readonly count: number
  readonly distanceMax: number
  /** Bytes of memory. */
  readonly bytes: number
  /** Every entry within the distance of a hash of 32 bytes, or the nearest `limit` of them. @throws RangeError */
  search(hash: Uint8Array, options?: SearchOptions): SearchResult
  /** The same for many hashes, 32 bytes each, and faster. @throws RangeError */
  searchMany(hashes: Uint8Array, options?: SearchOptions): ManyResult
}

/**
 * The index. Additions go to a small delta that is scanned, and are folded into segments aside; what was removed is
 * skipped at once and dropped at a fold. No answer depends on whether a fold is running.
 */
export class HammingIndex implements Searchable {
  readonly distanceMax: number
  readonly #module: WebAssembly.Module
  readonly #segmentEntriesMax: number
  readonly #deltaEntriesMax: number
  #segments: readonly Segment[]
  /** The one of the segments that takes additions. */
  #delta: Segment | undefined
  #merging: Promise<void> | undefined
  /** Removals while a fold runs: what it builds must lose them too. */
  #removals: { readonly hash: Uint8Array; readonly payload: number }[] = []

  private constructor(module: WebAssembly.Module, options: IndexOptions, segments: readonly Segment[]) {
    const {
      distanceMax = DISTANCE_MAX_DEFAULT,
      segmentEntriesMax = SEGMENT_ENTRIES_DEFAULT,
      deltaEntriesMax = DELTA_ENTRIES_DEFAULT,
    } = options
    assertWithin('distanceMax', distanceMax, 0, DISTANCE_MAX_LIMIT)
    assertWithin('segmentEntriesMax', segmentEntriesMax, 1, SEGMENT_ENTRIES_LIMIT)
    assertWithin('deltaEntriesMax', deltaEntriesMax, 1, SEGMENT_ENTRIES_LIMIT)
    this.#module = module
    this.distanceMax = distanceMax
    this.#segmentEntriesMax = segmentEntriesMax
    this.#deltaEntriesMax = deltaEntriesMax
    this.#segments = segments
  }

  /**
   * Builds an index of n hashes, 32 bytes each, and their payloads; a large one by two threads where the platform is Node.
   * @throws RangeError when they do not fit together or an option is out of range; Error when the second thread fails
   */
  static async build(
    module: WebAssembly.Module,
    hashes: Uint8Array,
    payloads: Uint32Array,
    options: IndexOptions = {},
  ): Promise<HammingIndex> {
    const index = new HammingIndex(module, options, [])
    const count = hashesIn(hashes)
    if (count !== payloads.length) throw new RangeError(`${count} hashes have ${payloads.length} payloads`)
    for (let from = 0; from < count; from += index.#segmentEntriesMax) {
      const until = Math.min(from + index.#segmentEntriesMax, count)
      const segment = Segment.create(module, until - from, until - from >= BANDED_ENTRIES_MIN)
      segment.append(hashes.subarray(from * HASH_BYTES, until * HASH_BYTES), payloads.subarray(from, until))
      const start = segment.count >= SHARED_ENTRIES_MIN ? startSecond : undefined
      if (segment.layout.banded) await segment.buildBands(breath(BUILD_MILLISECONDS), start)
      index.#segments = [...index.#segments, segment]
    }
    return index
  }

  /**
   * Opens what `save` wrote, from its chunks.
   * @throws SnapshotError `not-a-snapshot`, `newer`, `damaged`, `truncated`
   */
  static async open(
    module: WebAssembly.Module,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: Pick<IndexOptions, 'deltaEntriesMax'> = {},
  ): Promise<HammingIndex> {
    const source = readFrom(chunks)
    const index = await HammingIndex.openWith(module, source.read, options)
    await source.end()
    return index
  }

  /**
   * Opens what `save` wrote, each byte read straight to its place.
   * @param read fills a view of the index's shared memory with the snapshot's next bytes, and throws when they end
   * @throws SnapshotError `not-a-snapshot`, `newer`, `damaged`; whatever `read` throws
   */
  static async openWith(
    module: WebAssembly.Module,
    read: SnapshotRead,
    options: Pick<IndexOptions, 'deltaEntriesMax'> = {},
  ): Promise<HammingIndex> {
    const { segments, ...parameters } = await readSnapshot(module, read)
    return new HammingIndex(module, { ...parameters, ...options }, segments)
  }

  get count(): number {
    return this.#segments.reduce((count, segment) => count + segment.count - segment.deadCount, 0)
  }

  get bytes(): number {
    return this.#segments.reduce((bytes, segment) => bytes + segment.sizeBytes, 0)
  }

  search(hash: Uint8Array, options: SearchOptions = {}): SearchResult {
    return searchOne(this.#segments, hash, askedOf(options, this.distanceMax))
  }

  searchMany(hashes: Uint8Array, options: SearchOptions = {}): ManyResult {
    return searchMany(this.#segments, hashes, askedOf(options, this.distanceMax))
  }

  /** Adds an entry; the next search finds it. */
  add(hash: Uint8Array, payload: number): void {
    assertHash(hash)
    assertWithin('payload', payload, 0, 0xffff_ffff)
    const delta = this.#delta ?? this.#openDelta()
    delta.append(hash, Uint32Array.of(payload))
    if (delta.count === delta.layout.capacity) {
      this.#delta = undefined
      // A fold that fails (memory) leaves every entry where it was; `merge` asked for by name reports it.
      this.merge().catch(() => {})
    }
  }

  /** Removes every entry of this hash and payload; false when there is none. */
  remove(hash: Uint8Array, payload: number): boolean {
    assertHash(hash)
    assertWithin('payload', payload, 0, 0xffff_ffff)
    if (this.#merging) this.#removals.push({ hash: hash.slice(), payload })
    let removed = 0
    for (const segment of this.#segments) removed += segment.remove(hash, payload)
    return removed > 0
  }

  /** Folds additions and removals into segments, a little at a time; answers stay the same throughout. */
  async merge(): Promise<void> {
    while (this.#merging) await this.#merging
    this.#delta = undefined
    const sources = worthFolding(this.#segments, this.#segmentEntriesMax)
    if (sources.length === 0) return
    this.#merging = this.#fold(sources).finally(() => {
      this.#merging = undefined
      this.#removals = []
    })
    await this.#merging
  }

  /** The index as bytes, in chunks of at most 1 MiB, as it is when the first is asked for. */
  save(): Generator<Uint8Array> {
    return snapshotOf({
      distanceMax: this.distanceMax,
      segmentEntriesMax: this.#segmentEntriesMax,
      segments: this.#segments,
    })
  }

  /**
   * What another thread needs to search this index's memory with `attach`. It sees additions and removals up to the
   * next merge, after which it goes on answering as of that merge: share again then.
   */
  share(): IndexHandle {
    const segments = this.#segments.map((segment) => segment.handle)
    return { module: this.#module, distanceMax: this.distanceMax, segments }
  }

  async #fold(sources: readonly Segment[]): Promise<void> {
    const fresh = await folded(this.#module, sources, this.#segmentEntriesMax, breath(FOLD_MILLISECONDS))
    for (const segment of fresh) {
      for (const { hash, payload } of this.#removals) segment.remove(hash, payload)
    }
    this.#segments = [...fresh, ...this.#segments.filter((segment) => !sources.includes(segment))]
  }

  #openDelta(): Segment {
    this.#delta = Segment.create(this.#module, this.#deltaEntriesMax, false)
    this.#segments = [...this.#segments, this.#delta]
    return this.#delta
  }
}

/**
 * Searches in this thread an index that another thread shares. At most 64 can attach to the same memory.
 * @throws RangeError when there is no room for another
 */
export function attach(handle: IndexHandle): Searchable {
  const segments = handle.segments.map((segment) => Segment.attach(handle.module, segment))
  const { distanceMax } = handle
  return {
    distanceMax,
    get count() {
      return segments.reduce((count, segment) => count + segment.count - segment.deadCount, 0)
    },
    get bytes() {
      return segments.reduce((bytes, segment) => bytes + segment.sizeBytes, 0)
    },
    search: (hash, options = {}) => searchOne(segments, hash, askedOf(options, distanceMax)),
    searchMany: (hashes, options = {}) => searchMany(segments, hashes, askedOf(options, distanceMax)),
  }
}

/** Lets other tasks run whenever so many milliseconds have passed. */
function breath(milliseconds: number): Breath {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < milliseconds) return
    await new Promise<void>((resolve) => setTimeout(resolve))
    since = performance.now()
  }
}

function assertHash(hash: Uint8Array): void {
  if (hash.length !== HASH_BYTES) throw new RangeError(`a hash is of ${HASH_BYTES} bytes, not ${hash.length}`)
}
