/** Attach: an index whose memory another thread shares, searched in this one. */
import {
  askedOf,
  type ManyResult,
  type SearchOptions,
  type SearchResult,
  searchMany,
  searchOne,
} from './answers.ts'
import { Segment, type SegmentHandle } from './segment.ts'

/** What another thread needs to search the same memory; it can be posted to a worker. */
export interface IndexHandle {
  readonly module: WebAssembly.Module
  readonly distanceMax: number
  readonly segments: readonly SegmentHandle[]
}

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

/** An index that another thread shares, as this thread searches it. */
export interface Attached extends Searchable {
  /** Its segments by their numbers in the sharing thread. */
  readonly segments: ReadonlyMap<number, Segment>
}

/**
 * Searches in this thread an index that another thread shares. At most 64 can attach to the same memory.
 * @param earlier what this thread attached to the same index before: segments that are still there are taken over
 * @throws RangeError when there is no room for another
 */
export function attach(handle: IndexHandle, earlier?: Attached): Attached {
  const segments = handle.segments.map((segment) => {
    const known = earlier?.segments.get(segment.id)
    return [segment.id, known ?? Segment.attach(handle.module, segment)] as const
  })
  return attachedTo(new Map(segments), handle.distanceMax)
}

function attachedTo(byNumber: ReadonlyMap<number, Segment>, distanceMax: number): Attached {
  const segments = [...byNumber.values()]
  return {
    segments: byNumber,
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
