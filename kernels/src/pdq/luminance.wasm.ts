/** Luminance: a strip of pixels becomes columns of BLOCK floats, one lane a row. */
import { BLOCK, COLUMN, channels, luma, staging, width, windowX } from './layout.wasm'
import { storeTransposed } from './transpose.wasm'

/** Writes columns `from` to `from + count` of the block; those beyond the picture are zeros. */
export function luminance(from: i32, count: i32): void {
  const at = luma + <usize>windowX * COLUMN
  const inside = max(0, min(count, width - from))
  if (inside > 0) {
    for (let group = 0; group < BLOCK; group += 4) {
      const source = staging + <usize>(group * width + from) * channels
      if (channels == 1) grey(source, at + (<usize>group << 2), inside)
      else colour(source, at + (<usize>group << 2), inside)
    }
  }
  if (inside < count) memory.fill(at + <usize>inside * COLUMN, 0, <usize>(count - inside) * COLUMN)
}

@inline
function weigh(pixels: v128, red: v128, green: v128, blue: v128): v128 {
  const r = f32x4.mul(f32x4.splat(0.299), f32x4.convert_i32x4_s(i8x16.swizzle(pixels, red)))
  const g = f32x4.mul(f32x4.splat(0.587), f32x4.convert_i32x4_s(i8x16.swizzle(pixels, green)))
  const b = f32x4.mul(f32x4.splat(0.114), f32x4.convert_i32x4_s(i8x16.swizzle(pixels, blue)))
  return f32x4.add(f32x4.add(r, g), b)
}

@inline
function three(source: usize, at: usize, count: i32, step: usize, r: v128, g: v128, b: v128): void {
  const pitch = <usize>width * channels
  const end = source + <usize>count * channels
  for (let p = source; p < end; p += step) {
    const p2 = p + 2 * pitch
    storeTransposed(
      at,
      weigh(v128.load(p), r, g, b),
      weigh(v128.load(p + pitch), r, g, b),
      weigh(v128.load(p2), r, g, b),
      weigh(v128.load(p2 + pitch), r, g, b),
      COLUMN,
    )
    at += 4 * COLUMN
  }
}

function colour(source: usize, at: usize, count: i32): void {
  if (channels == 3) {
    three(source, at, count, 12,
      i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1),
      i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1),
      i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1))
  } else {
    three(source, at, count, 16,
      i8x16(0, -1, -1, -1, 4, -1, -1, -1, 8, -1, -1, -1, 12, -1, -1, -1),
      i8x16(1, -1, -1, -1, 5, -1, -1, -1, 9, -1, -1, -1, 13, -1, -1, -1),
      i8x16(2, -1, -1, -1, 6, -1, -1, -1, 10, -1, -1, -1, 14, -1, -1, -1))
  }
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
    storeTransposed(at, level(p), level(p + pitch), level(p2), level(p2 + pitch), COLUMN)
    at += 4 * COLUMN
  }
}
