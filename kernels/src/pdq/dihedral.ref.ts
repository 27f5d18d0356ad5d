/** Dihedral: the hashes of the eight orientations, from one set of coefficients. */
import { bits } from './bits.ref.ts'
import type { Orientation } from './orientation.ts'
import { orientations } from './orientation.ts'

/** How an orientation changes coefficient (i, j): its sign, and whether it moves to (j, i). */
interface Turn {
  readonly negates: (i: number, j: number) => boolean
  readonly transposes: boolean
}

const isOdd = (n: number): boolean => n % 2 === 1

const turns: Readonly<Record<Orientation, Turn>> = {
  orig: { negates: () => false, transposes: false },
  rot90: { negates: (_, j) => !isOdd(j), transposes: true },
  rot180: { negates: (i, j) => isOdd(i + j), transposes: false },
  rot270: { negates: (i) => !isOdd(i), transposes: true },
  flipx: { negates: (i) => !isOdd(i), transposes: false },
  flipy: { negates: (_, j) => !isOdd(j), transposes: false },
  flipplus1: { negates: () => false, transposes: true },
  flipminus1: { negates: (i, j) => isOdd(i + j), transposes: true },
}

/** Eight hashes of 32 bytes, in the order of `orientations`. */
export function dihedral(coefficients: Float32Array): Uint8Array {
  const hashes = new Uint8Array(8 * 32)
  for (const [place, orientation] of orientations.entries()) {
    hashes.set(bits(turned(coefficients, turns[orientation])), place * 32)
  }
  return hashes
}

function turned(coefficients: Float32Array, turn: Turn): Float32Array {
  const matrix = new Float32Array(16 * 16)
  for (const [at, value] of coefficients.entries()) {
    const [i, j] = [at >> 4, at & 15]
    matrix[turn.transposes ? j * 16 + i : at] = turn.negates(i, j) ? -value : value
  }
  return matrix
}
