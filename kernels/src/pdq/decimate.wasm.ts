/** Decimate: of the blurred picture only the 64 x 64 samples are ever divided out. */
import {
  BLOCK, COLUMN, PLANE, SAMPLE_TRACE, SAMPLED, count, height, lagX, lagY, sums, width, windowX, windowY,
} from './layout.wasm'

/** The next sampled column and row still to come. */
let nextColumn: i32 = 0
let nextRow: i32 = 0

/** The place of sample `i` on a line of `size`. */
@inline
function place(i: i32, size: i32): i32 {
  return <i32>(((<f64>i + 0.5) * <f64>size) / 64)
}

export function beginPlane(): void {
  nextRow = 0
}

export function beginColumns(): void {
  nextColumn = 0
}

/** Divides out the sampled columns among `from` to `from + count` of the second row pass. */
export function sampleColumns(from: i32, columns: i32): void {
  while (nextColumn < 64) {
    const at = place(nextColumn, width)
    const offset = at + 2 * lagX - from
    if (offset >= columns) return
    const divisor = f32x4.splat(<f32>count(at, width, windowX, lagX))
    const sum = sums + <usize>offset * COLUMN
    const out = SAMPLED + <usize>nextColumn * COLUMN
    v128.store(out, f32x4.div(v128.load(sum), divisor))
    v128.store(out, f32x4.div(v128.load(sum, 16), divisor), 16)
    nextColumn++
  }
}

/** Divides out the sampled rows among the block's, whose first row step is `step`. */
export function sampleRows(step: i32): void {
  while (nextRow < 64) {
    const at = place(nextRow, height)
    const offset = at + 2 * lagY - step
    if (offset >= BLOCK) return
    const divisor = f32x4.splat(<f32>count(at, height, windowY, lagY))
    const sum = SAMPLE_TRACE + (<usize>offset << 8)
    const out = PLANE + (<usize>nextRow << 8)
    for (let j: usize = 0; j < 256; j += 16) v128.store(out + j, f32x4.div(v128.load(sum + j), divisor))
    nextRow++
  }
}
