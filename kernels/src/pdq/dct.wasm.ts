/** DCT: the 16 x 16 lowest frequencies of the plane, without the constant row and column. */
import { COEFFICIENTS, COSINES, COSINES_ACROSS, HALFWAY, PLANE } from './layout.wasm'

/** Turns the cosines once, so that the second product reads them in order. */
export function prepareCosines(): void {
  for (let i: usize = 0; i < 16; i++) {
    for (let k: usize = 0; k < 64; k++) {
      store<f32>(COSINES_ACROSS + ((k << 4) + i) * 4, load<f32>(COSINES + ((i << 6) + k) * 4))
    }
  }
}

@inline
function step(sum: v128, factor: v128, values: v128): v128 {
  return f32x4.add(sum, f32x4.mul(factor, values))
}

/** B = D A D', every sum in ascending order. */
export function dct(): void {
  for (let i: usize = 0; i < 16; i++) {
    const row = i << 8
    for (let j: usize = 0; j < 256; j += 64) product(HALFWAY + row + j, COSINES + row, PLANE + j, 256)
  }
  for (let i: usize = 0; i < 16; i++) {
    product(COEFFICIENTS + (i << 6), HALFWAY + (i << 8), COSINES_ACROSS, 64)
  }
}

/** Sixteen sums over k = 0..63 of factor[k] * values[k][..], the rows of `values` `pitch` bytes apart. */
function product(out: usize, factor: usize, values: usize, pitch: usize): void {
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  let c = f32x4.splat(0)
  let d = f32x4.splat(0)
  const end = factor + 256
  while (factor < end) {
    const f = v128.load32_splat(factor)
    a = step(a, f, v128.load(values))
    b = step(b, f, v128.load(values, 16))
    c = step(c, f, v128.load(values, 32))
    d = step(d, f, v128.load(values, 48))
    factor += 4
    values += pitch
  }
  v128.store(out, a)
  v128.store(out, b, 16)
  v128.store(out, c, 32)
  v128.store(out, d, 48)
}
