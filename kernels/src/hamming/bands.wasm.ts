/** Bands: the postings of a segment, sorted by bucket; one counting sort a band, in steps that a host can spread over time. */
import { BUCKETS, OFFSETS_STRIDE, hashes, ids, idsStride, offsets, siblings, siblingsStride } from './place.wasm'

@inline function offsetsOf(band: u32): usize {
  return offsets + usize(band) * OFFSETS_STRIDE
}

/** First: how many of the entries from..until fall into each bucket. */
export function countBand(band: u32, from: u32, until: u32): void {
  const base = offsetsOf(band)
  if (from == 0) memory.fill(base, 0, OFFSETS_STRIDE)
  const end = hashes + (usize(until) << 5)
  for (let at = hashes + (usize(from) << 5) + (usize(band) << 1); at < end; at += 32) {
    const slot = base + (usize(load<u16>(at)) << 2)
    store<u32>(slot, load<u32>(slot) + 1)
  }
}

/** Second: where each bucket begins. */
export function openBuckets(band: u32): void {
  const base = offsetsOf(band)
  let sum: u32 = 0
  for (let key: u32 = 0; key <= BUCKETS; key++) {
    const slot = base + (usize(key) << 2)
    const count = load<u32>(slot)
    store<u32>(slot, sum)
    sum += count
  }
}

/** Third: the entries from..until go to their buckets, whose beginnings move along. */
export function fillBand(band: u32, from: u32, until: u32): void {
  const base = offsetsOf(band)
  const idsBase = ids + usize(band) * idsStride
  const siblingsBase = siblings + usize(band) * siblingsStride
  for (let entry = from; entry < until; entry++) {
    const hash = hashes + (usize(entry) << 5)
    const slot = base + (usize(load<u16>(hash + (usize(band) << 1))) << 2)
    const place = load<u32>(slot)
    store<u32>(slot, place + 1)
    store<u32>(idsBase + (usize(place) << 2), entry)
    store<u16>(siblingsBase + (usize(place) << 1), load<u16>(hash + (usize(band ^ 1) << 1)))
  }
}

/** Last: each bucket's end has become the next one's beginning. */
export function closeBuckets(band: u32): void {
  const base = offsetsOf(band)
  memory.copy(base + 4, base, usize(BUCKETS) << 2)
  store<u32>(base, 0)
}

/** True when every posting of the band names one of `count` entries and the buckets follow one another. */
export function bandIsSound(band: u32, count: u32): bool {
  const base = offsetsOf(band)
  let before: u32 = 0
  for (let key: u32 = 0; key <= BUCKETS; key++) {
    const begins = load<u32>(base + (usize(key) << 2))
    if (begins < before) return false
    before = begins
  }
  if (before != count || load<u32>(base) != 0) return false
  const idsBase = ids + usize(band) * idsStride
  let greatest = i32x4.splat(0)
  const last = idsBase + (usize(count & ~3) << 2)
  for (let at = idsBase; at < last; at += 16) greatest = i32x4.max_u(greatest, v128.load(at))
  for (let place = count & ~3; place < count; place++) {
    greatest = i32x4.max_u(greatest, i32x4.splat(load<i32>(idsBase + (usize(place) << 2))))
  }
  return i32x4.all_true(i32x4.lt_u(greatest, i32x4.splat(i32(count))))
}
