/** Jarosz: two box filters along rows and columns, fused, with the roundings of one running sum per line. */
import {
  BLOCK, COLUMN, SAMPLE_SUMS, SAMPLE_TRACE, SAMPLED, columnSums, divisorsX, divisorsY, luma, ring, ringRows,
  sampleRing, smooth, sums, windowX, windowY,
} from './layout.wasm'
import { storeColumns, storeRows, storeTile } from './transpose.wasm'

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

/** A tile of the ring: four columns of its rows, and room to repeat the first of them. */
@inline
function tileBytes(): usize {
  return <usize>(ringRows + BLOCK) << 4
}

@inline
function slide(sum: v128, entering: v128, leaving: v128): v128 {
  return f32x4.sub(f32x4.add(sum, entering), leaving)
}

/** First row pass: columns `from` to `from + count` of the block into the ring at `row`. */
export function rowPass(from: i32, count: i32, row: i32): void {
  const tile = tileBytes()
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
    storeTile(out, f32x4.div(s0, d0), f32x4.div(s1, d1), f32x4.div(s2, d2), f32x4.div(s, d3))
    const z0 = slide(z, v128.load(entering, 16), v128.load(leaving, 16))
    const z1 = slide(z0, v128.load(entering, 48), v128.load(leaving, 48))
    const z2 = slide(z1, v128.load(entering, 80), v128.load(leaving, 80))
    z = slide(z2, v128.load(entering, 112), v128.load(leaving, 112))
    storeTile(out + 64, f32x4.div(z0, d0), f32x4.div(z1, d1), f32x4.div(z2, d2), f32x4.div(z, d3))
    entering += 4 * COLUMN
    leaving += 4 * COLUMN
    divisor += 16
    out += tile
  }
  v128.store(ROW_SUMS, s)
  v128.store(ROW_SUMS, z, 16)
}

/** The place in the ring of the row that leaves as the row at `row` enters. */
@inline
function leavingRow(row: i32): i32 {
  const place = row - windowY
  return place + (place < 0 ? ringRows : 0)
}

/** Where the rows that leave run over the ring's end, repeats its first rows behind it: they lie together. */
function repeatFirstRows(from: i32, count: i32, row: i32): void {
  const over = leavingRow(row) + BLOCK - ringRows
  if (over <= 0) return
  const tile = tileBytes()
  const size = <usize>over << 4
  const behind = <usize>ringRows << 4
  let base = ring + <usize>(from >> 2) * tile
  const end = base + <usize>(count >> 2) * tile
  for (; base < end; base += tile) {
    for (let at = base; at < base + size; at += 16) v128.store(at + behind, v128.load(at))
  }
}

/** Four steps of the second row pass for four rows: its running sums only, of which few are sampled. */
@inline
function sumFour(s: v128, entering: usize, leaving: usize, out: usize): v128 {
  const s0 = slide(s, v128.load(entering), v128.load(leaving))
  v128.store(out, s0)
  const s1 = slide(s0, v128.load(entering, 32), v128.load(leaving, 32))
  v128.store(out, s1, 32)
  const s2 = slide(s1, v128.load(entering, 64), v128.load(leaving, 64))
  v128.store(out, s2, 64)
  const s3 = slide(s2, v128.load(entering, 96), v128.load(leaving, 96))
  v128.store(out, s3, 96)
  return s3
}

/**
 * First column pass, and the second row pass behind it, on columns `from` to `from + count`; `step` is the
 * block's first row step, `row` its place in the ring.
 */
export function columnPass(from: i32, count: i32, step: i32, row: i32): void {
  repeatFirstRows(from, count, row)
  const tile = tileBytes()
  const base = ring + <usize>(from >> 2) * tile
  let entering = base + (<usize>row << 4)
  let leaving = base + (<usize>leavingRow(row) << 4)
  let out = smooth + <usize>windowX * COLUMN
  let sum = columnSums + (<usize>from << 2)
  let past = smooth
  let trace = sums
  let s = v128.load(ROW_SUMS, 32)
  let z = v128.load(ROW_SUMS, 48)
  const divisor = divisorsY + (<usize>step << 2)
  const end = sum + (<usize>count << 2)
  while (sum < end) {
    const s0 = slide(v128.load(sum), v128.load(entering), v128.load(leaving))
    const s1 = slide(s0, v128.load(entering, 16), v128.load(leaving, 16))
    const s2 = slide(s1, v128.load(entering, 32), v128.load(leaving, 32))
    const s3 = slide(s2, v128.load(entering, 48), v128.load(leaving, 48))
    const s4 = slide(s3, v128.load(entering, 64), v128.load(leaving, 64))
    const s5 = slide(s4, v128.load(entering, 80), v128.load(leaving, 80))
    const s6 = slide(s5, v128.load(entering, 96), v128.load(leaving, 96))
    const s7 = slide(s6, v128.load(entering, 112), v128.load(leaving, 112))
    v128.store(sum, s7)
    storeColumns(
      out,
      f32x4.div(s0, v128.load32_splat(divisor)),
      f32x4.div(s1, v128.load32_splat(divisor, 4)),
      f32x4.div(s2, v128.load32_splat(divisor, 8)),
      f32x4.div(s3, v128.load32_splat(divisor, 12)),
    )
    storeColumns(
      out + 16,
      f32x4.div(s4, v128.load32_splat(divisor, 16)),
      f32x4.div(s5, v128.load32_splat(divisor, 20)),
      f32x4.div(s6, v128.load32_splat(divisor, 24)),
      f32x4.div(s7, v128.load32_splat(divisor, 28)),
    )
    s = sumFour(s, out, past, trace)
    z = sumFour(z, out + 16, past + 16, trace + 16)
    entering += tile
    leaving += tile
    sum += 16
    out += 4 * COLUMN
    past += 4 * COLUMN
    trace += 4 * COLUMN
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
    storeRows(to, v128.load(at), v128.load(at, 32), v128.load(at, 64), v128.load(at, 96), 256)
    storeRows(
      to + 1024, v128.load(at, 16), v128.load(at, 48), v128.load(at, 80), v128.load(at, 112), 256)
    let sum = v128.load(SAMPLE_SUMS + (j << 2))
    let leaving = leavingRow(row)
    for (let k = 0; k < BLOCK; k++) {
      const past = sampleRing + (<usize>leaving << 8) + (j << 2)
      sum = slide(sum, v128.load(to + (<usize>k << 8)), v128.load(past))
      leaving = leaving + 1 == ringRows ? 0 : leaving + 1
      v128.store(SAMPLE_TRACE + (<usize>k << 8) + (j << 2), sum)
    }
    v128.store(SAMPLE_SUMS + (j << 2), sum)
  }
}
