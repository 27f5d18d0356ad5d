/** Leaf: the hashes of which the tree is made: of a leaf, of two below one, of nothing. RFC 6962, section 2.1. */
import { hash } from 'node:crypto'

export const HASH_BYTES = 32

/** The root of a tree without a leaf. */
export const EMPTY_ROOT: Uint8Array = hash('sha256', '', 'buffer')

/** What a leaf's entry, which here is a digest itself, counts for in the tree: SHA-256(0x00 ‖ entry). */
export function hashOfLeaf(entry: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(1 + entry.length)
  bytes[0] = 0
  bytes.set(entry, 1)
  return hash('sha256', bytes, 'buffer')
}

const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

/** SHA-256(0x01 ‖ left ‖ right). */
export function hashOfTwo(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 1)
  pair.set(right, 1 + HASH_BYTES)
  return hash('sha256', pair, 'buffer')
}

/** True of two hashes that are the same. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
