/** Transpose: four vectors turned so that lanes become rows and rows lanes. */

@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5)
}

@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7)
}

@inline
function firsts(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2)
}

@inline
function seconds(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 1, 3)
}

/** Stores the transpose of (a, b, c, d), its four vectors one after the other: a tile. */
@inline
export function storeTile(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(at, firsts(low(a, b), low(c, d)))
  v128.store(at, seconds(low(a, b), low(c, d)), 16)
  v128.store(at, firsts(high(a, b), high(c, d)), 32)
  v128.store(at, seconds(high(a, b), high(c, d)), 48)
}

/** Stores the transpose of (a, b, c, d), its four vectors 32 bytes apart: half of four columns. */
@inline
export function storeColumns(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(at, firsts(low(a, b), low(c, d)))
  v128.store(at, seconds(low(a, b), low(c, d)), 32)
  v128.store(at, firsts(high(a, b), high(c, d)), 64)
  v128.store(at, seconds(high(a, b), high(c, d)), 96)
}

/** Stores the transpose of (a, b, c, d), its four vectors `pitch` bytes apart. */
@inline
export function storeRows(at: usize, a: v128, b: v128, c: v128, d: v128, pitch: usize): void {
  v128.store(at, firsts(low(a, b), low(c, d)))
  v128.store(at + pitch, seconds(low(a, b), low(c, d)))
  v128.store(at + 2 * pitch, firsts(high(a, b), high(c, d)))
  v128.store(at + 3 * pitch, seconds(high(a, b), high(c, d)))
}
