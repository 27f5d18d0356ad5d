/** Survivors: postings that passed the sibling test, until their full distances are known. */
import { bandMax, distanceMax, pairMax } from './chain.wasm'
import { offer } from './found.wasm'
import {
  dead, hashes, ids, idsStride, payloads, queries, siblings, siblingsStride, survivors,
} from './place.wasm'

const SURVIVORS_MAX: u32 = 8_192

let survived: u32 = 0

/** Notes where the ids of the postings are whose bit of `hits` is set; those past the bucket's end belong to another. */
export function keep(hits: i32, posting: usize, end: usize, tag: u32): void {
  const base = siblings + usize(tag >> 16) * siblingsStride
  const idsBase = ids + usize(tag >> 16) * idsStride
  while (hits != 0) {
    const lane = posting + (usize(ctz(hits)) << 1)
    hits &= hits - 1
    if (lane >= end) break
    const at = survivors + (usize(survived) << 3)
    store<u32>(at, u32(idsBase + ((lane - base) << 1)))
    store<u32>(at, tag, 4)
    survived++
  }
  if (survived > SURVIVORS_MAX - 16) verify()
}

/** Full distances of the survivors: ids first, then hashes, of which half the bits nearly always decide. */
export function verify(): void {
  const last = survivors + (usize(survived) << 3)
  for (let at = survivors; at < last; at += 8) store<u32>(at, load<u32>(load<u32>(at)))
  for (let at = survivors; at < last; at += 8) {
    const entry = load<u32>(at)
    const hash = hashes + (usize(entry) << 5)
    const query = queries + (usize(load<u16>(at, 4)) << 5)
    const half = i64.popcnt(load<u64>(hash) ^ load<u64>(query)) + i64.popcnt(load<u64>(hash, 8) ^ load<u64>(query, 8))
    if (u32(half) <= distanceMax) offerFirst(entry, load<u32>(at, 4))
  }
  survived = 0
}

/** An entry within reach is often met by several bands: only the first that leads to it offers it. */
function offerFirst(entry: u32, tag: u32): void {
  const hash = hashes + (usize(entry) << 5)
  const query = queries + (usize(tag & 0xffff) << 5)
  const low = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(v128.xor(v128.load(hash), v128.load(query))))
  const high = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(v128.xor(v128.load(hash, 16), v128.load(query, 16))))
  const ways = waysAmong(low) | (waysAmong(high) << 8)
  if (u32(ctz(ways)) != tag >> 16) return
  const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.add(low, high))
  const distance = u32(i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1)
    + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3))
  if (distance > distanceMax) return
  if (((load<u8>(dead + (entry >> 3)) >> u8(entry & 7)) & 1) != 0) return
  offer(tag & 0xffff, distance, load<u32>(payloads + (usize(entry) << 2)))
}

/** Of eight bands' distances, a bit for each that is within the chain, its pair too. */
@inline function waysAmong(bandDistances: v128): i32 {
  const pairDistances = i32x4.extadd_pairwise_i16x8_u(bandDistances)
  const both = v128.or(pairDistances, i32x4.shl(pairDistances, 16))
  const near = v128.and(
    i16x8.le_u(bandDistances, i16x8.splat(i16(bandMax))),
    i16x8.le_u(both, i16x8.splat(i16(pairMax))),
  )
  return i16x8.bitmask(near)
}
