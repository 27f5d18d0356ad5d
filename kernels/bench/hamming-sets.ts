/** Hamming sets: the hashes and queries that the bench measures with, and the linear search that checks its answers. */
import type { ManyResult } from '../src/hamming/hamming.ts'
import type { Random } from './random.ts'

const HASH_BYTES = 32
const DISTANCE_MAX = 31
/** Queries of each measured run that are compared with linear search. */
const CHECKED = 40

export function randomHashes(count: number, from: Random): Uint8Array {
  const words = new Uint32Array((count * HASH_BYTES) / 4)
  for (let i = 0; i < words.length; i++) words[i] = from.uint32()
  return new Uint8Array(words.buffer)
}

export function payloadsOf(count: number): Uint32Array {
  const payloads = new Uint32Array(count)
  for (let i = 0; i < count; i++) payloads[i] = i
  return payloads
}

/** Half of the queries lie at a uniform distance of 0 to 31 from an entry, half are random. */
export function queriesOf(hashes: Uint8Array, count: number, from: Random): Uint8Array {
  const queries = randomHashes(count, from)
  for (let at = 0; at < queries.length; at += 2 * HASH_BYTES) {
    const entry = from.below(hashes.length / HASH_BYTES) * HASH_BYTES
    queries.set(hashes.subarray(entry, entry + HASH_BYTES), at)
    turnBits(queries, at, from.below(DISTANCE_MAX + 1), from)
  }
  return queries
}

export function turnBits(hashes: Uint8Array, at: number, count: number, from: Random): void {
  const bits = new Set<number>()
  while (bits.size < count) bits.add(from.below(256))
  for (const bit of bits) hashes[at + (bit >> 3)] = (hashes[at + (bit >> 3)] ?? 0) ^ (1 << (bit & 7))
}

/** Compares some answers with a linear search written for this alone. */
export function check(answers: ManyResult, queries: Uint8Array, hashes: Uint8Array): void {
  for (let query = 0; query < CHECKED; query++) {
    const right = linear(hashes, queries.subarray(query * HASH_BYTES, (query + 1) * HASH_BYTES))
    const found = Array.from(answers.payloads.subarray(answers.offsets[query], answers.offsets[query + 1]))
    if (found.sort((a, b) => a - b).join() !== right.join())
      throw new Error(`query ${query}: the index is not exact`)
  }
}

function linear(hashes: Uint8Array, query: Uint8Array): number[] {
  const words = new Uint32Array(hashes.buffer, hashes.byteOffset, hashes.length / 4)
  const asked = new Uint32Array(query.slice().buffer)
  const found: number[] = []
  for (let entry = 0, at = 0; at < words.length; entry++, at += 8) {
    let distance = 0
    for (let i = 0; i < 8 && distance <= DISTANCE_MAX; i++)
      distance += onesIn((words[at + i] ?? 0) ^ (asked[i] ?? 0))
    if (distance <= DISTANCE_MAX) found.push(entry)
  }
  return found
}

function onesIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
