/** Search: many queries against one segment, by the chain where it is quick, by a scan where that is quicker. */
import { probes, setChain } from './chain.wasm'
import { closeFound, gather, gathered, offer, openFound, openGathering, sortGathered } from './found.wasm'
import { BANDS, counts, entries, heavy, offsets } from './place.wasm'
import { finishProbes, probe, warmBand } from './probe.wasm'
import { scanAll } from './scan.wasm'

const ANSWERS_MAX: u32 = 131_072
/** Scanning an entry costs about as much as a tenth of looking into a bucket. */
const SCAN_ENTRIES_PER_PROBE: u32 = 10

/** Answers the first queries, as many as there is room for, at least one; returns how many. */
export function search(count: u32, distanceMax: u32, limit: u32): u32 {
  setChain(distanceMax)
  const chained = offsets != 0 && entries > probes * BANDS * SCAN_ENTRIES_PER_PROBE
  const together = chained && count > 1 && searchTogether(count)
  let total: u32 = 0
  let done: u32 = 0
  while (done < count && total + limit <= ANSWERS_MAX) {
    openFound(limit)
    if (together && load<u8>(heavy + done) == 0) gather(done)
    else if (!chained || !searchAlone(done)) {
      openFound(limit)
      scanAll(done, distanceMax)
    }
    const found = closeFound(total)
    store<u32>(counts + (usize(done) << 2), found)
    total += found & 0x7fff_ffff
    done++
  }
  return done
}

/** All queries a band at a time, so that the band stays in the caches; false when more is found than there is room for. */
function searchTogether(count: u32): bool {
  openGathering()
  memory.fill(heavy, 0, count)
  for (let band: u32 = 0; band < BANDS; band++) {
    warmBand(band, count)
    for (let query: u32 = 0; query < count; query++) {
      if (load<u8>(heavy + query) == 0 && probe(query, band) > entries / 32) store<u8>(heavy + query, 1)
    }
    finishProbes()
    if (!gathered()) return false
  }
  sortGathered(count)
  return true
}

/** One query, all bands at once; false when its buckets are so full that a scan is quicker. */
function searchAlone(query: u32): bool {
  let postings: u64 = 0
  for (let band: u32 = 0; band < BANDS; band++) {
    postings += probe(query, band)
    if (postings > entries / 2) {
      finishProbes()
      return false
    }
  }
  finishProbes()
  return true
}
