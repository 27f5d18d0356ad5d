/** Look up: the entries that a file's hashes hit, in every list, each entry once per basis. */
import type { KnownIndex } from '#index/known'
import { type PdqQuery, pdqQueries } from '#matching/verdict'
import type { FileReading } from '#terms/media'
import { type Match, STRENGTH } from '#terms/verdict'

/** Entries listed for one file at most; the answer says when there were more. */
export const MATCHES_MAX = 1000

export interface LookedUp {
  readonly matches: readonly Match[]
  readonly more: boolean
}

/** Looks a file up in every index. SHA-256 first, then SHA-1, MD5, and PDQ, nearest first. */
export function lookUp(indexes: readonly KnownIndex[], reading: FileReading, distanceMax: number): LookedUp {
  if (reading.kind === 'unread') return { matches: [], more: false }
  const queries = pdqQueries(reading.content)
  const hashes = packed(queries)
  const answers = indexes.map((index) => ({
    digest: digestMatches(index, reading),
    pdq: pdqMatches(index, queries, hashes, distanceMax),
  }))
  const near = answers.flatMap(({ pdq }) => pdq.matches)
  near.sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0))
  const all = [...answers.flatMap(({ digest }) => digest.matches), ...near]
  const more = all.length > MATCHES_MAX || answers.some(({ digest, pdq }) => digest.more || pdq.more)
  return { matches: all.slice(0, MATCHES_MAX), more }
}

function packed(queries: readonly PdqQuery[]): Uint8Array {
  const hashes = new Uint8Array(queries.length * 32)
  for (const [at, { hash }] of queries.entries()) hashes.set(hash, at * 32)
  return hashes
}

function digestMatches(index: KnownIndex, reading: Extract<FileReading, { kind: 'read' }>): LookedUp {
  const { hits, more } = index.digestHits(reading.digests, MATCHES_MAX)
  const matches = hits.map(({ entry, basis }) => ({ ...entryOf(index, entry), basis }))
  matches.sort((a, b) => STRENGTH.indexOf(a.basis) - STRENGTH.indexOf(b.basis))
  return { matches, more }
}

/** Of the hits of one entry, the nearest: by orientation, region and frame. */
function pdqMatches(
  index: KnownIndex,
  queries: readonly PdqQuery[],
  hashes: Uint8Array,
  distanceMax: number,
): LookedUp {
  if (queries.length === 0 || !index.calls.has('pdq')) return { matches: [], more: false }
  const { hits, more } = index.pdqHits(hashes, distanceMax, MATCHES_MAX)
  const nearest = new Map<number, { query: number; distance: number }>()
  for (const { query, entry, distance } of hits) {
    const had = nearest.get(entry)
    if (!had || distance < had.distance) nearest.set(entry, { query, distance })
  }
  const matches = [...nearest].map(([entry, { query, distance }]): Match => {
    const asked = queries[query]
    if (!asked) throw new Error(`the index answered query ${query} of ${queries.length}`)
    const { orientation, region, frame } = asked
    return { ...entryOf(index, entry), basis: 'pdq', distance, orientation, region, frame }
  })
  return { matches, more }
}

function entryOf(index: KnownIndex, id: number): Omit<Match, 'basis'> {
  const { list, entry, label, category } = index.entry(id)
  return {
    list: index.lists[list]?.file ?? '',
    entry,
    ...(label !== undefined && { label }),
    ...(category !== undefined && { category }),
  }
}
