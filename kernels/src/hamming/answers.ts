/** Answers: what is asked of an index and what it says, joined over its segments. */
import { HASH_BYTES, QUERIES_MAX } from './layout.ts'
import type { Segment, SegmentAnswers } from './segment.ts'

/** The greatest distance that can be asked for. */
export const DISTANCE_MAX_LIMIT = 63
/** The most answers to one query. */
export const LIMIT_MAX = 65_536
export const LIMIT_DEFAULT = 1_000

export interface SearchOptions {
  /** Greatest distance in bits, 0 to 63; the index's own unless given. */
  readonly distanceMax?: number
  /** Most answers to one query, 1 to 65 536; 1 000 unless given. */
  readonly limit?: number
}

export interface Found {
  readonly payload: number
  /** Bits in which the hashes differ. */
  readonly distance: number
}

export interface SearchResult {
  /** The nearest first, then by payload. */
  readonly found: readonly Found[]
  /** True when the limit cut the list. */
  readonly more: boolean
}

/** The answers to n queries, laid end to end: those of query i from offsets[i] to offsets[i + 1]. */
export interface ManyResult {
  readonly offsets: Uint32Array
  readonly payloads: Uint32Array
  readonly distances: Uint8Array
  /** 1 where the limit cut the query's list. */
  readonly more: Uint8Array
}

interface Asked {
  readonly distanceMax: number
  readonly limit: number
}

/** @throws RangeError when an option is out of its range */
export function askedOf(options: SearchOptions, distanceMaxDefault: number): Asked {
  const { distanceMax = distanceMaxDefault, limit = LIMIT_DEFAULT } = options
  assertWithin('distanceMax', distanceMax, 0, DISTANCE_MAX_LIMIT)
  assertWithin('limit', limit, 1, LIMIT_MAX)
  return { distanceMax, limit }
}

/** @throws RangeError when `value` is not a whole number from `least` to `most` */
export function assertWithin(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`)
  }
}

/** @throws RangeError when the bytes are not whole hashes */
export function hashesIn(hashes: Uint8Array): number {
  if (hashes.length % HASH_BYTES !== 0) {
    throw new RangeError(
      `hashes are of ${HASH_BYTES} bytes each; ${hashes.length} bytes are not whole hashes`,
    )
  }
  return hashes.length / HASH_BYTES
}

/** Searches all segments for one hash. */
export function searchOne(segments: readonly Segment[], hash: Uint8Array, asked: Asked): SearchResult {
  if (hash.length !== HASH_BYTES) throw new RangeError(`a hash is of ${HASH_BYTES} bytes, not ${hash.length}`)
  const { payloads, distances, more } = searchMany(segments, hash, asked)
  const found = Array.from(payloads, (payload, i) => ({ payload, distance: distances[i] ?? 0 }))
  return { found, more: more[0] === 1 }
}

/** Searches all segments for many hashes, 32 bytes each. */
export function searchMany(segments: readonly Segment[], hashes: Uint8Array, asked: Asked): ManyResult {
  const queries = hashesIn(hashes)
  const offsets = new Uint32Array(queries + 1)
  const more = new Uint8Array(queries)
  const keys: Uint32Array[] = []
  const filled = segments.filter((segment) => segment.count > 0)
  for (let from = 0; from < queries; from += QUERIES_MAX) {
    const some = hashes.subarray(from * HASH_BYTES, (from + QUERIES_MAX) * HASH_BYTES)
    const joined = joinedAnswers(
      filled.map((segment) => segment.search(some, asked.distanceMax, asked.limit)),
      some.length / HASH_BYTES,
      asked.limit,
    )
    joined.counts.forEach((count, i) => {
      offsets[from + i + 1] = (offsets[from + i] ?? 0) + count
    })
    more.set(joined.more, from)
    keys.push(joined.keys)
  }
  return { offsets, ...split(keys, offsets[queries] ?? 0), more }
}

function split(keys: readonly Uint32Array[], total: number): Pick<ManyResult, 'payloads' | 'distances'> {
  const payloads = new Uint32Array(total)
  const distances = new Uint8Array(total)
  let at = 0
  for (const part of keys) {
    for (let i = 0; i < part.length; i += 2) {
      payloads[at] = part[i] ?? 0
      distances[at] = part[i + 1] ?? 0
      at++
    }
  }
  return { payloads, distances }
}

/** Answers of several segments to the same queries: those of each query in one order, cut to the limit. */
function joinedAnswers(parts: readonly SegmentAnswers[], queries: number, limit: number): SegmentAnswers {
  const answering = parts.filter((part) => part.keys.length > 0)
  const [only] = answering
  if (!only)
    return { counts: new Uint32Array(queries), more: new Uint8Array(queries), keys: new Uint32Array(0) }
  if (answering.length === 1) return only
  const counts = new Uint32Array(queries)
  const more = new Uint8Array(queries)
  const keys: number[] = []
  const starts = answering.map(() => 0)
  for (let query = 0; query < queries; query++) {
    const found: Found[] = []
    answering.forEach((part, i) => {
      const start = starts[i] ?? 0
      const until = start + (part.counts[query] ?? 0)
      for (let k = start; k < until; k++) {
        found.push({ payload: part.keys[2 * k] ?? 0, distance: part.keys[2 * k + 1] ?? 0 })
      }
      starts[i] = until
      if (part.more[query] === 1) more[query] = 1
    })
    found.sort(inOrder)
    if (found.length > limit) more[query] = 1
    const kept = found.slice(0, limit)
    counts[query] = kept.length
    for (const { payload, distance } of kept) keys.push(payload, distance)
  }
  return { counts, more, keys: Uint32Array.from(keys) }
}

function inOrder(a: Found, b: Found): number {
  return a.distance - b.distance || a.payload - b.payload
}
