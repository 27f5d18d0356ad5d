/** BMP runs: the run-length codes of 4 and 8 bit bitmaps, to one palette place a pixel. */
import type { BmpHeader } from './bmp-header.ts'

// Microsoft, "Bitmap Compression": a count above 0 repeats; 0 escapes to end of line, end, a move, or literal pixels.

/** Palette places row by row as stored, and whether the codes came to their end. */
export interface Runs {
  readonly colours: Uint8Array
  readonly whole: boolean
}

/** Reads pixel `place` of a byte's or bytes' packed colours. */
function colourAt(codes: Uint8Array, at: number, place: number, isNibbles: boolean): number {
  if (!isNibbles) return codes[at + place] ?? 0
  const byte = codes[at + (place >> 1)] ?? 0
  return place % 2 === 0 ? byte >> 4 : byte & 15
}

/** Unpacks run-length codes; pixels outside the picture are dropped, pixels that no code names are place 0. */
export function readRuns(untrustedCodes: Uint8Array, header: BmpHeader): Runs {
  const { width, height } = header
  const colours = new Uint8Array(width * height)
  const isNibbles = header.compression === 'rle4'
  let [x, y, at] = [0, 0, 0]
  const put = (colour: number): void => {
    if (x < width && y < height) colours[y * width + x] = colour
    x += 1
  }
  while (at + 1 < untrustedCodes.length && y < height) {
    const count = untrustedCodes[at] ?? 0
    const code = untrustedCodes[at + 1] ?? 0
    at += 2
    if (count > 0) {
      for (let place = 0; place < count; place += 1)
        put(isNibbles ? (place % 2 === 0 ? code >> 4 : code & 15) : code)
    } else if (code === 0) {
      ;[x, y] = [0, y + 1]
    } else if (code === 1) {
      return { colours, whole: true }
    } else if (code === 2) {
      x += untrustedCodes[at] ?? 0
      y += untrustedCodes[at + 1] ?? 0
      at += 2
    } else {
      for (let place = 0; place < code; place += 1) put(colourAt(untrustedCodes, at, place, isNibbles))
      const bytes = isNibbles ? Math.ceil(code / 2) : code
      at += bytes + (bytes % 2)
    }
  }
  return { colours, whole: y >= height }
}
