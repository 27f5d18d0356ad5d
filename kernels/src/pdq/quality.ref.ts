/** Quality: how much a 64 x 64 plane changes from neighbour to neighbour. */

const { fround } = Math

/** The change between two neighbours in whole hundredths of the range. */
function change(a: number, b: number): number {
  return Math.abs(Math.trunc(fround(fround(fround(a - b) * 100) / 255)))
}

/** 0 to 100; under 50 a hash says little. */
export function quality(samples: Float32Array): number {
  const at = (i: number, j: number): number => samples[i * 64 + j] ?? Number.NaN
  let gradient = 0
  for (let i = 0; i < 64; i += 1) {
    for (let j = 0; j < 64; j += 1) {
      if (i < 63) gradient += change(at(i, j), at(i + 1, j))
      if (j < 63) gradient += change(at(i, j), at(i, j + 1))
    }
  }
  return Math.min(100, Math.floor(gradient / 90))
}
