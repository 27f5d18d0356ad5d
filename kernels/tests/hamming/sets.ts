/** Sets: seeded sets of hashes of the kinds that break an index, and queries at known distances from them. */
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { type Random, random } from '../../bench/random.ts'
import { type RefEntry, refSearch } from '../../src/hamming/scan.ref.ts'

export const hamming = new WebAssembly.Module(
  readFileSync(new URL('../../build/hamming.wasm', import.meta.url)),
)

export const HASH_BYTES = 32

export interface EntrySet {
  readonly name: string
  readonly hashes: Uint8Array
  readonly payloads: Uint32Array
}

export function randomHash(from: Random): Uint8Array {
  return new Uint8Array(Uint32Array.from({ length: 8 }, () => from.uint32()).buffer)
}

/** A copy of a hash with these bits turned. */
export function turned(hash: Uint8Array, bits: Iterable<number>): Uint8Array {
  const copy = hash.slice()
  for (const bit of bits) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

/** So many different places among `width` bits from `begin` on. */
export function bitsAmong(from: Random, count: number, begin = 0, width = 256): Set<number> {
  const bits = new Set<number>()
  while (bits.size < count) bits.add(begin + from.below(width))
  return bits
}

export function hashAt(set: EntrySet, index: number): Uint8Array {
  return set.hashes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES)
}

function setOf(
  name: string,
  count: number,
  hashOf: (i: number) => Uint8Array,
  payloadOf = (i: number) => i,
): EntrySet {
  const hashes = new Uint8Array(count * HASH_BYTES)
  for (let i = 0; i < count; i++) hashes.set(hashOf(i), i * HASH_BYTES)
  return { name, hashes, payloads: Uint32Array.from({ length: count }, (_, i) => payloadOf(i)) }
}

export function uniformSet(count: number, seed: number): EntrySet {
  const from = random(seed)
  return setOf('uniform', count, () => randomHash(from))
}

/** Families of near copies, as of one picture edited in many ways; the families are of very different size. */
export function clusteredSet(count: number, seed: number): EntrySet {
  const from = random(seed)
  const centres = Array.from({ length: Math.ceil(count / 200) }, () => randomHash(from))
  return setOf('clustered', count, () => {
    const centre = centres[Math.floor(from.fraction() ** 3 * centres.length)] ?? randomHash(from)
    return turned(centre, bitsAmong(from, from.below(48)))
  })
}

/** Few different hashes, each many times, payloads often equal too. */
export function repeatedSet(count: number, seed: number): EntrySet {
  const from = random(seed)
  const kinds = Array.from({ length: 40 }, () => randomHash(from))
  return setOf(
    'repeated',
    count,
    () => kinds[from.below(kinds.length)] ?? randomHash(from),
    () => from.below(500),
  )
}

export function equalSet(count: number): EntrySet {
  const hash = randomHash(random(77))
  return setOf(
    'all equal',
    count,
    () => hash,
    (i) => (i * 7919) % count,
  )
}

export function zeroSet(count: number): EntrySet {
  return setOf('all zero', count, () => new Uint8Array(HASH_BYTES))
}

/** Every entry one bit from its neighbour. */
export function steppingSet(count: number): EntrySet {
  let hash = new Uint8Array(HASH_BYTES) as Uint8Array
  return setOf('one bit apart', count, (i) => {
    hash = turned(hash, [(i * 37) % 256])
    return hash
  })
}

/** A set and some queries: at exact distances from entries, spread evenly, within one band, one half, and elsewhere. */
export function queriesFor(set: EntrySet, distance: number, seed: number): Uint8Array[] {
  const from = random(seed)
  const entry = (): Uint8Array => hashAt(set, from.below(set.payloads.length))
  const evenly = Array.from({ length: distance }, (_, i) => Math.floor((i * 256) / Math.max(1, distance)))
  return [
    turned(entry(), bitsAmong(from, distance)),
    turned(entry(), evenly),
    turned(entry(), bitsAmong(from, distance, 128 * from.below(2), 128)),
    turned(entry(), bitsAmong(from, Math.min(16, distance), 16 * from.below(16), 16)),
    turned(entry(), bitsAmong(from, Math.min(255, distance + 1))),
    randomHash(from),
  ]
}

export function joined(hashes: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(hashes)
}

export function* entriesOf(set: EntrySet): Generator<{ hash: Uint8Array; payload: number }> {
  for (const [i, payload] of set.payloads.entries()) {
    yield { hash: set.hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES), payload }
  }
}

const listed = new WeakMap<EntrySet, readonly RefEntry[]>()

/** What an index must answer, by linear search. */
export function expected(set: EntrySet, hash: Uint8Array, distanceMax: number, limit: number) {
  const entries = listed.get(set) ?? [...entriesOf(set)]
  listed.set(set, entries)
  const all = refSearch(entries, hash, distanceMax)
  return { found: all.slice(0, limit), more: all.length > limit }
}

/** Holds two answers for equal, as `toStrictEqual` would, which takes many times as long over thousands of entries. */
export function expectSame(answer: unknown, right: unknown): void {
  if (isDeepStrictEqual(answer, right)) return
  expect(answer).toStrictEqual(right)
  expect.unreachable('the answers differ')
}
