/** Hamming: an exact index of 256-bit hashes; every entry within a distance of a query is found, and nothing else. */
import {
  askedOf,
  assertWithin,
  DISTANCE_MAX_LIMIT,
  type ManyResult,
  type SearchOptions,
  type SearchResult,
  searchMany,
  searchOne,
} from './answers.ts'
import type { IndexHandle, Searchable } from './attach.ts'
import { folded, worthFolding } from './fold.ts'
import { HASH_BYTES, SEGMENT_ENTRIES_LIMIT } from './layout.ts'
import { breath, built } from './pieces.ts'
import { startSecond } from './second.ts'
import { Segment } from './segment.ts'
import { readFrom, readSnapshot, type SnapshotRead, snapshotOf } from './snapshot.ts'
import { scanWhere } from './where.ts'

export type { Found, ManyResult, SearchOptions, SearchResult } from './answers.ts'
export { DISTANCE_MAX_LIMIT, LIMIT_MAX } from './answers.ts'
export { type Attached, attach, type IndexHandle, type Searchable } from './attach.ts'
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

/** What an index is made of; it can be posted to a worker. */
export interface IndexParts extends IndexHandle {
  readonly segmentEntriesMax: number
}

const SEGMENT_ENTRIES_DEFAULT = 16_000_000
const DELTA_ENTRIES_DEFAULT = 20_000
/** How long a fold works before other tasks may run, and how long a build, for which someone waits. */
const FOLD_MILLISECONDS = 8
const BUILD_MILLISECONDS = 100

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
  #shared: { readonly of: readonly Segment[]; readonly handle: IndexHandle } | undefined

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
    const pause = breath(BUILD_MILLISECONDS)
    index.#segments = await built(module, hashes, payloads, index.#segmentEntriesMax, pause, startSecond)
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

  /** Takes over what another thread made: its parts, sent from there. That thread must let it alone from then on. */
  static adopt(
    { module, segments, ...parameters }: IndexParts,
    options: Pick<IndexOptions, 'deltaEntriesMax'> = {},
  ): HammingIndex {
    const adopted = segments.map((segment) => Segment.attach(module, segment, 'instead'))
    return new HammingIndex(module, { ...parameters, ...options }, adopted)
  }

  /** All that it is made of, to be sent to the thread that adopts it. */
  parts(): IndexParts {
    return { ...this.share(), segmentEntriesMax: this.#segmentEntriesMax }
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

  /**
   * The nearest entries that `accepts` takes of those within the distance, by a look at every entry: for the few queries
   * that have more answers than `LIMIT_MAX`, most of which are of no use.
   * @throws RangeError
   */
  searchWhere(
    hash: Uint8Array,
    accepts: (payload: number) => boolean,
    options: SearchOptions = {},
  ): SearchResult {
    assertHash(hash)
    return scanWhere(this.#segments, hash, askedOf(options, this.distanceMax), accepts)
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

  /**
   * Adds many entries, 32 bytes each: they are built aside as segments of their own, a little at a time, and found once the
   * promise is fulfilled.
   * @throws RangeError when the hashes and payloads do not fit together
   */
  async append(hashes: Uint8Array, payloads: Uint32Array): Promise<void> {
    const fresh = await built(
      this.#module,
      hashes,
      payloads,
      this.#segmentEntriesMax,
      breath(FOLD_MILLISECONDS),
    )
    this.#segments = [...this.#segments, ...fresh]
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
   * next merge, after which it goes on answering as of that merge: share again then. As long as there is nothing new to
   * attach to, the handle is the same object.
   */
  share(): IndexHandle {
    if (this.#shared?.of === this.#segments) return this.#shared.handle
    const segments = this.#segments.map((segment) => segment.handle)
    const handle = { module: this.#module, distanceMax: this.distanceMax, segments }
    this.#shared = { of: this.#segments, handle }
    return handle
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

function assertHash(hash: Uint8Array): void {
  if (hash.length !== HASH_BYTES) throw new RangeError(`a hash is of ${HASH_BYTES} bytes, not ${hash.length}`)
}
