/** Jarosz: two passes of a box filter along rows and then columns, which together are a tent. */
import type { Plane } from './luminance.ref.ts'

const { fround } = Math

/** The window of a line of `size` values. */
export function windowOf(size: number): number {
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
function box(from: Float32Array, to: Float32Array, line: Line): void {
  const window = windowOf(line.size)
  const half = Math.floor((window + 2) / 2)
  let [sum, count, entering, leaving, written] = [0, 0, 0, 0, 0]
  const place = (index: number): number => line.start + index * line.step
  const enter = (): void => {
    sum = fround(sum + (from[place(entering)] ?? Number.NaN))
    entering += 1
  }
  const leave = (): void => {
    sum = fround(sum - (from[place(leaving)] ?? Number.NaN))
    leaving += 1
  }
  const write = (): void => {
    to[place(written)] = fround(sum / count)
    written += 1
  }
  for (let i = 0; i < half - 1; i += 1) {
    enter()
    count += 1
  }
  for (let i = 0; i < window - half + 1; i += 1) {
    enter()
    count += 1
    write()
  }
  for (let i = 0; i < line.size - window; i += 1) {
    enter()
    leave()
    write()
  }
  for (let i = 0; i < half - 1; i += 1) {
    leave()
    count -= 1
    write()
  }
}
