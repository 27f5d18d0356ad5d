/** Removal: finds the entries of one hash and payload and marks them dead; their postings stay until a merge. */
import { BANDS, OFFSETS_STRIDE, dead, entries, hashes, ids, idsStride, offsets, payloads, queries } from './place.wasm'

/** Marks every live entry with the first query's hash and this payload; returns how many. */
export function removeEqual(payload: u32): u32 {
  let removed: u32 = 0
  if (offsets == 0) {
    for (let entry: u32 = 0; entry < entries; entry++) removed += removeIfEqual(entry, payload)
    return removed
  }
  const band = emptiestBand()
  const slot = slotOf(band)
  const last = ids + usize(band) * idsStride + (usize(load<u32>(slot, 4)) << 2)
  for (let at = ids + usize(band) * idsStride + (usize(load<u32>(slot)) << 2); at < last; at += 4) {
    removed += removeIfEqual(load<u32>(at), payload)
  }
  return removed
}

@inline function slotOf(band: u32): usize {
  return offsets + usize(band) * OFFSETS_STRIDE + (usize(load<u16>(queries + (usize(band) << 1))) << 2)
}

/** The band whose bucket for the first query holds the fewest postings: an equal hash is in all of them. */
function emptiestBand(): u32 {
  let best: u32 = 0
  let fewest: u32 = u32.MAX_VALUE
  for (let band: u32 = 0; band < BANDS; band++) {
    const slot = slotOf(band)
    const count = load<u32>(slot, 4) - load<u32>(slot)
    if (count < fewest) {
      fewest = count
      best = band
    }
  }
  return best
}

function removeIfEqual(entry: u32, payload: u32): u32 {
  if (load<u32>(payloads + (usize(entry) << 2)) != payload) return 0
  const hash = hashes + (usize(entry) << 5)
  const low = v128.xor(v128.load(hash), v128.load(queries))
  const high = v128.xor(v128.load(hash, 16), v128.load(queries, 16))
  if (v128.any_true(v128.or(low, high))) return 0
  const bit = u32(1) << (entry & 31)
  return (atomic.or<u32>(dead + (usize(entry >> 5) << 2), bit) & bit) == 0 ? 1 : 0
}
