/** Stack: what looks alike lies together, however it is turned, exactly as looking at each pair would have it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bandsOf, findNear, LINEAR_MAX, NEAR_DISTANCE_MAX, wordsOf } from '#cases/near'
import { STACK_ITEMS_MAX, type Stackable, stacked } from '#cases/stack'

const hexes = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
const places = fc.uniqueArray(fc.nat(255), { minLength: 0, maxLength: 40 })

/** A hash with some of its bits turned over. */
function turnedOver(hash: string, bits: readonly number[]): string {
  const bytes = Buffer.from(hash, 'hex')
  for (const at of bits) bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7))
  return bytes.toString('hex')
}

function distance(one: string, other: string): number {
  const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')]
  return a.reduce((sum, byte, at) => sum + ((byte ^ (b[at] ?? 0)).toString(2).match(/1/g)?.length ?? 0), 0)
}

const item = (id: number, hash: string, turned: readonly string[] = [], quality = 100): Stackable => {
  const name = `i-${String(id).padStart(16, '0')}` as const
  return { id: name, stack: name, hashes: { pdq: [{ hash, quality }] }, turned }
}

describe('hashes that lie near', () => {
  test('are found by their bands as by looking at each', () => {
    fc.assert(
      fc.property(
        hexes,
        fc.array(places, { minLength: 1, maxLength: 8 }),
        fc.nat(99),
        (base, edits, seed) => {
          const near = edits.map((bits) => turnedOver(base, bits))
          // So many others that the bands are used: each far from the rest in every word.
          const others = Array.from({ length: LINEAR_MAX }, (_, at) =>
            (at * 7919 + seed).toString(16).padStart(64, 'f'),
          )
          const all = [base, ...near, ...others]
          const bands = bandsOf(all.map((hash) => wordsOf([hash])))
          expect(bands.chains).toBeDefined()
          const list: number[] = []
          findNear(bands, wordsOf([base]), 0, { found: new Int32Array(all.length), mark: 1, list })
          const expected = all.flatMap((hash, at) =>
            at > 0 && distance(base, hash) <= NEAR_DISTANCE_MAX ? [at] : [],
          )
          expect(list.sort((one, other) => one - other)).toEqual(expected)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('a stack', () => {
  test('holds a picture and its turned copies, whichever of the two has its bytes here', () => {
    fc.assert(
      fc.property(
        hexes,
        hexes,
        places,
        fc.boolean(),
        fc.boolean(),
        (upright, turned, bits, isFirst, isSwapped) => {
          fc.pre(distance(upright, turned) > NEAR_DISTANCE_MAX + 40)
          const copy = turnedOver(turned, bits)
          const one = item(isSwapped ? 2 : 1, upright, isFirst ? [turned] : [])
          const other = item(isSwapped ? 1 : 2, copy, isFirst ? [] : [turnedOver(upright, bits)])
          const isNear = bits.length <= NEAR_DISTANCE_MAX
          for (const order of [
            [one, other],
            [other, one],
          ]) {
            const moved = stacked(order)
            expect(moved.size).toBe(isNear ? 1 : 0)
          }
        },
      ),
    )
  })

  test('is not made by a turned hash of a picture with too little in it', () => {
    const [upright, turned] = ['0f'.repeat(32), 'a5'.repeat(32)]
    expect(stacked([item(1, upright, [turned]), item(2, turned)]).size).toBe(1)
    expect(stacked([item(1, upright, [turned], 49), item(2, turned)]).size).toBe(0)
    expect(stacked([item(1, upright, [turned]), item(2, turned, [], 49)]).size).toBe(0)
  })

  test('is the same by bands and one by one, in any order, also where it would be a crowd', () => {
    const base = '3c'.repeat(32)
    const turned = 'a5'.repeat(32)
    const alike = (at: number) => turnedOver(at % 2 === 0 ? base : turned, [at % 200, (at * 7) % 256])
    const many = Array.from({ length: STACK_ITEMS_MAX + 600 }, (_, at) =>
      item(at, alike(at), [alike(at + 1)]),
    )
    const moved = stacked(many)
    const shuffled = many.toSorted((one, other) => (one.id.slice(-1) < other.id.slice(-1) ? -1 : 1))
    expect([...stacked(shuffled)].sort()).toEqual([...moved].sort())
    const sizes = new Map<string, number>()
    for (const { id } of many) sizes.set(moved.get(id) ?? id, (sizes.get(moved.get(id) ?? id) ?? 0) + 1)
    expect(Math.max(...sizes.values())).toBe(STACK_ITEMS_MAX)
    expect(sizes.size).toBe(3)
  })
})
