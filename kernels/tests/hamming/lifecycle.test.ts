import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { random } from '../../bench/random.ts'
import { HammingIndex, LIMIT_MAX } from '../../src/hamming/hamming.ts'
import { type RefEntry, refSearch } from '../../src/hamming/scan.ref.ts'
import {
  bitsAmong,
  clusteredSet,
  entriesOf,
  expectSame,
  hamming,
  hashAt,
  randomHash,
  turned,
} from './sets.ts'

type Act =
  | { readonly kind: 'add'; readonly place: number; readonly bits: number; readonly payload: number }
  | { readonly kind: 'add many'; readonly count: number }
  | { readonly kind: 'append'; readonly count: number }
  | { readonly kind: 'remove'; readonly place: number }
  | { readonly kind: 'remove many'; readonly count: number }
  | { readonly kind: 'merge' }
  | { readonly kind: 'reopen' }

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), place: fc.nat(255), bits: fc.nat(40), payload: fc.nat(9) }),
  fc.record({ kind: fc.constant('add many' as const), count: fc.integer({ min: 1, max: 2_500 }) }),
  fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 0, max: 6_000 }) }),
  fc.record({ kind: fc.constant('remove' as const), place: fc.nat(100_000) }),
  fc.record({ kind: fc.constant('remove many' as const), count: fc.integer({ min: 1, max: 900 }) }),
  fc.constant({ kind: 'merge' as const }),
  fc.constant({ kind: 'reopen' as const }),
)

/** All of them in `npm run test:long`. */
const RUNS = process.env['TUTELA_TESTS'] === 'whole' ? 15 : 4

const options = { deltaEntriesMax: 700, segmentEntriesMax: 5_000 }

/** An index beside the plain list that it must equal. */
interface Pair {
  readonly index: HammingIndex
  readonly entries: readonly RefEntry[]
}

const removeEqual = (entries: readonly RefEntry[], gone: RefEntry): RefEntry[] =>
  entries.filter(({ hash, payload }) => payload !== gone.payload || Buffer.compare(hash, gone.hash) !== 0)

async function act({ index, entries }: Pair, done: Act, seed: number): Promise<Pair> {
  const from = random(seed)
  const near = (place: number, bits: number): Uint8Array =>
    turned(entries[place % entries.length]?.hash ?? randomHash(from), bitsAmong(from, bits))
  switch (done.kind) {
    case 'add': {
      const entry = { hash: near(done.place, done.bits), payload: done.payload }
      index.add(entry.hash, entry.payload)
      return { index, entries: [...entries, entry] }
    }
    case 'add many': {
      const more = Array.from({ length: done.count }, (_, i) => ({ hash: near(i, i % 33), payload: i }))
      for (const { hash, payload } of more) index.add(hash, payload)
      return { index, entries: [...entries, ...more] }
    }
    case 'append': {
      const more = Array.from({ length: done.count }, (_, i) => ({ hash: near(i, i % 33), payload: i }))
      const hashes = new Uint8Array(more.length * 32)
      for (const [i, { hash }] of more.entries()) hashes.set(hash, i * 32)
      await index.append(
        hashes,
        Uint32Array.from(more, ({ payload }) => payload),
      )
      return { index, entries: [...entries, ...more] }
    }
    case 'remove': {
      const gone = entries[done.place % Math.max(1, entries.length)]
      if (!gone) return { index, entries }
      expect(index.remove(gone.hash, gone.payload)).toBe(true)
      expect(index.remove(gone.hash, gone.payload)).toBe(false)
      return { index, entries: removeEqual(entries, gone) }
    }
    case 'remove many': {
      const gone = new Set(entries.slice(0, done.count).map(keyOf))
      for (const { hash, payload } of entries.slice(0, done.count)) index.remove(hash, payload)
      return { index, entries: entries.filter((entry) => !gone.has(keyOf(entry))) }
    }
    case 'merge':
      await index.merge()
      return { index, entries }
    case 'reopen':
      return { index: await HammingIndex.open(hamming, index.save(), options), entries }
  }
}

const keyOf = ({ hash, payload }: RefEntry): string => `${Buffer.from(hash).toString('hex')} ${payload}`

function expectEqual({ index, entries }: Pair, seed: number): void {
  const from = random(seed)
  expect(index.count).toBe(entries.length)
  for (const distanceMax of [0, 15, 31, 40]) {
    const query = turned(
      entries[from.below(entries.length)]?.hash ?? randomHash(from),
      bitsAmong(from, from.below(34)),
    )
    const right = refSearch(entries, query, distanceMax)
    expectSame(index.search(query, { distanceMax, limit: LIMIT_MAX }), { found: right, more: false })
    const odd = right.filter(({ payload }) => payload % 2 === 1)
    const found = index.searchWhere(query, (payload) => payload % 2 === 1, { distanceMax, limit: 9 })
    expectSame(found, { found: odd.slice(0, 9), more: odd.length > 9 })
  }
}

describe('the life of an index', () => {
  it('equals a plain list through additions, removals, merges and reopening', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 3, maxLength: 12 }), fc.nat(), async (done, seed) => {
        const set = clusteredSet(6_000, seed)
        let pair: Pair = {
          index: await HammingIndex.build(hamming, set.hashes, set.payloads, options),
          entries: [...entriesOf(set)],
        }
        for (const [i, one] of done.entries()) {
          pair = await act(pair, one, seed + i)
          expectEqual(pair, seed + i)
        }
        await pair.index.merge()
        expectEqual(pair, seed)
      }),
      { numRuns: RUNS },
    )
  })

  it('answers the same before, during and after a merge, and takes additions and removals meanwhile', async () => {
    const set = clusteredSet(30_000, 5)
    const index = await HammingIndex.build(
      hamming,
      set.hashes.subarray(0, 20_000 * 32),
      set.payloads.subarray(0, 20_000),
    )
    for (let i = 20_000; i < 29_000; i++) index.add(hashAt(set, i), i)
    let entries = [...entriesOf(set)].slice(0, 29_000)
    const query = turned(hashAt(set, 25_000), [1, 2, 3])
    const before = index.search(query)
    expect(before.found.length).toBeGreaterThan(0)
    let isDone = false
    let clock = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000)) // so that it breathes at every step
    onTestFinished(() => void vi.restoreAllMocks())
    const merging = index.merge().then(() => {
      isDone = true
    })
    let looks = 0
    for (let i = 0; !isDone; i++) {
      if (i < 40) expect(index.search(query)).toEqual(before)
      else if (i < 140) {
        const gone = entries[i * 100] ?? { hash: query, payload: 0 }
        expect(index.remove(gone.hash, gone.payload)).toBe(true)
        entries = removeEqual(entries, gone)
        const fresh = { hash: hashAt(set, 29_000 + i), payload: 29_000 + i }
        index.add(fresh.hash, fresh.payload)
        entries.push(fresh)
      }
      looks++
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    await merging
    expect(looks).toBeGreaterThan(140)
    expectEqual({ index, entries }, 6)
    await index.merge()
    expectEqual({ index, entries }, 7)
  })

  it('folds by itself once the delta is full', async () => {
    const index = await HammingIndex.build(hamming, new Uint8Array(0), new Uint32Array(0), {
      deltaEntriesMax: 5_000,
    })
    const set = clusteredSet(9_000, 8)
    for (let i = 0; i < 9_000; i++) index.add(hashAt(set, i), i)
    await index.merge()
    expectEqual({ index, entries: [...entriesOf(set)] }, 9)
  })

  it('keeps hashes with several payloads, and removes one payload only', async () => {
    const hash = randomHash(random(1))
    const index = await HammingIndex.build(hamming, new Uint8Array(0), new Uint32Array(0))
    for (const payload of [7, 4_294_967_295, 0]) index.add(hash, payload)
    expect(index.remove(hash, 7)).toBe(true)
    expect(index.search(hash).found.map(({ payload }) => payload)).toEqual([0, 4_294_967_295])
    expect(index.remove(hash, 8)).toBe(false)
  })

  it('refuses what is not a hash, a payload, a distance or a limit', async () => {
    const index = await HammingIndex.build(hamming, new Uint8Array(0), new Uint32Array(0))
    const hash = new Uint8Array(32)
    expect(() => index.search(new Uint8Array(31))).toThrow(RangeError)
    expect(() => index.searchMany(new Uint8Array(33))).toThrow(RangeError)
    expect(() => index.search(hash, { distanceMax: 64 })).toThrow(RangeError)
    expect(() => index.search(hash, { limit: 0 })).toThrow(RangeError)
    expect(() => index.add(hash, -1)).toThrow(RangeError)
    expect(() => index.remove(new Uint8Array(0), 1)).toThrow(RangeError)
    await expect(HammingIndex.build(hamming, hash, new Uint32Array(2))).rejects.toThrow(RangeError)
    expect(index.search(hash)).toEqual({ found: [], more: false })
  })
})
