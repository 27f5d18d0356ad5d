/** Where: the nearest entries that somebody accepts, by a look at every entry. */
import { DISTANCE_MAX_LIMIT, type Found, type SearchResult } from './answers.ts'
import { HASH_BYTES } from './layout.ts'
import type { Segment } from './segment.ts'

const WORDS = HASH_BYTES / 4
/** Entries looked at through one view. */
const STEP_ENTRIES = 65_536

interface Asked {
  readonly distanceMax: number
  readonly limit: number
}

/** Looks at every entry of the segments; `accepts` is asked only of those within the distance. */
export function scanWhere(
  segments: readonly Segment[],
  hash: Uint8Array,
  { distanceMax, limit }: Asked,
  accepts: (payload: number) => boolean,
): SearchResult {
  const query = new Uint32Array(hash.slice().buffer)
  /** Payloads by distance. */
  const near: number[][] = Array.from({ length: DISTANCE_MAX_LIMIT + 1 }, () => [])
  for (const segment of segments) {
    const dead = segment.deadCount > 0
    for (let from = 0, count = segment.count; from < count; from += STEP_ENTRIES) {
      const until = Math.min(from + STEP_ENTRIES, count)
      const { buffer, byteOffset } = segment.hashes(from, until)
      const words = new Uint32Array(buffer, byteOffset, (until - from) * WORDS)
      const payloads = segment.payloads(from, until)
      for (let entry = 0; entry < payloads.length; entry++) {
        const distance = distanceTo(query, words, entry * WORDS, distanceMax)
        if (distance > distanceMax || (dead && segment.isDead(from + entry))) continue
        const payload = payloads[entry] ?? 0
        if (accepts(payload)) near[distance]?.push(payload)
      }
    }
  }
  return nearest(near, limit)
}

function nearest(near: readonly number[][], limit: number): SearchResult {
  const found: Found[] = []
  for (const [distance, payloads] of near.entries()) {
    payloads.sort((a, b) => a - b)
    for (const payload of payloads) {
      if (found.length === limit) return { found, more: true }
      found.push({ payload, distance })
    }
  }
  return { found, more: false }
}

/** Bits that differ; more than `distanceMax` as soon as it is. */
function distanceTo(query: Uint32Array, words: Uint32Array, at: number, distanceMax: number): number {
  let distance = 0
  for (let word = 0; word < WORDS && distance <= distanceMax; word++)
    distance += onesIn((words[at + word] ?? 0) ^ (query[word] ?? 0))
  return distance
}

function onesIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
