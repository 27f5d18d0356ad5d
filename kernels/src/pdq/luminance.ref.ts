/** Luminance: the brightness of each pixel, weighed and rounded in single precision. */
import type { Area, Pixels } from './pixels.ts'

const { fround } = Math

/** A plane of single-precision values, row by row. */
export interface Plane {
  readonly data: Float32Array
  readonly width: number
  readonly height: number
}

const redWeight = fround(0.299)
const greenWeight = fround(0.587)
const blueWeight = fround(0.114)

/** The luminance of an area: 0 to 255, not rounded to whole numbers; a grey pixel's is its value. */
export function luminance({ data, channels, width: pitch }: Pixels, area: Area): Plane {
  const { width, height } = area
  const plane = new Float32Array(width * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = ((area.top + y) * pitch + area.left + x) * channels
      const red = data[at] ?? Number.NaN
      plane[y * width + x] =
        channels === 1 ? red : weigh(red, data[at + 1] ?? Number.NaN, data[at + 2] ?? Number.NaN)
    }
  }
  return { data: plane, width, height }
}

/** Three rounded products, two rounded sums, left to right. */
function weigh(red: number, green: number, blue: number): number {
  return fround(fround(fround(redWeight * red) + fround(greenWeight * green)) + fround(blueWeight * blue))
}
