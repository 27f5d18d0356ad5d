/** Near: the same answer as comparing everything with everything. */
import { random } from '@tutela/kernels/random'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { itemsNear } from '#workflow/retro/near'

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** A hash with some of its bits turned. */
function turned(bytes: Uint8Array, bits: number): Uint8Array {
  const copy = bytes.slice()
  for (let bit = 0; bit < bits; bit++) copy[(bit * 7) % 32] = (copy[(bit * 7) % 32] ?? 0) ^ (1 << (bit >> 5))
  return copy
}

function distance(a: Uint8Array, b: Uint8Array): number {
  let bits = 0
  for (const [at, byte] of a.entries())
    for (let rest = byte ^ (b[at] ?? 0); rest !== 0; rest &= rest - 1) bits += 1
  return bits
}

test('finds the items that a comparison of all with all finds, however they are cut into pieces', async () => {
  const item = fc.array(fc.tuple(fc.nat(5), fc.nat(40)), { minLength: 1, maxLength: 80 })
  const given = fc.record({
    hashes: fc.array(hash, { minLength: 1, maxLength: 6 }),
    items: fc.array(item, { maxLength: 12 }),
    piece: fc.integer({ min: 1, max: 4 }),
    page: fc.integer({ min: 1, max: 5 }),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ hashes, items, piece, page }) => {
      const kept = items.map((of, at) => ({
        id: at + 1,
        pdq: Buffer.concat(of.map(([which, bits]) => turned(hashes[which % hashes.length] ?? raise(), bits))),
      }))
      async function* pieces() {
        for (let at = 0; at < hashes.length; at += piece) yield Buffer.concat(hashes.slice(at, at + piece))
      }
      async function* pages() {
        for (let at = 0; at < kept.length; at += page) yield kept.slice(at, at + page)
      }
      const found = await itemsNear(pieces(), pages, 31)
      const expected = kept.filter(({ pdq }) =>
        hashes.some((one) =>
          Array.from({ length: pdq.length / 32 }, (_, at) => pdq.subarray(at * 32, at * 32 + 32)).some(
            (own) => distance(own, one) <= 31,
          ),
        ),
      )
      expect([...found].sort((a, b) => a - b)).toEqual(expected.map(({ id }) => id))
    }),
    { numRuns: 60 },
  )
})

test('whoever asks meanwhile is answered between slices of building and of searching', async () => {
  const { uint32 } = random(7)
  const some = (count: number): Uint8Array =>
    new Uint8Array(Uint32Array.from({ length: count * 8 }, uint32).buffer)
  const asked: string[] = []
  let isSearching = false
  let isOver = false
  const asking = (async () => {
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve))
      asked.push(isSearching ? 'searching' : 'building')
    }
  })()
  async function* pieces() {
    yield some(100_000)
  }
  async function* pages() {
    isSearching = true
    yield Array.from({ length: 3_000 }, (_, at) => ({ id: at + 1, pdq: some(1) }))
  }
  expect(await itemsNear(pieces(), pages, 31)).toEqual(new Set())
  isOver = true
  const turns = (of: string): number => asked.filter((one) => one === of).length
  expect(turns('building')).toBeGreaterThan(3)
  expect(turns('searching')).toBeGreaterThan(3)
  await asking
})

function raise(): never {
  throw new Error('no hash')
}
