/** Cosines: the factors of the transform, the same single-precision numbers wherever they are computed. */

/**
 * D[i][k] for i = 0..15, k = 0..63, row by row: cosines in double precision, rounded once.
 *
 * No factor lies near enough to a tie for another correct library of cosines to round it otherwise (tested).
 */
export function cosines(): Float32Array {
  const scale = Math.fround(Math.sqrt(2 / 64))
  return Float32Array.from({ length: 16 * 64 }, (_, at) => {
    const [i, k] = [Math.floor(at / 64), at % 64]
    return scale * Math.cos((Math.PI / 2 / 64) * (i + 1) * (2 * k + 1))
  })
}
