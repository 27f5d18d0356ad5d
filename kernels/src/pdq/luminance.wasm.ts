/** Luminance: a strip of pixels becomes columns of BLOCK floats, one lane a row. */
import { BLOCK, COLUMN, channels, luma, staging, width, windowX } from './layout.wasm'
import { storeColumns } from './transpose.wasm'

/** Writes columns `from` to `from + count` of the block; those beyond the picture are zeros. */
export function luminance(from: i32, count: i32): void {
  const at = luma + <usize>windowX * COLUMN
  const inside = max(0, min(count, width - from))
  if (inside > 0) {
    for (let group = 0; group < BLOCK; group += 4) {
      const source = staging + <usize>(group * width + from) * channels
      const out = at + (<usize>group << 2)
      if (channels == 1) grey(source, out, inside)
      else if (channels == 3) colour3(source, out, inside)
      else colour4(source, out, inside)
    }
  }
  if (inside < count) memory.fill(at + <usize>inside * COLUMN, 0, <usize>(count - inside) * COLUMN)
}

/**
 * Where each channel lies in a pixel's 32 bits, and its weight there: a channel left in place is its value
 * times a power of two, which a weight divided by the same power undoes without another rounding. Read from
 * memory so that they stay in registers: as constants they would be made anew in every turn of the loop.
 */
const PLACES: usize = memory.data<u32>([
  0xff, 0xff, 0xff, 0xff, 0xff00, 0xff00, 0xff00, 0xff00, 0xff0000, 0xff0000, 0xff0000, 0xff0000,
], 16)
const WEIGHTS: usize = memory.data<f32>([0.299, <f32>0.587 / 256, <f32>0.114 / 65536], 16)

/** Gives each of four pixels of three bytes 32 bits of its own. */
@inline
function spread(pixels: v128): v128 {
  return i8x16.swizzle(pixels, i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1))
}

@inline
function channel(pixels: v128, place: v128, weight: v128): v128 {
  return f32x4.mul(weight, f32x4.convert_i32x4_s(v128.and(pixels, place)))
}

/** Three rounded products, two rounded sums, left to right. */
@inline
function weigh(v: v128, r: v128, g: v128, b: v128, rWeight: v128, gWeight: v128, bWeight: v128): v128 {
  const warm = f32x4.add(channel(v, r, rWeight), channel(v, g, gWeight))
  return f32x4.add(warm, channel(v, b, bWeight))
}

/** Four rows of pixels of `pixelBytes`, four pixels at a time. */
@inline
function colour(source: usize, at: usize, count: i32, pixelBytes: usize): void {
  const pitch = <usize>width * pixelBytes
  const end = source + <usize>count * pixelBytes
  const red = v128.load(PLACES)
  const green = v128.load(PLACES, 16)
  const blue = v128.load(PLACES, 32)
  const redWeight = v128.load32_splat(WEIGHTS)
  const greenWeight = v128.load32_splat(WEIGHTS, 4)
  const blueWeight = v128.load32_splat(WEIGHTS, 8)
  for (let p = source; p < end; p += 4 * pixelBytes) {
    const p2 = p + 2 * pitch
    let a = v128.load(p)
    let b = v128.load(p + pitch)
    let c = v128.load(p2)
    let d = v128.load(p2 + pitch)
    if (pixelBytes == 3) {
      a = spread(a)
      b = spread(b)
      c = spread(c)
      d = spread(d)
    }
    storeColumns(
      at,
      weigh(a, red, green, blue, redWeight, greenWeight, blueWeight),
      weigh(b, red, green, blue, redWeight, greenWeight, blueWeight),
      weigh(c, red, green, blue, redWeight, greenWeight, blueWeight),
      weigh(d, red, green, blue, redWeight, greenWeight, blueWeight),
    )
    at += 4 * COLUMN
  }
}

function colour3(source: usize, at: usize, count: i32): void {
  colour(source, at, count, 3)
}

function colour4(source: usize, at: usize, count: i32): void {
  colour(source, at, count, 4)
}

@inline
function level(at: usize): v128 {
  const spread = i8x16(0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, 3, -1, -1, -1)
  return f32x4.convert_i32x4_s(i8x16.swizzle(v128.load32_zero(at), spread))
}

function grey(source: usize, at: usize, count: i32): void {
  const pitch = <usize>width
  const end = source + <usize>count
  for (let p = source; p < end; p += 4) {
    const p2 = p + 2 * pitch
    storeColumns(at, level(p), level(p + pitch), level(p2), level(p2 + pitch))
    at += 4 * COLUMN
  }
}
