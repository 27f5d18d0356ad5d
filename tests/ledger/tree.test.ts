/** Tree: roots, tiles and proofs, against the published vectors and against the definition for any size. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashOfLeaf, hashOfTwo } from '#ledger/leaf'
import { consistencyProof, inclusionProof, isConsistent, rootAt, rootFromInclusion } from '#ledger/proof'
import {
  entryBundle,
  parseEntryBundle,
  parseTilePath,
  type TilePlace,
  tilePath,
  tilesOf,
  widthIn,
} from '#ledger/tile'
import { TreeEdge } from '#ledger/tree'
import { LEAVES, ROOTS, treeOf } from './vectors.ts'

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')
/** More leaves than two levels of tiles take. */
const MANY = Array.from({ length: 66_000 }, (_, at) => hashOfLeaf(Buffer.from(String(at))))
const large = treeOf(MANY)
const sizes = fc.oneof(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 65_000, max: MANY.length }))

/** The root by the definition of RFC 6962, word by word. */
function plainRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only && leaves.length === 1) return only
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return hashOfTwo(plainRoot(leaves.slice(0, split)), plainRoot(leaves.slice(split)))
}

describe('the tree', () => {
  test('has the published root at each of the published sizes', async () => {
    const { read } = treeOf(LEAVES)
    for (const [size, root] of ROOTS.entries()) {
      expect(hex(treeOf(LEAVES.slice(0, size)).edge.root())).toBe(root)
      expect(hex(await rootAt(size, read))).toBe(root)
    }
  })

  test('gives the published proofs', async () => {
    const { read } = treeOf(LEAVES)
    expect((await inclusionProof(5, 8, read)).map(hex)).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
    expect((await consistencyProof(6, 8, read)).map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  test('has the root of the definition at any size, and can be gone on with from its last tiles', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 300 }), async (size, more) => {
        const tiles = new Map<string, Uint8Array>()
        for (const { width, ...place } of tilesOf(size))
          tiles.set(tilePath({ ...place, width: 256 }), (await large.read({ ...place, width })).slice())
        const edge = TreeEdge.of(
          size,
          (place) => tiles.get(tilePath({ ...place, width: 256 })) ?? MANY[0] ?? edge.root(),
        )
        for (const leaf of MANY.slice(size, size + more)) edge.add(leaf)
        const wanted = hex(plainRoot(MANY.slice(0, size + more)))
        expect([hex(edge.root()), hex(await rootAt(edge.size, large.read))]).toEqual([wanted, wanted])
      }),
      { numRuns: 6 },
    )
  })

  test('proves any leaf in any tree, and no other leaf, place or size', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, anyIndex, anyOther) => {
        const [index, other] = [anyIndex % size, anyOther % MANY.length]
        const proof = await inclusionProof(index, size, large.read)
        const root = hex(await rootAt(size, large.read))
        const rootFor = (leaf: number, at: number): string =>
          hex(rootFromInclusion(MANY[leaf] ?? new Uint8Array(32), at, size, proof))
        expect(rootFor(index, index)).toBe(root)
        if (other !== index) expect([rootFor(other, index), rootFor(index, other)]).not.toContain(root)
        expect(rootFromInclusion(MANY[index] ?? new Uint8Array(32), index, size, proof.slice(1))).not.toEqual(
          root,
        )
      }),
      { numRuns: 40 },
    )
  })

  test('proves that it has grown of any earlier one, and of nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, sizes, fc.nat(), async (one, two, turned) => {
        const [before, after] = [Math.min(one, two), Math.max(one, two)]
        const proof = await consistencyProof(before, after, large.read)
        const heads = [before, after].map(async (size) => ({ size, root: await rootAt(size, large.read) }))
        const [old, grown] = (await Promise.all(heads)) as [Head, Head]
        expect(isConsistent(old, grown, proof)).toBe(true)
        const false1 = { ...old, root: hashOfLeaf(old.root) }
        const false2 = { ...grown, root: hashOfLeaf(grown.root) }
        expect([isConsistent(false1, grown, proof), isConsistent(old, false2, proof)]).toEqual([false, false])
        if (proof.length === 0) return
        const wrong = proof.map((hash, at) => (at === turned % proof.length ? hashOfLeaf(hash) : hash))
        expect(isConsistent(old, grown, wrong)).toBe(false)
        expect(isConsistent(old, grown, [...proof, hashOfLeaf(old.root)])).toBe(false)
      }),
      { numRuns: 40 },
    )
  })
})
type Head = { size: number; root: Uint8Array }

describe('a tile', () => {
  test('lies where the specification says', () => {
    expect(tilePath({ level: 0, number: 1_234_067, width: 256 })).toBe('0/x001/x234/067')
    expect(tilePath({ level: 'entries', number: 5, width: 17 })).toBe('entries/005.p/17')
  })

  test('is as wide as the tree is large', () => {
    const widths = (size: number) =>
      [...tilesOf(size)]
        .filter(({ width }) => width < 256)
        .map(({ level, number, width }) => [level, number, width])
    expect(widths(70_000)).toEqual([
      [0, 273, 112],
      [1, 1, 17],
      [2, 0, 1],
    ])
    expect([...tilesOf(256)]).toEqual([
      { level: 0, number: 0, width: 256 },
      { level: 1, number: 0, width: 1 },
    ])
    const [first, second]: TilePlace[] = [
      { level: 1, number: 0 },
      { level: 1, number: 1 },
    ]
    if (first && second) expect([widthIn(65_536, first), widthIn(65_536, second)]).toEqual([256, 0])
  })

  test('is found by the path that it is given, and by no other writing of it', () => {
    const places = fc.record({
      level: fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
      number: fc.integer({ min: 0, max: 999_999_999_999 }),
      width: fc.integer({ min: 1, max: 256 }),
    })
    fc.assert(
      fc.property(places, (place) => {
        expect(parseTilePath(tilePath(place))).toEqual(place)
      }),
    )
    const others = [
      '0/1',
      '00/001',
      '0/x000/001',
      '64/001',
      '0/001.p/0',
      '0/001.p/256',
      '0/001.p/01',
      '0/../001',
    ]
    expect(others.filter((path) => parseTilePath(path) !== undefined)).toEqual([])
  })

  test('of entries is read as it is written, and not where it breaks off', () => {
    const entries = [Buffer.from('ab'), Buffer.alloc(300, 1), Buffer.alloc(0)]
    const bundle = entryBundle(entries)
    expect(parseEntryBundle(bundle)?.map(hex)).toEqual(entries.map(hex))
    expect(parseEntryBundle(bundle.subarray(0, -1))).toBeUndefined()
    expect(parseEntryBundle(bundle.subarray(0, 3))).toBeUndefined()
  })
})
