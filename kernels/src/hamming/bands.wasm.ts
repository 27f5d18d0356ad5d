/**
 * Bands: the postings of a segment, sorted by bucket. A counting sort straight to 65 536 places would miss the caches at
 * every posting, so entries go to 256 parts by their key's high byte first, and each part, small enough for the cache,
 * is then sorted by the low byte. All in steps that a host can spread over time.
 */
import {
  BANDS, BUCKETS, OFFSETS_STRIDE, entries, hashes, ids, idsStride, offsets, siblings, siblingsStride,
} from './place.wasm'

/** Postings of a part that are sorted in the cache; a larger part, of very uneven entries, is filled posting by posting. */
const PART_MAX: u32 = 131_072

/** Where the next posting of each part, or of each bucket, goes. */
let cursors: usize
let partIds: usize
let partSiblings: usize
/** The low byte of each posting's key, as long as the parts are not sorted. */
let lows: usize
let hasLarge: bool

/** Places what building needs beside the segment: 1 048 576 bytes and one for each entry. */
export function placeWork(at: usize): void {
  cursors = at
  partIds = cursors + 262_144
  partSiblings = partIds + (usize(PART_MAX) << 2)
  lows = partSiblings + (usize(PART_MAX) << 1)
}

@inline function offsetsOf(band: u32): usize {
  return offsets + usize(band) * OFFSETS_STRIDE
}

@inline function bump(slot: usize): u32 {
  const place = load<u32>(slot)
  store<u32>(slot, place + 1)
  return place
}

/** First: how many of the entries from..until fall into each bucket. */
export function countBand(band: u32, from: u32, until: u32): void {
  const base = offsetsOf(band)
  if (from == 0) memory.fill(base, 0, OFFSETS_STRIDE)
  const end = hashes + (usize(until) << 5)
  for (let at = hashes + (usize(from) << 5) + (usize(band) << 1); at < end; at += 32) {
    bump(base + (usize(load<u16>(at)) << 2))
  }
}

/** Second: where each bucket and each part begins. */
export function openBuckets(band: u32): void {
  const base = offsetsOf(band)
  let sum: u32 = 0
  for (let key: u32 = 0; key <= BUCKETS; key++) {
    const slot = base + (usize(key) << 2)
    const count = load<u32>(slot)
    store<u32>(slot, sum)
    sum += count
  }
  for (let part: u32 = 0; part < 256; part++) {
    store<u32>(cursors + (usize(part) << 2), load<u32>(base + (usize(part) << 10)))
  }
}

/** Third: the entries from..until go to their parts. */
export function partBand(band: u32, from: u32, until: u32): void {
  const idsBase = ids + usize(band) * idsStride
  const siblingsBase = siblings + usize(band) * siblingsStride
  const siblingAt = usize(band ^ 1) << 1
  const keyAt = usize(band) << 1
  let hash = hashes + (usize(from) << 5)
  for (let entry = from; entry < until; entry++) {
    const key = u32(load<u16>(hash + keyAt))
    const place = bump(cursors + (usize(key >> 8) << 2))
    store<u32>(idsBase + (usize(place) << 2), entry)
    store<u16>(siblingsBase + (usize(place) << 1), load<u16>(hash + siblingAt))
    store<u8>(lows + place, u8(key))
    hash += 32
  }
}

/** Fourth: the parts from..until are sorted; true as soon as any of this band was too large for it. */
export function sortParts(band: u32, from: u32, until: u32): bool {
  if (from == 0) hasLarge = false
  const base = offsetsOf(band)
  for (let part = from; part < until; part++) {
    const begin = load<u32>(base + (usize(part) << 10))
    const count = load<u32>(base + (usize(part + 1) << 10)) - begin
    if (count > PART_MAX) hasLarge = true
    else sortPart(band, part, begin, count)
  }
  return hasLarge
}

function sortPart(band: u32, part: u32, begin: u32, count: u32): void {
  const idsBase = ids + usize(band) * idsStride
  const siblingsBase = siblings + usize(band) * siblingsStride
  memory.copy(cursors, offsetsOf(band) + (usize(part) << 10), 1_024)
  memory.copy(partIds, idsBase + (usize(begin) << 2), usize(count) << 2)
  memory.copy(partSiblings, siblingsBase + (usize(begin) << 1), usize(count) << 1)
  for (let i: u32 = 0; i < count; i++) {
    const place = bump(cursors + (usize(load<u8>(lows + begin + i)) << 2))
    store<u32>(idsBase + (usize(place) << 2), load<u32>(partIds + (usize(i) << 2)))
    store<u16>(siblingsBase + (usize(place) << 1), load<u16>(partSiblings + (usize(i) << 1)))
  }
}

/** Last, where parts were too large: their entries among from..until go to their buckets one by one. */
export function fillLarge(band: u32, from: u32, until: u32): void {
  const base = offsetsOf(band)
  if (from == 0) memory.copy(cursors, base, usize(BUCKETS) << 2)
  const idsBase = ids + usize(band) * idsStride
  const siblingsBase = siblings + usize(band) * siblingsStride
  for (let entry = from; entry < until; entry++) {
    const hash = hashes + (usize(entry) << 5)
    const key = u32(load<u16>(hash + (usize(band) << 1)))
    const part = base + (usize(key >> 8) << 10)
    if (load<u32>(part, 1_024) - load<u32>(part) <= PART_MAX) continue
    const place = bump(cursors + (usize(key) << 2))
    store<u32>(idsBase + (usize(place) << 2), entry)
    store<u16>(siblingsBase + (usize(place) << 1), load<u16>(hash + (usize(band ^ 1) << 1)))
  }
}

/**
 * Fills bands from the last on, as long as they are free, in one go, for a thread that has nothing else to do.
 * `claims` are a number a band, as in `second.ts`: 0 free, 1 taken, 2 filled.
 */
export function fillFromLast(claims: usize): void {
  for (let band = BANDS; band-- > 0; ) {
    const claim = claims + (usize(band) << 2)
    if (atomic.cmpxchg<u32>(claim, 0, 1) != 0) continue
    countBand(band, 0, entries)
    openBuckets(band)
    partBand(band, 0, entries)
    if (sortParts(band, 0, 256)) fillLarge(band, 0, entries)
    atomic.store<u32>(claim, 2)
  }
}

/** True when the band's buckets follow one another, from the first of `count` postings to the last. */
export function bucketsAreSound(band: u32, count: u32): bool {
  const base = offsetsOf(band)
  let before: u32 = 0
  for (let key: u32 = 0; key <= BUCKETS; key++) {
    const begins = load<u32>(base + (usize(key) << 2))
    if (begins < before) return false
    before = begins
  }
  return before == count && load<u32>(base) == 0
}

/** True when every posting among these bytes, which are whole lines, names one of `count` entries. */
export function idsAreSound(from: usize, size: usize, count: u32): bool {
  let greatest = i32x4.splat(0)
  const end = from + size
  for (let at = from; at < end; at += 16) greatest = i32x4.max_u(greatest, v128.load(at))
  return i32x4.all_true(i32x4.lt_u(greatest, i32x4.splat(i32(count))))
}
