/** Pieces: entries built into segments, with pauses for other tasks. */
import { hashesIn } from './answers.ts'
import type { Breath } from './fold.ts'
import { HASH_BYTES } from './layout.ts'
import type { StartSecond } from './second.ts'
import { BANDED_ENTRIES_MIN, Segment } from './segment.ts'

/** From this many entries on, a segment is built by two threads: for fewer, starting the second takes too long. */
const SHARED_ENTRIES_MIN = 500_000

/** Segments of at most so many of the entries each. */
export async function built(
  module: WebAssembly.Module,
  hashes: Uint8Array,
  payloads: Uint32Array,
  entriesMax: number,
  pause: Breath,
  second?: StartSecond,
): Promise<Segment[]> {
  const count = hashesIn(hashes)
  if (count !== payloads.length) throw new RangeError(`${count} hashes have ${payloads.length} payloads`)
  const segments: Segment[] = []
  for (let from = 0; from < count; from += entriesMax) {
    const until = Math.min(from + entriesMax, count)
    const segment = Segment.create(module, until - from, until - from >= BANDED_ENTRIES_MIN)
    segment.append(hashes.subarray(from * HASH_BYTES, until * HASH_BYTES), payloads.subarray(from, until))
    const start = segment.count >= SHARED_ENTRIES_MIN ? second : undefined
    if (segment.layout.banded) await segment.buildBands(pause, start)
    segments.push(segment)
  }
  return segments
}

/** Lets other tasks run whenever so many milliseconds have passed. */
export function breath(milliseconds: number): Breath {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < milliseconds) return
    await new Promise<void>((resolve) => setTimeout(resolve))
    since = performance.now()
  }
}
