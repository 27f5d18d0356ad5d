/** Decimate: 64 x 64 samples of a plane. */
import type { Plane } from './luminance.ref.ts'

/** The middle of cell `i` of 64 on a line of `size`. */
function middle(i: number, size: number): number {
  return Math.trunc(((i + 0.5) * size) / 64)
}

/** The samples, row by row. */
export function decimate(plane: Plane): Float32Array {
  const samples = new Float32Array(64 * 64)
  for (let i = 0; i < 64; i += 1) {
    for (let j = 0; j < 64; j += 1) {
      samples[i * 64 + j] =
        plane.data[middle(i, plane.height) * plane.width + middle(j, plane.width)] ?? Number.NaN
    }
  }
  return samples
}
