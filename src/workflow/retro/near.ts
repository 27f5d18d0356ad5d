/** Near: which of many hashes lie near any of many others, both too many to be held at once. */
import { buildPdq } from '#index/pdq'
import { HASH_BYTES } from '#terms/hash'
import { Turns } from './turns.ts'

/** Items with their PDQ hashes, some at a time; they can be read again and again. */
export type ItemPages = () => AsyncIterable<readonly { readonly id: number; readonly pdq: Uint8Array }[]>

/** Hashes that are searched at a time: a few milliseconds' work in a large piece. */
const HASHES_AT_ONCE = 64

/**
 * The items with a hash within a distance of any of some hashes: all of them, and only them.
 *
 * @param hashes 32 bytes each; each piece is indexed in memory, and every item is looked up in it
 */
export async function itemsNear(
  hashes: AsyncIterable<Uint8Array>,
  items: ItemPages,
  distanceMax: number,
  stop?: AbortSignal,
): Promise<Set<number>> {
  const near = new Set<number>()
  const turns = new Turns(stop)
  for await (const piece of hashes) {
    // Adding is done in slices that are shorter than those of a build, which nobody is waiting beside.
    const index = await buildPdq(new Uint8Array(0), new Uint32Array(0), distanceMax)
    await index.append(piece, new Uint32Array(piece.length / HASH_BYTES.pdq))
    turns.begin()
    for await (const page of items()) {
      for (const { ids, asked } of groups(page.filter(({ id }) => !near.has(id)))) {
        const { offsets } = index.searchMany(asked, { distanceMax, limit: 1 })
        for (const [at, id] of ids.entries()) if ((offsets[at + 1] ?? 0) > (offsets[at] ?? 0)) near.add(id)
        await turns.yield()
      }
    }
  }
  return near
}

/** The hashes of a page, so many together as are searched at a time, and the item of each. */
function* groups(
  page: readonly { readonly id: number; readonly pdq: Uint8Array }[],
): Generator<{ readonly ids: readonly number[]; readonly asked: Uint8Array }> {
  let ids: number[] = []
  const asked = new Uint8Array(HASHES_AT_ONCE * HASH_BYTES.pdq)
  for (const { id, pdq } of page) {
    for (let from = 0; from + HASH_BYTES.pdq <= pdq.length; from += HASH_BYTES.pdq) {
      asked.set(pdq.subarray(from, from + HASH_BYTES.pdq), ids.length * HASH_BYTES.pdq)
      ids.push(id)
      if (ids.length < HASHES_AT_ONCE) continue
      yield { ids, asked }
      ids = []
    }
  }
  if (ids.length > 0) yield { ids, asked: asked.subarray(0, ids.length * HASH_BYTES.pdq) }
}
