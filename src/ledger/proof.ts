/** Proof: that a leaf is in a tree, and that a tree has grown of an earlier one. RFC 6962, section 2.1. */
import { EMPTY_ROOT, hashOfTwo, isSame } from './leaf.ts'
import { leavesBelow, TILE_WIDTH, type TilePlace } from './tile.ts'
import { rootOf } from './tree.ts'

/** Gives a tile with at least `width` hashes. */
export type ReadTile = (place: TilePlace & { readonly width: number }) => Promise<Uint8Array>

/** The root of a tree as it was at a size, from its tiles. */
export function rootAt(size: number, read: ReadTile): Promise<Uint8Array> {
  return size === 0 ? Promise.resolve(EMPTY_ROOT) : rootOver(0, size, read)
}

/** The hashes from a leaf's neighbour up to the root's child. @param index from 0, below `size` */
export async function inclusionProof(index: number, size: number, read: ReadTile): Promise<Uint8Array[]> {
  const proof: Uint8Array[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      proof.unshift(await rootOver(middle, to, read))
      to = middle
    } else {
      proof.unshift(await rootOver(from, middle, read))
      from = middle
    }
  }
  return proof
}

/** The hashes that show that the tree of `size` leaves begins with that of `before`. @param before from 1 to `size` */
export async function consistencyProof(before: number, size: number, read: ReadTile): Promise<Uint8Array[]> {
  const proof: Uint8Array[] = []
  let [from, to, isWhole] = [0, size, true]
  while (to > before) {
    const middle = from + splitOf(to - from)
    if (before <= middle) {
      proof.unshift(await rootOver(middle, to, read))
      to = middle
    } else {
      proof.unshift(await rootOver(from, middle, read))
      from = middle
      isWhole = false
    }
  }
  // The last part belongs to both trees; where it is the whole earlier one, its root is known.
  return isWhole ? proof : [await rootOver(from, to, read), ...proof]
}

/** @returns the root that a leaf's hash and its proof give; undefined where the proof has not the form that it must have */
export function rootFromInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index < 0 || index >= size) return undefined
  let [place, last, root] = [index, size - 1, leaf]
  for (const hash of proof) {
    if (last === 0) return undefined
    if (place % 2 === 1 || place === last) {
      root = hashOfTwo(hash, root)
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)]
    } else root = hashOfTwo(root, hash)
    ;[place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  }
  return last === 0 ? root : undefined
}

/** A tree by its size and root. */
export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

/** True when the proof shows that the later tree begins with the earlier one. RFC 9162, section 2.1.4.2. */
export function isConsistent(before: TreeHead, after: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (before.size > after.size) return false
  if (before.size === 0) return proof.length === 0
  if (before.size === after.size) return proof.length === 0 && isSame(before.root, after.root)
  const hashes = isPowerOfTwo(before.size) ? [before.root, ...proof] : [...proof]
  const first = hashes.shift()
  if (!first || proof.length === 0) return false
  let [place, last] = [before.size - 1, after.size - 1]
  while (place % 2 === 1) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  let [old, grown] = [first, first]
  for (const hash of hashes) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      old = hashOfTwo(hash, old)
      grown = hashOfTwo(hash, grown)
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)]
    } else grown = hashOfTwo(grown, hash)
    ;[place, last] = [Math.floor(place / 2), Math.floor(last / 2)]
  }
  return last === 0 && isSame(old, before.root) && isSame(grown, after.root)
}

/** The root over the leaves from one up to before another, of which the first begins a whole tree as large as they are. */
async function rootOver(from: number, to: number, read: ReadTile): Promise<Uint8Array> {
  const count = to - from
  if (isPowerOfTwo(count)) return wholeRoot(from, count, read)
  const middle = from + splitOf(count)
  return hashOfTwo(await rootOver(from, middle, read), await rootOver(middle, to, read))
}

/** The root of a whole tree of 2^n leaves, from the one tile that has its hashes. */
async function wholeRoot(from: number, count: number, read: ReadTile): Promise<Uint8Array> {
  let level = 0
  while (leavesBelow(level + 1) <= count) level++
  const hashes = count / leavesBelow(level)
  const first = from / leavesBelow(level)
  const number = Math.floor(first / TILE_WIDTH)
  const at = first - number * TILE_WIDTH
  return rootOf(await read({ level, number, width: at + hashes }), at, hashes)
}

/** The largest power of two below a count of at least two. */
function splitOf(count: number): number {
  let split = 1
  while (2 * split < count) split *= 2
  return split
}

function isPowerOfTwo(count: number): boolean {
  let power = 1
  while (power < count) power *= 2
  return power === count
}
