/**
 * Place: where a segment's arrays and a searcher's scratch lie in the memory that the host gave.
 *
 * The module holds no data and no heap, so that several threads can run it on one shared memory: the host says every
 * address, once, through `placeSegment` and `placeScratch`; the globals below belong to one instance, the bytes to all.
 */

export let entries: u32
/** n × 32 bytes. */
export let hashes: usize
/** n × u32. */
export let payloads: usize
/** One bit an entry, set when it was removed. */
export let dead: usize
/** 16 × 65 537 × u32: where each bucket of a band begins; 0 when the segment has no bands. */
export let offsets: usize
/** 16 × n × u32: the entry of each posting. */
export let ids: usize
/** 16 × n × u16: beside each posting, the 16 bits of the band's sibling. */
export let siblings: usize

export const BANDS: u32 = 16
export const BUCKETS: u32 = 65_536
/** From one band's offsets to the next: 65 537 of four bytes, rounded up to a cache line. */
export const OFFSETS_STRIDE: u32 = 262_208

export let idsStride: u32
export let siblingsStride: u32

/** A searcher's scratch, in the order in which it lies; see the sizes in `placeScratch`. */
export let queries: usize
export let masks: usize
export let blocks: usize
export let ranges: usize
export let survivors: usize
export let heavy: usize
export let findsStarts: usize
export let counts: usize
export let keys: usize
export let answers: usize
export let finds: usize

export function placeSegment(
  entryCount: u32, hashesAt: usize, payloadsAt: usize, deadAt: usize,
  offsetsAt: usize, idsAt: usize, idsStep: u32, siblingsAt: usize, siblingsStep: u32,
): void {
  entries = entryCount
  hashes = hashesAt
  payloads = payloadsAt
  dead = deadAt
  offsets = offsetsAt
  ids = idsAt
  idsStride = idsStep
  siblings = siblingsAt
  siblingsStride = siblingsStep
}

/** An index takes additions in its delta: how many entries there are may grow. */
export function placeEntries(count: u32): void {
  entries = count
}

/** Places a searcher's scratch: SCRATCH_BYTES of `layout.ts`. */
export function placeScratch(at: usize): void {
  queries = at
  /** u16 masks by weight. */
  masks = queries + 32_768
  blocks = masks + 1_408
  ranges = blocks + 64
  survivors = ranges + 5_632
  heavy = survivors + 65_536
  findsStarts = heavy + 1_024
  counts = findsStarts + 4_160
  keys = counts + 4_096
  answers = keys + 1_049_600
  finds = answers + 1_048_576
}
