/** Quality: how much the plane changes from neighbour to neighbour, 0 to 100. */
import { PLANE } from './layout.wasm'

@inline
function change(a: v128, b: v128): v128 {
  const percent = f32x4.div(f32x4.mul(f32x4.sub(a, b), f32x4.splat(100)), f32x4.splat(255))
  return i32x4.abs(i32x4.trunc_sat_f32x4_s(percent))
}

export function quality(): i32 {
  let total = i32x4.splat(0)
  for (let at: usize = 0; at < 63 * 256; at += 16) {
    total = i32x4.add(total, change(v128.load(PLANE + at), v128.load(PLANE + at, 256)))
  }
  const all = i32x4.splat(-1)
  const three = i32x4(-1, -1, -1, 0)
  for (let at: usize = 0; at < 64 * 256; at += 16) {
    const inside = (at & 255) == 240 ? three : all
    total = i32x4.add(total, v128.and(inside, change(v128.load(PLANE + at), v128.load(PLANE + at, 4))))
  }
  const low = i32x4.extract_lane(total, 0) + i32x4.extract_lane(total, 1)
  const gradient = low + i32x4.extract_lane(total, 2) + i32x4.extract_lane(total, 3)
  return min(100, gradient / 90)
}
