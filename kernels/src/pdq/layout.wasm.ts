/** Layout: where everything lies in memory, and the measures of the picture in work. */

/** Rows taken in at a time: two vectors of four lanes, one lane a row. */
export const BLOCK: i32 = 8
/** Bytes of one column of a block: BLOCK floats. */
export const COLUMN: usize = 32

/** The 64 x 64 plane, row by row. */
export const PLANE: usize = memory.data(64 * 64 * 4, 16)
/** D[i][k], 16 x 64, written once by the host. */
export const COSINES: usize = memory.data(16 * 64 * 4, 16)
/** D transposed, 64 x 16. */
export const COSINES_ACROSS: usize = memory.data(64 * 16 * 4, 16)
/** T = D A, 16 x 64. */
export const HALFWAY: usize = memory.data(16 * 64 * 4, 16)
/** B = T D', 16 x 16. */
export const COEFFICIENTS: usize = memory.data(16 * 16 * 4, 16)
/** The coefficients of one orientation. */
export const TURNED: usize = memory.data(16 * 16 * 4, 16)
/** The coefficients of one orientation as whole numbers in the same order. */
export const KEYS: usize = memory.data(16 * 16 * 4, 16)
/** Eight hashes of 32 bytes. */
export const HASHES: usize = memory.data(8 * 32, 16)
/** The 64 sampled sums of a block after the second row pass: 64 columns of BLOCK rows. */
export const SAMPLED: usize = memory.data(64 * 32, 16)
/** The running sums of the second column pass, one per sampled column. */
export const SAMPLE_SUMS: usize = memory.data(64 * 4, 16)
/** What those sums were after each row of the block: BLOCK rows of 64. */
export const SAMPLE_TRACE: usize = memory.data(8 * 64 * 4, 16)

export let width: i32 = 0
export let height: i32 = 0
export let channels: i32 = 0
/** Windows of the box filter, and how far each output lags behind its input (spec: h - 1). */
export let windowX: i32 = 0
export let windowY: i32 = 0
export let lagX: i32 = 0
export let lagY: i32 = 0
/** Columns walked per row: the width and both passes' lags, rounded up to four. */
export let columns: i32 = 0
/** Columns walked in one go, so that the strips below stay in the nearest cache. */
export let stride: i32 = 0
/** Rows kept of the first row pass, and of the second: a window and a block. */
export let ringRows: i32 = 0

/** BLOCK rows of pixels as the host wrote them. */
export let staging: usize = 0
/** Luminance: a window and a stride of columns. */
export let luma: usize = 0
/** After the first column pass: a window and a stride of columns. */
export let smooth: usize = 0
/** Running sums of the second row pass: a stride of columns. */
export let sums: usize = 0
/** Rows of the first row pass, in tiles of four columns: ringRows x 4 floats a tile. */
export let ring: usize = 0
/** One running sum per column, first column pass. */
export let columnSums: usize = 0
/** What each step of a row, and of a column, divides by. */
export let divisorsX: usize = 0
export let divisorsY: usize = 0
/** Rows after the second row pass: ringRows of 64. */
export let sampleRing: usize = 0

@inline
function window(size: i32): i32 {
  return (size + 127) / 128
}

@inline
function lag(window: i32): i32 {
  return (window + 2) / 2 - 1
}

@inline
function ceil(value: i32, to: i32): i32 {
  return ((value + to - 1) / to) * to
}

/** How many inputs the output at `place` is the mean of, on a line of `size`. */
export function count(place: i32, size: i32, window: i32, lag: i32): i32 {
  return min(size - 1, place + lag) - max(0, place - (window - 1 - lag)) + 1
}

/** Divisors of a line's steps; a step without output divides by infinity, which makes it an exact zero. */
function divisors(at: usize, steps: i32, size: i32, window: i32, lag: i32): void {
  for (let t = 0; t < steps; t++) {
    const place = t - lag
    const divisor = place < 0 || place >= size ? Infinity : <f32>count(place, size, window, lag)
    store<f32>(at + (<usize>t << 2), <f32>divisor)
  }
}

/** Rows walked: the height and both passes' lags, rounded up to whole blocks. */
export function rowSteps(): i32 {
  return ceil(height + 2 * lagY, BLOCK)
}

/** Lays memory out for a picture; false when there is not enough of it. */
export function lay(w: i32, h: i32, c: i32): bool {
  width = w
  height = h
  channels = c
  windowX = window(w)
  windowY = window(h)
  lagX = lag(windowX)
  lagY = lag(windowY)
  columns = ceil(w + 2 * lagX, 4)
  stride = min(columns, max(128, ceil(8 * windowX, 4)))
  // Before the first row stand a window's rows of zeros, which a low picture must not overwrite.
  ringRows = min(ceil(windowY, BLOCK) + BLOCK, ceil(h + windowY, BLOCK))
  const ringSize = <u64>columns * <u64>(ringRows + BLOCK) * 4
  const stagingSize = <u64>w * <u64>c * <u64>BLOCK + 64
  const strip = <u64>(windowX + stride) * COLUMN
  let at: u64 = (<u64>__heap_base + 63) & ~63
  staging = <usize>at
  at = (at + stagingSize + 63) & ~63
  luma = <usize>at
  at += strip
  smooth = <usize>at
  at += strip
  sums = <usize>at
  at += <u64>stride * COLUMN
  divisorsX = <usize>at
  at += <u64>columns * 4
  divisorsY = <usize>at
  at += <u64>rowSteps() * 4
  at = (at + 63) & ~63
  const cleared = <usize>at
  columnSums = cleared
  at += <u64>columns * 4
  sampleRing = <usize>at
  at += <u64>ringRows * 256
  at = (at + 63) & ~63
  ring = <usize>at
  at += ringSize + 64
  if (!reserve(at)) return false
  memory.fill(cleared, 0, <usize>at - cleared)
  memory.fill(SAMPLE_SUMS, 0, 256)
  divisors(divisorsX, columns, w, windowX, lagX)
  divisors(divisorsY, rowSteps(), h, windowY, lagY)
  return true
}

function reserve(bytes: u64): bool {
  const pages = <i32>((bytes + 0xffff) >> 16)
  const missing = pages - memory.size()
  return missing <= 0 || memory.grow(missing) >= 0
}
