/** DCT: the 16 x 16 lowest frequencies of a 64 x 64 plane, without the constant row and column. */
import { cosines } from './cosines.ts'

const { fround } = Math

/** A factor or value of a matrix `width` wide. */
function entry(matrix: Float32Array, width: number, row: number, column: number): number {
  return matrix[row * width + column] ?? Number.NaN
}

/** The sum over k = 0..63, in this order, of products rounded first. */
function sumOf64(term: (k: number) => number): number {
  let sum = 0
  for (let k = 0; k < 64; k += 1) sum = fround(sum + fround(term(k)))
  return sum
}

/** B = D A D': 256 coefficients, row by row, row i of vertical frequency i + 1. */
export function dct(samples: Float32Array): Float32Array {
  const factors = cosines()
  const halfway = new Float32Array(16 * 64)
  for (let i = 0; i < 16; i += 1) {
    for (let j = 0; j < 64; j += 1) {
      halfway[i * 64 + j] = sumOf64((k) => entry(factors, 64, i, k) * entry(samples, 64, k, j))
    }
  }
  const coefficients = new Float32Array(16 * 16)
  for (let i = 0; i < 16; i += 1) {
    for (let j = 0; j < 16; j += 1) {
      coefficients[i * 16 + j] = sumOf64((k) => entry(halfway, 64, i, k) * entry(factors, 64, j, k))
    }
  }
  return coefficients
}
