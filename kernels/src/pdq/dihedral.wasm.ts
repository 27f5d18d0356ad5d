/** Dihedral: the hashes of the eight orientations, from one set of coefficients. */
import { bits, median } from './bits.wasm'
import { COEFFICIENTS, HASHES, TURNED } from './layout.wasm'
import { storeRows } from './transpose.wasm'

const MINUS: u32 = 0x80000000

/** Copies the coefficients with the signs of even and odd rows' lanes changed where told. */
function turn(even: v128, odd: v128): void {
  for (let at: usize = 0; at < 1024; at += 16) {
    v128.store(TURNED + at, v128.xor(v128.load(COEFFICIENTS + at), (at & 64) == 0 ? even : odd))
  }
}

function transposeTurned(): void {
  for (let i: usize = 0; i < 16; i += 4) {
    for (let j: usize = 0; j < 16; j += 4) {
      const at = TURNED + (i << 6) + (j << 2)
      const a = v128.load(at)
      const b = v128.load(at, 64)
      const c = v128.load(at, 128)
      const d = v128.load(at, 192)
      storeRows(ACROSS + (j << 6) + (i << 2), a, b, c, d, 64)
    }
  }
}

const ACROSS: usize = memory.data(16 * 16 * 4, 16)

/** Two orientations share their signs, and so their median: one as it lies, one transposed. */
function pair(even: v128, odd: v128, straight: usize, across: usize): void {
  turn(even, odd)
  const threshold = median(TURNED)
  bits(TURNED, threshold, HASHES + (straight << 5))
  transposeTurned()
  bits(ACROSS, threshold, HASHES + (across << 5))
}

/** Writes orig, rot90, rot180, rot270, flipx, flipy, flipplus1, flipminus1. */
export function dihedral(): void {
  const none = i32x4.splat(0)
  const all = i32x4.splat(MINUS)
  const evens = i32x4(MINUS, 0, MINUS, 0)
  const odds = i32x4(0, MINUS, 0, MINUS)
  pair(none, none, 0, 6)
  pair(evens, evens, 5, 1)
  pair(odds, evens, 2, 7)
  pair(all, none, 4, 3)
}
