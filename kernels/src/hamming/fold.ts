/** Fold: several segments, without what was removed from them, become new ones, built aside. */
import { HASH_BYTES } from './layout.ts'
import { BANDED_ENTRIES_MIN, Segment } from './segment.ts'

/** Entries copied before another task may run. */
const STEP_ENTRIES = 50_000
/** A segment is rebuilt once one in so many of its entries is dead. */
const DEAD_SHARE = 8

/** Awaited between steps of a long work, so that others' tasks run too. */
export type Breath = () => Promise<void>

/**
 * The segments worth folding: those that are scanned, those with many dead, and those not much larger than all of these.
 * Nothing when folding would change nothing.
 */
export function worthFolding(segments: readonly Segment[], entriesMax: number): readonly Segment[] {
  const isLoose = (segment: Segment): boolean =>
    !segment.layout.banded || segment.deadCount * DEAD_SHARE > segment.count
  const chosen = segments.filter((segment) => segment.count > 0 && isLoose(segment))
  let total = liveCount(chosen)
  const others = segments.filter((segment) => !isLoose(segment)).sort((a, b) => a.count - b.count)
  for (const other of others) {
    if (chosen.length === 0 || other.count > 2 * total || total + other.count > entriesMax) break
    chosen.push(other)
    total += other.count
  }
  const [only] = chosen
  const isDone = chosen.length === 1 && only && only.deadCount === 0 && only.count < BANDED_ENTRIES_MIN
  return isDone ? [] : chosen
}

/** New segments of at most `entriesMax` entries with all that lives in the old ones. */
export async function folded(
  module: WebAssembly.Module,
  sources: readonly Segment[],
  entriesMax: number,
  breath: Breath,
): Promise<Segment[]> {
  const fresh: Segment[] = []
  let toPlace = liveCount(sources)
  const next = (): Segment => {
    const capacity = Math.min(toPlace, entriesMax)
    const segment = Segment.create(module, capacity, capacity >= BANDED_ENTRIES_MIN)
    fresh.push(segment)
    return segment
  }
  let target: Segment | undefined
  for (const source of sources) {
    for (let from = 0; from < source.count; from += STEP_ENTRIES) {
      let { hashes, payloads } = living(source, from, Math.min(from + STEP_ENTRIES, source.count))
      while (payloads.length > 0) {
        if (!target || target.count === target.layout.capacity) target = next()
        const room = Math.min(payloads.length, target.layout.capacity - target.count)
        target.append(hashes.subarray(0, room * HASH_BYTES), payloads.subarray(0, room))
        toPlace -= room
        hashes = hashes.subarray(room * HASH_BYTES)
        payloads = payloads.subarray(room)
      }
      await breath()
    }
  }
  for (const segment of fresh) if (segment.layout.banded) await segment.buildBands(breath)
  return fresh
}

function liveCount(segments: readonly Segment[]): number {
  return segments.reduce((total, segment) => total + segment.count - segment.deadCount, 0)
}

function living(source: Segment, from: number, until: number): { hashes: Uint8Array; payloads: Uint32Array } {
  const hashes = source.hashes(from, until)
  const payloads = source.payloads(from, until)
  if (source.deadCount === 0) return { hashes, payloads }
  const livingHashes = new Uint8Array(hashes.length)
  const livingPayloads = new Uint32Array(payloads.length)
  let count = 0
  for (let i = 0; i < payloads.length; i++) {
    if (source.isDead(from + i)) continue
    livingHashes.set(hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES), count * HASH_BYTES)
    livingPayloads[count++] = payloads[i] ?? 0
  }
  return { hashes: livingHashes.subarray(0, count * HASH_BYTES), payloads: livingPayloads.subarray(0, count) }
}
