/** Bits: which coefficients lie above the lower median of the 256. */
import { KEYS } from './layout.wasm'

/** Whole numbers that stand in the same order as the floats at `matrix`. */
function rank(matrix: usize): void {
  for (let k: usize = 0; k < 1024; k += 16) {
    const value = v128.load(matrix + k)
    const below = v128.shr<i32>(value, 31)
    v128.store(KEYS + k, v128.xor(value, v128.and(below, i32x4.splat(0x7fffffff))))
  }
}

/** How many keys are at most `limit`. */
@inline
function countUpTo(limit: i32): i32 {
  const bound = i32x4.splat(limit)
  let above = i32x4.splat(0)
  for (let k: usize = 0; k < 1024; k += 64) {
    above = i32x4.add(above, i32x4.gt_s(v128.load(KEYS + k), bound))
    above = i32x4.add(above, i32x4.gt_s(v128.load(KEYS + k, 16), bound))
    above = i32x4.add(above, i32x4.gt_s(v128.load(KEYS + k, 32), bound))
    above = i32x4.add(above, i32x4.gt_s(v128.load(KEYS + k, 48), bound))
  }
  const lanes = i32x4.extract_lane(above, 0) + i32x4.extract_lane(above, 1)
  return 256 + lanes + i32x4.extract_lane(above, 2) + i32x4.extract_lane(above, 3)
}

/** Element 128 of 256 in ascending order, found by halving the range of keys. */
export function median(matrix: usize): f32 {
  rank(matrix)
  let low = i32.MIN_VALUE
  let high = i32.MAX_VALUE
  while (low < high) {
    const middle = (low & high) + ((low ^ high) >> 1)
    if (countUpTo(middle) >= 128) high = middle
    else low = middle + 1
  }
  return reinterpret<f32>(low ^ ((low >> 31) & 0x7fffffff))
}

/** Writes the 32 bytes of a matrix at `out`, highest bit first. */
export function bits(matrix: usize, threshold: f32, out: usize): void {
  const bound = f32x4.splat(threshold)
  for (let byte: usize = 0; byte < 32; byte++) {
    const at = matrix + (byte << 5)
    const low = i32x4.bitmask(f32x4.gt(v128.load(at), bound))
    const high = i32x4.bitmask(f32x4.gt(v128.load(at, 16), bound))
    store<u8>(out + 31 - byte, low | (high << 4))
  }
}
