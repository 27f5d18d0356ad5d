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
export function luminance(pixels: Pixels, area: Area): Plane {
  const { width, height } = area
  const { channels } = pixels
  const plane = new Float32Array(width * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = ((area.top + y) * pixels.width + area.left + x) * channels
      const value = (channel: number): number => pixels.data[at + channel] ?? Number.NaN
      plane[y * width + x] = channels === 1 ? value(0) : weigh(value(0), value(1), value(2))
    }
  }
  return { data: plane, width, height }
}

/** Three rounded products, two rounded sums, left to right. */
function weigh(red: number, green: number, blue: number): number {
  return fround(fround(fround(redWeight * red) + fround(greenWeight * green)) + fround(blueWeight * blue))
}
