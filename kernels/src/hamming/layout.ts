/** Layout: where a segment's arrays lie in its memory. */
import { PAGE_BYTES } from './memory.ts'

export const HASH_BYTES = 32
export const BANDS = 16
/** From one band's bucket offsets to the next, as in `place.wasm.ts`. */
const OFFSETS_STRIDE = 262_208
/** Every array begins on a cache line. */
export const LINE_BYTES = 64

/** A searcher's scratch, as placed by `placeScratch` in `place.wasm.ts`, rounded up to pages. */
export const SCRATCH_BYTES = 58 * PAGE_BYTES
/** Places within a searcher's scratch. */
export const SCRATCH = { queries: 0, masks: 32_768, counts: 110_592, answers: 1_164_288 } as const
/** Queries that one call answers. */
export const QUERIES_MAX = 1_024
/** Threads that may attach to an index, one scratch each. */
export const ATTACHED_MAX = 64

/** Bytes that reads of whole windows may pass the last posting by. */
const WINDOW_BYTES = 128

/** Two u32 in front: how many entries there are, and how many of them are dead. */
export const COUNT_AT = 0
const SCRATCH_AT = LINE_BYTES

/** An array of a segment: where it begins, and how many bytes of it count once `count` entries are there. */
export interface Part {
  readonly at: number
  readonly sizeBytes: number
}

export interface Layout {
  /** Entries there is room for. */
  readonly capacity: number
  readonly banded: boolean
  readonly scratch: number
  readonly hashes: number
  readonly payloads: number
  readonly dead: number
  readonly offsets: number
  readonly ids: number
  readonly idsStride: number
  readonly siblings: number
  readonly siblingsStride: number
  readonly endBytes: number
}

export function toLines(bytes: number): number {
  return Math.ceil(bytes / LINE_BYTES) * LINE_BYTES
}

/** Lays out a segment. Without bands it is only ever scanned. */
export function layoutOf(capacity: number, banded: boolean): Layout {
  let at = SCRATCH_AT + SCRATCH_BYTES
  const take = (bytes: number): number => {
    const begin = at
    at += toLines(bytes)
    return begin
  }
  const idsStride = toLines(capacity * 4 + LINE_BYTES)
  const siblingsStride = toLines(capacity * 2 + WINDOW_BYTES)
  return {
    capacity,
    banded,
    scratch: SCRATCH_AT,
    hashes: take(capacity * HASH_BYTES),
    payloads: take(capacity * 4),
    dead: take(Math.ceil(capacity / 8)),
    offsets: take(banded ? BANDS * OFFSETS_STRIDE : 0),
    ids: take(banded ? BANDS * idsStride : 0),
    idsStride,
    siblings: take(banded ? BANDS * siblingsStride : 0),
    siblingsStride,
    endBytes: at,
  }
}

/** The arrays to be saved when `count` entries are there, in order; their sizes are whole lines. */
export function partsOf(layout: Layout, count: number): readonly Part[] {
  const parts = [
    { at: layout.hashes, sizeBytes: toLines(count * HASH_BYTES) },
    { at: layout.payloads, sizeBytes: toLines(count * 4) },
    { at: layout.dead, sizeBytes: toLines(Math.ceil(count / 8)) },
  ]
  if (!layout.banded) return parts
  return [
    ...parts,
    { at: layout.offsets, sizeBytes: BANDS * OFFSETS_STRIDE },
    { at: layout.ids, sizeBytes: BANDS * layout.idsStride },
    { at: layout.siblings, sizeBytes: BANDS * layout.siblingsStride },
  ]
}

/** Bytes of one entry in a segment with bands; memory of 4 GiB bounds a segment's entries. */
export const SEGMENT_ENTRIES_LIMIT = 30_000_000
