/** PDQ: takes a picture in blocks of rows and leaves its hashes in memory. */
import { beginColumns, beginPlane, sampleColumns, sampleRows } from './decimate.wasm'
import { dct, prepareCosines } from './dct.wasm'
import { dihedral } from './dihedral.wasm'
import { beginRows, columnPass, keepWindow, rowPass, sampleSums } from './jarosz.wasm'
import {
  BLOCK, COEFFICIENTS, COLUMN, COSINES, HASHES, PLANE, channels, columns, height, lay, luma, ringRows,
  rowSteps, staging, stride, width,
} from './layout.wasm'
import { luminance } from './luminance.wasm'
import { quality } from './quality.wasm'
import { storeRows } from './transpose.wasm'

/** The row steps done so far. */
let done: i32 = 0

/** Where the host writes the 1 024 cosines, before `prepareCosines`. */
export function cosines(): usize {
  return COSINES
}

/** The 64 x 64 plane, for tests of a stage alone. */
export function plane(): usize {
  return PLANE
}

/** The 256 coefficients, for tests of a stage alone. */
export function coefficients(): usize {
  return COEFFICIENTS
}

/** Where `finish` leaves the eight hashes. */
export function hashes(): usize {
  return HASHES
}

export { prepareCosines, quality, dct, dihedral }

/** Begins a picture of at least 5 x 5; the address for its rows, or 0 when memory is short. */
export function begin(w: i32, h: i32, c: i32): usize {
  done = 0
  if (!lay(w, h, c)) return 0
  beginPlane()
  return staging
}

/** Takes the next `rows` rows (8, or fewer at the end) that the host has put into the staging place. */
export function take(rows: i32): void {
  const pitch = <usize>width * channels
  if (rows < BLOCK) memory.fill(staging + <usize>rows * pitch, 0, <usize>(BLOCK - rows) * pitch)
  if (width == 64 && height == 64) keepLuminance()
  else blur()
  done += BLOCK
}

/** A picture of 64 x 64 is its own plane. */
function keepLuminance(): void {
  luminance(0, 64)
  for (let x: usize = 0; x < 64; x += 4) {
    const at = luma + COLUMN + x * COLUMN
    const out = PLANE + (<usize>done << 8) + (x << 2)
    storeRows(out, v128.load(at), v128.load(at, 32), v128.load(at, 64), v128.load(at, 96), 256)
    storeRows(
      out + 1024, v128.load(at, 16), v128.load(at, 48), v128.load(at, 80), v128.load(at, 112), 256)
  }
}

/** Fused: what one pass leaves in the nearest cache the next takes up. */
function blur(): void {
  const row = done % ringRows
  beginRows()
  beginColumns()
  for (let from = 0; from < columns; from += stride) {
    const count = min(stride, columns - from)
    luminance(from, count)
    rowPass(from, count, row)
    columnPass(from, count, done, row)
    sampleColumns(from, count)
    keepWindow(count)
  }
  sampleSums(row)
  sampleRows(done)
}

/** Ends the picture: its quality; the eight hashes lie at `hashes`. */
export function finish(): i32 {
  if (width != 64 || height != 64) while (done < rowSteps()) take(0)
  dct()
  dihedral()
  return quality()
}
