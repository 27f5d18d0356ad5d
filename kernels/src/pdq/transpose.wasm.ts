/** Transpose: four vectors turned so that lanes become rows and rows lanes. */

/** Stores the transpose of (a, b, c, d) at `at`, its four vectors `pitch` bytes apart. */
@inline
export function storeTransposed(at: usize, a: v128, b: v128, c: v128, d: v128, pitch: usize): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(at, v128.shuffle<i64>(ab, cd, 0, 2))
  v128.store(at + pitch, v128.shuffle<i64>(ab, cd, 1, 3))
  v128.store(at + 2 * pitch, v128.shuffle<i64>(ef, gh, 0, 2))
  v128.store(at + 3 * pitch, v128.shuffle<i64>(ef, gh, 1, 3))
}
