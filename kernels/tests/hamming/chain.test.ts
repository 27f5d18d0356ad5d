import { describe, expect, it } from 'vitest'
import { random } from '../../bench/random.ts'
import { HammingIndex } from '../../src/hamming/hamming.ts'
import { refDistance } from '../../src/hamming/scan.ref.ts'
import {
  bitsAmong,
  clusteredSet,
  type EntrySet,
  expectSame,
  hamming,
  hashAt,
  joined,
  randomHash,
  turned,
  uniformSet,
} from './sets.ts'

/** Large enough that bands are looked up at every distance: three bits in a band make 697 buckets of each. */
const COUNT = 112_000

/** Payload and distance of all entries, by linear search, in order of entries. */
function distancesTo(set: EntrySet, query: Uint8Array): Uint8Array {
  return Uint8Array.from(set.payloads, (_, i) =>
    Math.min(255, refDistance(set.hashes.subarray(i * 32, i * 32 + 32), query)),
  )
}

function withinOf(distances: Uint8Array, distanceMax: number): { payload: number; distance: number }[] {
  const found: { payload: number; distance: number }[] = []
  distances.forEach((distance, payload) => {
    if (distance <= distanceMax) found.push({ payload, distance })
  })
  return found.sort((a, b) => a.distance - b.distance || a.payload - b.payload)
}

describe('a set of which most entries are equal', () => {
  it('is built and searched exactly though its buckets are too full to be sorted in the cache', async () => {
    const few = uniformSet(5_000, 14)
    const same = hashAt(few, 0)
    const hashes = joined([...Array.from({ length: 140_000 }, () => same), few.hashes])
    const index = await HammingIndex.build(
      hamming,
      hashes,
      Uint32Array.from({ length: 145_000 }, (_, i) => i),
    )
    expect(index.search(same, { limit: 3 })).toEqual({
      found: [0, 1, 2].map((payload) => ({ payload, distance: 0 })),
      more: true,
    })
    for (let i = 1; i < 5_000; i += 100) {
      expect(index.search(turned(hashAt(few, i), [i % 256])).found).toEqual([
        { payload: 140_000 + i, distance: 1 },
      ])
    }
  })
})

describe.each([uniformSet(COUNT, 11), clusteredSet(COUNT, 12)])('a large set, $name', (set) => {
  it('is searched exactly at each depth of the chain', async () => {
    const index = await HammingIndex.build(hamming, set.hashes, set.payloads)
    const from = random(13)
    const planted = Array.from({ length: 64 }, (_, distance) =>
      turned(hashAt(set, from.below(COUNT)), bitsAmong(from, distance)),
    )
    const queries = [
      ...planted.filter((_, i) => i % 7 === 0),
      planted[63] ?? randomHash(from),
      randomHash(from),
    ]
    const distances = queries.map((query) => distancesTo(set, query))
    for (const distanceMax of [0, 7, 8, 15, 16, 23, 24, 31, 32, 39, 40, 47, 48, 55, 63]) {
      const many = index.searchMany(joined(queries), { distanceMax, limit: 65_536 })
      queries.forEach((query, i) => {
        const right = withinOf(distances[i] ?? new Uint8Array(0), distanceMax)
        const [begin, until] = [many.offsets[i] ?? 0, many.offsets[i + 1] ?? 0]
        expectSame(index.search(query, { distanceMax, limit: 65_536 }), { found: right, more: false })
        expectSame(
          Array.from(many.payloads.subarray(begin, until)),
          right.map(({ payload }) => payload),
        )
      })
    }
  })

  it('answers a batch that finds more than is gathered at once as it answers single queries', async () => {
    const index = await HammingIndex.build(hamming, set.hashes, set.payloads)
    const queries = joined(Array.from({ length: 1_500 }, (_, i) => hashAt(set, i * 3)))
    const many = index.searchMany(queries, { distanceMax: 40, limit: 300 })
    for (let i = 0; i < 1_500; i += 50) {
      const alone = index.search(queries.subarray(i * 32, i * 32 + 32), { distanceMax: 40, limit: 300 })
      const [begin, until] = [many.offsets[i] ?? 0, many.offsets[i + 1] ?? 0]
      expect(Array.from(many.payloads.subarray(begin, until))).toEqual(
        alone.found.map(({ payload }) => payload),
      )
      expect(many.more[i] === 1).toBe(alone.more)
    }
  })
})
