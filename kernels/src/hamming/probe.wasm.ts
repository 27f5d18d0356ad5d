/**
 * Probe: the chain of pigeonholes. An entry within distance d has a pair of bands within ⌊d/8⌋ and in it a band within
 * ⌊d/16⌋, so the buckets at most ⌊d/16⌋ bits away hold it, beside a sibling that keeps the pair within ⌊d/8⌋.
 *
 * Memory latency rules, so each step is a loop whose loads do not wait for one another: all bucket ranges of a block,
 * then a touch of every cache line of every bucket, then the sibling tests, then the entries' ids, then the distances.
 */
import { bandMax, couplesMax, pairMax, probes, probesWithin } from './chain.wasm'
import { OFFSETS_STRIDE, blocks, entries, masks, offsets, queries, ranges, siblings, siblingsStride } from './place.wasm'
import { keep, verify } from './survivors.wasm'

/** Entries whose band of 2 bytes each is kept by the caches. */
const WARM_ENTRIES_MAX: u32 = 2_000_000

/** In the block, (query, band) couples, each a u32: the query's number, and the band above bit 16. */
let couples: u32
/** Keeps the touching loads alive. */
let touched: u32

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

/** Notes where the couple's buckets lie, without a branch; returns how many postings they hold. */
function findRanges(query: u32, band: u32): u32 {
  const key = keyOf(query, band)
  const slots = offsets + usize(band) * OFFSETS_STRIDE
  const base = u64(siblings + usize(band) * siblingsStride)
  const bases = base | (base << 32)
  const out = ranges + (usize(couples * probes) << 3)
  return probes == 17 ? findNear(out, slots, key, bases) : findAll(out, slots, key, bases)
}

/** Notes the addresses of a bucket's first posting and of its end, and returns their numbers, both in 64 bits. */
@inline function open(out: usize, slot: usize, bases: u64): u64 {
  const range = load<u64>(slot)
  store<u64>(out, (range << 1) + bases)
  return range
}

/** The key's own bucket and those one bit away: `findAll` unrolled, for the distances asked for most. */
function findNear(out: usize, slots: usize, key: u32, bases: u64): u32 {
  const slot = usize(key) << 2
  let sum = open(out, slots + slot, bases)
  sum += open(out + 8, slots + (slot ^ 4), bases)
  sum += open(out + 16, slots + (slot ^ 8), bases)
  sum += open(out + 24, slots + (slot ^ 16), bases)
  sum += open(out + 32, slots + (slot ^ 32), bases)
  sum += open(out + 40, slots + (slot ^ 64), bases)
  sum += open(out + 48, slots + (slot ^ 128), bases)
  sum += open(out + 56, slots + (slot ^ 256), bases)
  sum += open(out + 64, slots + (slot ^ 512), bases)
  sum += open(out + 72, slots + (slot ^ 1024), bases)
  sum += open(out + 80, slots + (slot ^ 2048), bases)
  sum += open(out + 88, slots + (slot ^ 4096), bases)
  sum += open(out + 96, slots + (slot ^ 8192), bases)
  sum += open(out + 104, slots + (slot ^ 16384), bases)
  sum += open(out + 112, slots + (slot ^ 32768), bases)
  sum += open(out + 120, slots + (slot ^ 65536), bases)
  sum += open(out + 128, slots + (slot ^ 131072), bases)
  return u32(sum >> 32) - u32(sum)
}

function findAll(out: usize, slots: usize, key: u32, bases: u64): u32 {
  const last = masks + (usize(probes) << 1)
  let postings: u32 = 0
  for (let mask = masks; mask < last; mask += 2) {
    const range = open(out, slots + (usize(key ^ u32(load<u16>(mask))) << 2), bases)
    postings += u32(range >> 32) - u32(range)
    out += 8
  }
  return postings
}

function touchBlock(): void {
  const last = ranges + (usize(couples * probes) << 3)
  let sum: u32 = 0
  if (probes == 17) for (let at = ranges; at < last; at += 136) sum += touchNear(at)
  else for (let at = ranges; at < last; at += 8) sum += touch(at)
  touched = sum
}

/** Loads the first and the last cache line of a bucket, and those between if there are any. */
@inline function touch(at: usize): u32 {
  const first = usize(load<u32>(at))
  const final = usize(load<u32>(at, 4)) - 1
  if (final > first + 64) touchBetween(first + 64, final)
  return u32(load<u8>(first)) + u32(load<u8>(final))
}

/**
 * Streams a band into the cache ahead of many queries that will touch most of its lines anyway: memory gives lines in a
 * row some three times as fast as lines at random. Of no use for a band that is larger than the cache.
 */
export function warmBand(band: u32, queryCount: u32): void {
  const first = siblings + usize(band) * siblingsStride
  const lines = entries >> 5
  if (entries > WARM_ENTRIES_MAX || queryCount * probes * 2 < lines) return
  touchBetween(first, first + (usize(entries) << 1))
}

function touchBetween(line: usize, final: usize): void {
  let sum: u32 = 0
  for (; line < final; line += 64) sum += u32(load<u8>(line))
  touched = sum
}

function touchNear(at: usize): u32 {
  let sum = touch(at)
  sum += touch(at + 8)
  sum += touch(at + 16)
  sum += touch(at + 24)
  sum += touch(at + 32)
  sum += touch(at + 40)
  sum += touch(at + 48)
  sum += touch(at + 56)
  sum += touch(at + 64)
  sum += touch(at + 72)
  sum += touch(at + 80)
  sum += touch(at + 88)
  sum += touch(at + 96)
  sum += touch(at + 104)
  sum += touch(at + 112)
  sum += touch(at + 120)
  sum += touch(at + 128)
  return sum
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

/** A bit for each of sixteen lanes that is zero. */
@inline function zeros(low: v128, high: v128): i32 {
  const zero = i16x8.splat(0)
  return i16x8.bitmask(i16x8.eq(low, zero)) | (i16x8.bitmask(i16x8.eq(high, zero)) << 8)
}

/**
 * Keeps the postings of the ranges whose sibling differs from the query's by at most `bitsMax` bits. A window of lanes is
 * wide enough for nearly every bucket, so that the branch after the first is well foretold.
 */
@inline function sweepWith(from: usize, until: usize, tag: u32, bitsMax: u32, wide: bool): void {
  const sibling = i16x8.splat(i16(keyOf(tag & 0xffff, (tag >> 16) ^ 1)))
  for (let at = from; at < until; at += 8) {
    let posting = usize(load<u32>(at))
    const end = usize(load<u32>(at, 4))
    do {
      const first = cleared(v128.xor(v128.load(posting), sibling), bitsMax)
      const second = cleared(v128.xor(v128.load(posting, 16), sibling), bitsMax)
      if (wide) {
        const third = cleared(v128.xor(v128.load(posting, 32), sibling), bitsMax)
        const fourth = cleared(v128.xor(v128.load(posting, 48), sibling), bitsMax)
        if (!i16x8.all_true(i16x8.min_u(i16x8.min_u(first, second), i16x8.min_u(third, fourth)))) {
          keep(zeros(first, second), posting, end, tag)
          keep(zeros(third, fourth), posting + 32, end, tag)
        }
        posting += 64
      } else {
        if (!i16x8.all_true(i16x8.min_u(first, second))) keep(zeros(first, second), posting, end, tag)
        posting += 32
      }
    } while (posting < end)
  }
}
