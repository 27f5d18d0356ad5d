/**
 * Probe: the chain of pigeonholes. An entry within distance d has a pair of bands within ⌊d/8⌋ and in it a band within
 * ⌊d/16⌋, so the buckets at most ⌊d/16⌋ bits away hold it, beside a sibling that keeps the pair within ⌊d/8⌋.
 *
 * Memory latency rules, so each step is a loop whose loads do not wait for one another: all bucket ranges of a block,
 * then a touch of every cache line of every bucket, then the sibling tests, then the entries' ids, then the distances.
 */
import { offer } from './found.wasm'
import {
  OFFSETS_STRIDE, blocks, dead, entries, hashes, ids, idsStride, masks, offsets, payloads, queries, ranges, siblings,
  siblingsStride, survivors,
} from './place.wasm'

export const SURVIVORS_MAX: u32 = 8_192
/** Ranges held at once: sixteen bands at radius 1, one band at radius 3. */
const RANGES_MAX: u32 = 704

let distanceMax: u32
let bandMax: u32
let pairMax: u32
/** Buckets to look into per band. */
export let probes: u32
/** A block is some (query, band) couples, each a u32: the query's number, and the band above bit 16. */
export let couplesMax: u32
let couples: u32
let survived: u32
/** Keeps the touching loads alive. */
let touched: u32

export function setChain(distanceMaxGiven: u32): void {
  distanceMax = distanceMaxGiven
  bandMax = distanceMaxGiven >> 4
  pairMax = distanceMaxGiven >> 3
  probes = probesWithin(bandMax)
  couplesMax = RANGES_MAX / probes
  if (couplesMax > 16) couplesMax = 16
  couples = 0
  survived = 0
}

/** How many 16-bit keys lie within so many bits. */
function probesWithin(bits: u32): u32 {
  return bits == 0 ? 1 : bits == 1 ? 17 : bits == 2 ? 137 : 697
}

/** Adds a couple to the block, whose buckets are looked into once it is full; returns how many postings they hold. */
export function probe(query: u32, band: u32): u32 {
  store<u32>(blocks + (usize(couples) << 2), query | (band << 16))
  const postings = findRanges(query, band)
  couples++
  if (couples == couplesMax) flushBlock()
  return postings
}

/** Finishes whatever was added: afterwards every entry found has been offered. */
export function finishProbes(): void {
  flushBlock()
  verify()
}

function flushBlock(): void {
  touchBlock()
  testBlock()
  couples = 0
}

@inline function keyOf(query: u32, band: u32): u32 {
  return u32(load<u16>(queries + (usize(query) << 5) + (usize(band) << 1)))
}

/** Start and end of each bucket in one load, without a branch. */
function findRanges(query: u32, band: u32): u32 {
  const key = keyOf(query, band)
  const base = offsets + usize(band) * OFFSETS_STRIDE
  const last = masks + (usize(probes) << 1)
  let out = ranges + (usize(couples * probes) << 3)
  let postings: u32 = 0
  for (let mask = masks; mask < last; mask += 2) {
    const range = load<u64>(base + (usize(key ^ u32(load<u16>(mask))) << 2))
    store<u64>(out, range)
    postings += u32(range >> 32) - u32(range)
    out += 8
  }
  return postings
}

function touchBlock(): void {
  let sum: u32 = 0
  let at = ranges
  for (let couple: u32 = 0; couple < couples; couple++) {
    const band = load<u32>(blocks + (usize(couple) << 2)) >> 16
    const base = siblings + usize(band) * siblingsStride
    const last = at + (usize(probes) << 3)
    for (; at < last; at += 8) {
      const first = base + (usize(load<u32>(at)) << 1)
      const final = base + (usize(load<u32>(at, 4)) << 1) - 1
      sum += u32(load<u8>(first)) + u32(load<u8>(final))
      for (let line = first + 64; line < final; line += 64) sum += u32(load<u8>(line))
    }
  }
  touched = sum
}

function testBlock(): void {
  let at = ranges
  for (let couple: u32 = 0; couple < couples; couple++) {
    const tag = load<u32>(blocks + (usize(couple) << 2))
    let done: u32 = 0
    for (let weight: u32 = 0; weight <= bandMax; weight++) {
      const upTo = probesWithin(weight)
      const last = at + (usize(upTo - done) << 3)
      sweep(at, last, tag, pairMax - weight)
      at = last
      done = upTo
    }
  }
}

function sweep(from: usize, until: usize, tag: u32, bitsMax: u32): void {
  if (entries > 500_000) {
    if (bitsMax == 2) sweepWith(from, until, tag, 2, true)
    else if (bitsMax == 3) sweepWith(from, until, tag, 3, true)
    else sweepWith(from, until, tag, bitsMax, true)
  } else {
    if (bitsMax == 2) sweepWith(from, until, tag, 2, false)
    else if (bitsMax == 3) sweepWith(from, until, tag, 3, false)
    else sweepWith(from, until, tag, bitsMax, false)
  }
}

/** Clears the lowest set bit of each lane `times` times, at most seven. */
@inline function cleared(lanes: v128, times: u32): v128 {
  const ones = i16x8.splat(-1)
  if (times > 0) lanes = v128.and(lanes, i16x8.add(lanes, ones))
  if (times > 1) lanes = v128.and(lanes, i16x8.add(lanes, ones))
  if (times > 2) lanes = v128.and(lanes, i16x8.add(lanes, ones))
  if (times > 3) lanes = v128.and(lanes, i16x8.add(lanes, ones))
  if (times > 4) lanes = v128.and(lanes, i16x8.add(lanes, ones))
  if (times > 5) lanes = v128.and(lanes, i16x8.add(lanes, ones))
  if (times > 6) lanes = v128.and(lanes, i16x8.add(lanes, ones))
  return lanes
}

/**
 * Keeps the postings of the ranges whose sibling differs from the query's by at most `bitsMax` bits. A window of lanes is
 * wide enough for nearly every bucket, so that the branch after the first is well foretold.
 */
@inline function sweepWith(from: usize, until: usize, tag: u32, bitsMax: u32, wide: bool): void {
  const sibling = i16x8.splat(i16(keyOf(tag & 0xffff, (tag >> 16) ^ 1)))
  const base = siblings + usize(tag >> 16) * siblingsStride
  for (let at = from; at < until; at += 8) {
    let posting = base + (usize(load<u32>(at)) << 1)
    const end = base + (usize(load<u32>(at, 4)) << 1)
    do {
      const first = cleared(v128.xor(v128.load(posting), sibling), bitsMax)
      const second = cleared(v128.xor(v128.load(posting, 16), sibling), bitsMax)
      if (wide) {
        const third = cleared(v128.xor(v128.load(posting, 32), sibling), bitsMax)
        const fourth = cleared(v128.xor(v128.load(posting, 48), sibling), bitsMax)
        if (!i16x8.all_true(i16x8.min_u(i16x8.min_u(first, second), i16x8.min_u(third, fourth)))) {
          keep(first, second, posting, end, tag)
          keep(third, fourth, posting + 32, end, tag)
        }
        posting += 64
      } else {
        if (!i16x8.all_true(i16x8.min_u(first, second))) keep(first, second, posting, end, tag)
        posting += 32
      }
    } while (posting < end)
  }
}

/** Notes where the ids of the postings are whose lanes are zero; lanes past the bucket's end belong to another. */
function keep(first: v128, second: v128, posting: usize, end: usize, tag: u32): void {
  const zero = i16x8.splat(0)
  let hits = i16x8.bitmask(i16x8.eq(first, zero)) | (i16x8.bitmask(i16x8.eq(second, zero)) << 8)
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
function verify(): void {
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
  const distance = u32(i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3))
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
