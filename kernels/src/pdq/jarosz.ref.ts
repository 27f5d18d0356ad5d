/** Jarosz: two passes of a box filter along rows and then columns, which together are a tent. */
import type { Plane } from './luminance.ref.ts'

const { fround } = Math

/** The window of a line of `size` values. */
function windowOf(size: number): number {
  return Math.floor((size + 127) / 128)
}

/** A line within a plane: where it begins and how far apart its values lie. */
interface Line {
  readonly start: number
  readonly step: number
  readonly size: number
}

/** The blurred plane. */
export function jarosz(plane: Plane): Plane {
  const { width, height } = plane
  const one = plane.data.slice()
  const two = new Float32Array(width * height)
  for (let pass = 0; pass < 2; pass += 1) {
    for (let y = 0; y < height; y += 1) box(one, two, { start: y * width, step: 1, size: width })
    for (let x = 0; x < width; x += 1) box(two, one, { start: x, step: width, size: height })
  }
  return { data: one, width, height }
}

/** Filters one line with a single running sum, whose roundings are part of the result. */
function box(from: Float32Array, to: Float32Array, { start, step, size }: Line): void {
  const window = windowOf(size)
  const half = Math.floor((window + 2) / 2)
  let sum = 0
  let count = 0
  let entering = start
  let leaving = start
  let written = start
  for (let i = 0; i < half - 1; i += 1, entering += step) {
    sum = fround(sum + (from[entering] ?? Number.NaN))
    count += 1
  }
  for (let i = 0; i < window - half + 1; i += 1, entering += step, written += step) {
    sum = fround(sum + (from[entering] ?? Number.NaN))
    count += 1
    to[written] = fround(sum / count)
  }
  for (let i = 0; i < size - window; i += 1, entering += step, leaving += step, written += step) {
    sum = fround(sum + (from[entering] ?? Number.NaN))
    sum = fround(sum - (from[leaving] ?? Number.NaN))
    to[written] = fround(sum / count)
  }
  for (let i = 0; i < half - 1; i += 1, leaving += step, written += step) {
    sum = fround(sum - (from[leaving] ?? Number.NaN))
    count -= 1
    to[written] = fround(sum / count)
  }
}
