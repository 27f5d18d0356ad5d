/** Jarosz: two box filters along rows and columns, fused, with the roundings of one running sum per line. */
import {
  BLOCK, COLUMN, SAMPLE_SUMS, SAMPLE_TRACE, SAMPLED, columnSums, divisorsX, divisorsY, luma, ring, ringRows,
  sampleRing, smooth, sums, windowX, windowY,
} from './layout.wasm'
import { storeTransposed } from './transpose.wasm'

/** Running sums of the two row passes for the block's rows, four rows a vector. */
const ROW_SUMS: usize = memory.data(4 * 16, 16)

/** Begins a block of rows: empty sums, and nothing to the left of the picture. */
export function beginRows(): void {
  memory.fill(ROW_SUMS, 0, 64)
  memory.fill(luma, 0, <usize>windowX * COLUMN)
  memory.fill(smooth, 0, <usize>windowX * COLUMN)
}

/** Keeps the last window of columns as the next stretch's left neighbours. */
export function keepWindow(count: i32): void {
  const size = <usize>windowX * COLUMN
  memory.copy(luma, luma + <usize>count * COLUMN, size)
  memory.copy(smooth, smooth + <usize>count * COLUMN, size)
}

@inline
function slide(sum: v128, entering: v128, leaving: v128): v128 {
  return f32x4.sub(f32x4.add(sum, entering), leaving)
}

/** First row pass: columns `from` to `from + count` of the block into the ring at `row`. */
export function rowPass(from: i32, count: i32, row: i32): void {
  const tile = <usize>ringRows * 16
  let entering = luma + <usize>windowX * COLUMN
  let leaving = luma
  let divisor = divisorsX + (<usize>from << 2)
  let out = ring + <usize>(from >> 2) * tile + (<usize>row << 4)
  let s = v128.load(ROW_SUMS)
  let z = v128.load(ROW_SUMS, 16)
  const end = divisor + (<usize>count << 2)
  while (divisor < end) {
    const d0 = v128.load32_splat(divisor)
    const d1 = v128.load32_splat(divisor, 4)
    const d2 = v128.load32_splat(divisor, 8)
    const d3 = v128.load32_splat(divisor, 12)
    const s0 = slide(s, v128.load(entering), v128.load(leaving))
    const s1 = slide(s0, v128.load(entering, 32), v128.load(leaving, 32))
    const s2 = slide(s1, v128.load(entering, 64), v128.load(leaving, 64))
    s = slide(s2, v128.load(entering, 96), v128.load(leaving, 96))
    storeTransposed(out, f32x4.div(s0, d0), f32x4.div(s1, d1), f32x4.div(s2, d2), f32x4.div(s, d3), 16)
    const z0 = slide(z, v128.load(entering, 16), v128.load(leaving, 16))
    const z1 = slide(z0, v128.load(entering, 48), v128.load(leaving, 48))
    const z2 = slide(z1, v128.load(entering, 80), v128.load(leaving, 80))
    z = slide(z2, v128.load(entering, 112), v128.load(leaving, 112))
    storeTransposed(out + 64, f32x4.div(z0, d0), f32x4.div(z1, d1), f32x4.div(z2, d2), f32x4.div(z, d3), 16)
    entering += 4 * COLUMN
    leaving += 4 * COLUMN
    divisor += 16
    out += tile
  }
  v128.store(ROW_SUMS, s)
  v128.store(ROW_SUMS, z, 16)
}

/** The place in the ring of the row that leaves as the block's row `k` enters. */
@inline
function leavingRow(row: i32, k: i32): usize {
  const place = row + k - windowY
  return <usize>(place + (place < 0 ? ringRows : 0)) << 4
}

/** First column pass on columns `from` to `from + count`; `step` is the block's first row step, `row` its place in the ring. */
export function columnPass(from: i32, count: i32, step: i32, row: i32): void {
  const tile = <usize>ringRows * 16
  const l0 = leavingRow(row, 0)
  const l1 = leavingRow(row, 1)
  const l2 = leavingRow(row, 2)
  const l3 = leavingRow(row, 3)
  const l4 = leavingRow(row, 4)
  const l5 = leavingRow(row, 5)
  const l6 = leavingRow(row, 6)
  const l7 = leavingRow(row, 7)
  const divisor = divisorsY + (<usize>step << 2)
  const enter = <usize>row << 4
  let base = ring + <usize>(from >> 2) * tile
  let out = smooth + <usize>windowX * COLUMN
  let sum = columnSums + (<usize>from << 2)
  const end = sum + (<usize>count << 2)
  while (sum < end) {
    const p = base + enter
    const s0 = slide(v128.load(sum), v128.load(p), v128.load(base + l0))
    const s1 = slide(s0, v128.load(p, 16), v128.load(base + l1))
    const s2 = slide(s1, v128.load(p, 32), v128.load(base + l2))
    const s3 = slide(s2, v128.load(p, 48), v128.load(base + l3))
    const s4 = slide(s3, v128.load(p, 64), v128.load(base + l4))
    const s5 = slide(s4, v128.load(p, 80), v128.load(base + l5))
    const s6 = slide(s5, v128.load(p, 96), v128.load(base + l6))
    const s7 = slide(s6, v128.load(p, 112), v128.load(base + l7))
    v128.store(sum, s7)
    storeTransposed(
      out,
      f32x4.div(s0, v128.load32_splat(divisor)),
      f32x4.div(s1, v128.load32_splat(divisor, 4)),
      f32x4.div(s2, v128.load32_splat(divisor, 8)),
      f32x4.div(s3, v128.load32_splat(divisor, 12)),
      COLUMN,
    )
    storeTransposed(
      out + 16,
      f32x4.div(s4, v128.load32_splat(divisor, 16)),
      f32x4.div(s5, v128.load32_splat(divisor, 20)),
      f32x4.div(s6, v128.load32_splat(divisor, 24)),
      f32x4.div(s7, v128.load32_splat(divisor, 28)),
      COLUMN,
    )
    base += tile
    sum += 16
    out += 4 * COLUMN
  }
}

/** Second row pass: only its running sums, for the few of them that are sampled. */
export function rowSums(count: i32): void {
  let entering = smooth + <usize>windowX * COLUMN
  let leaving = smooth
  let out = sums
  let s = v128.load(ROW_SUMS, 32)
  let z = v128.load(ROW_SUMS, 48)
  const end = out + <usize>count * COLUMN
  while (out < end) {
    s = slide(s, v128.load(entering), v128.load(leaving))
    z = slide(z, v128.load(entering, 16), v128.load(leaving, 16))
    v128.store(out, s)
    v128.store(out, z, 16)
    entering += COLUMN
    leaving += COLUMN
    out += COLUMN
  }
  v128.store(ROW_SUMS, s, 32)
  v128.store(ROW_SUMS, z, 48)
}

/** Second column pass on the 64 sampled columns: its running sums after each row of the block. */
export function sampleSums(row: i32): void {
  const rows = sampleRing + (<usize>row << 8)
  for (let j: usize = 0; j < 64; j += 4) {
    const at = SAMPLED + j * COLUMN
    const to = rows + (j << 2)
    storeTransposed(to, v128.load(at), v128.load(at, 32), v128.load(at, 64), v128.load(at, 96), 256)
    storeTransposed(
      to + 1024, v128.load(at, 16), v128.load(at, 48), v128.load(at, 80), v128.load(at, 112), 256)
    let sum = v128.load(SAMPLE_SUMS + (j << 2))
    for (let k = 0; k < BLOCK; k++) {
      const leaving = sampleRing + (leavingRow(row, k) << 4) + (j << 2)
      sum = slide(sum, v128.load(to + (<usize>k << 8)), v128.load(leaving))
      v128.store(SAMPLE_TRACE + (<usize>k << 8) + (j << 2), sum)
    }
    v128.store(SAMPLE_SUMS + (j << 2), sum)
  }
}
