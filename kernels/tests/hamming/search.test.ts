import { describe, expect, it } from 'vitest'
import { HammingIndex } from '../../src/hamming/hamming.ts'
import {
  clusteredSet,
  type EntrySet,
  equalSet,
  expected,
  expectSame,
  hamming,
  joined,
  queriesFor,
  repeatedSet,
  steppingSet,
  uniformSet,
  zeroSet,
} from './sets.ts'

const sets = [
  uniformSet(4_300, 1),
  clusteredSet(4_300, 2),
  repeatedSet(4_300, 3),
  equalSet(4_200),
  zeroSet(4_200),
  steppingSet(4_300),
  uniformSet(300, 4),
  uniformSet(1, 5),
]

async function indexOf(set: EntrySet): Promise<HammingIndex> {
  return HammingIndex.build(hamming, set.hashes, set.payloads)
}

describe.each(sets)('an index of $payloads.length hashes, $name', (set) => {
  it('answers as linear search does at every distance from 0 to 63, one by one and many together', async () => {
    const index = await indexOf(set)
    for (let distanceMax = 0; distanceMax <= 63; distanceMax++) {
      const queries = queriesFor(set, distanceMax, 100 + distanceMax)
      const limit = distanceMax % 3 === 0 ? 7 : 65_536
      const many = index.searchMany(joined(queries), { distanceMax, limit })
      queries.forEach((query, i) => {
        const right = expected(set, query, distanceMax, limit)
        expectSame(index.search(query, { distanceMax, limit }), right)
        const [from, until] = [many.offsets[i] ?? 0, many.offsets[i + 1]]
        const { payloads, distances } = many
        const found = Array.from(payloads.subarray(from, until), (payload, at) => ({
          payload,
          distance: distances[from + at],
        }))
        expectSame(found, right.found)
        expect(many.more[i]).toBe(right.more ? 1 : 0)
      })
    }
  })
})
