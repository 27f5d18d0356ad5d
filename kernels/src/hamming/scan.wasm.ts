/** Scan: the distance to every entry, one after another; what every other way of searching must equal. */
import { offer } from './found.wasm'
import { dead, entries, hashes, payloads, queries } from './place.wasm'

/** Offers every live entry within `distanceMax` of the numbered query. */
export function scanAll(number: u32, distanceMax: u32): void {
  const query = queries + (usize(number) << 5)
  if (distanceMax <= 31) scanEarly(query, distanceMax)
  else scanWhole(query, distanceMax)
}

/** Near distances: half of the bits already tell, since random halves differ by some 64. */
function scanEarly(query: usize, distanceMax: u32): void {
  const q0 = load<u64>(query)
  const q1 = load<u64>(query, 8)
  const end = hashes + (usize(entries) << 5)
  for (let at = hashes; at < end; at += 32) {
    const half = i64.popcnt(load<u64>(at) ^ q0) + i64.popcnt(load<u64>(at, 8) ^ q1)
    if (u32(half) <= distanceMax) offerWithin(u32((at - hashes) >> 5), query, distanceMax)
  }
}

function scanWhole(query: usize, distanceMax: u32): void {
  const q0 = load<u64>(query)
  const q1 = load<u64>(query, 8)
  const q2 = load<u64>(query, 16)
  const q3 = load<u64>(query, 24)
  const end = hashes + (usize(entries) << 5)
  for (let at = hashes; at < end; at += 32) {
    const whole = i64.popcnt(load<u64>(at) ^ q0) + i64.popcnt(load<u64>(at, 8) ^ q1)
      + i64.popcnt(load<u64>(at, 16) ^ q2) + i64.popcnt(load<u64>(at, 24) ^ q3)
    if (u32(whole) <= distanceMax) offerWithin(u32((at - hashes) >> 5), query, distanceMax)
  }
}

function offerWithin(entry: u32, query: usize, distanceMax: u32): void {
  const distance = distanceTo(entry, query)
  if (distance <= distanceMax && !isDead(entry)) offer(0, distance, load<u32>(payloads + (usize(entry) << 2)))
}

@inline function distanceTo(entry: u32, query: usize): u32 {
  const at = hashes + (usize(entry) << 5)
  return u32(i64.popcnt(load<u64>(at) ^ load<u64>(query)) + i64.popcnt(load<u64>(at, 8) ^ load<u64>(query, 8))
    + i64.popcnt(load<u64>(at, 16) ^ load<u64>(query, 16)) + i64.popcnt(load<u64>(at, 24) ^ load<u64>(query, 24)))
}

@inline function isDead(entry: u32): bool {
  return ((load<u8>(dead + (entry >> 3)) >> u8(entry & 7)) & 1) != 0
}
