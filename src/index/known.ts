/** Known: everything the lists say, held so that ten million entries open at once and are looked up in microseconds. */
import { DIGEST_KINDS, type DigestKind, HASH_BYTES, type HashKind } from '#terms/hash'
import type { ListInfo } from '#terms/list'
import type { Digests } from '#terms/media'
import type { DigestTable } from './digests.ts'
import type { Entries } from './entries.ts'
import type { PdqTable } from './pdq.ts'

/** A list that went into an index. */
export interface IndexedList {
  readonly info: ListInfo
  /** Lines of the list that were refused, and so are not in the index. */
  readonly badLines: number
}

/** What an index is made of. */
export interface KnownParts {
  readonly lists: readonly IndexedList[]
  /** Largest distance that the PDQ index was built for. */
  readonly distanceMax: number
  readonly entries: Entries
  /** Entries that carry only a PhotoDNA value. */
  readonly uncheckable: number
  readonly digests: Readonly<Partial<Record<DigestKind, DigestTable>>>
  readonly pdq?: PdqTable
}

/** An entry as its list has it. */
export interface KnownEntry {
  /** Place of its list in `lists`. */
  readonly list: number
  /** Its number within its list, counted from 1. */
  readonly entry: number
  readonly label?: string
  readonly category?: string
  readonly source?: string
}

/** An entry that carries a file's digest. */
export interface DigestHit {
  /** Number of the entry among all entries, for `entry()`. */
  readonly entry: number
  readonly basis: DigestKind
}

/** An entry whose PDQ hash is near enough to one that was asked for. */
export interface PdqHit {
  /** Which of the hashes asked for, counted from 0. */
  readonly query: number
  /** Number of the entry among all entries, for `entry()`. */
  readonly entry: number
  /** Bits that differ. */
  readonly distance: number
}

/** Hits, and whether there were more than the limit let through. */
export interface Hits<H> {
  readonly hits: readonly H[]
  readonly more: boolean
}

const NO_HITS = { hits: [], more: false } as const

/** The entries of some lists, to be looked up. */
export class KnownIndex {
  readonly parts: KnownParts
  readonly lists: readonly ListInfo[]
  /** The kinds of hash that the lists hold: the checks that they call for. */
  readonly calls: ReadonlySet<HashKind>
  /** Number of the first entry of each list. */
  readonly #starts: readonly number[]

  constructor(parts: KnownParts) {
    this.parts = parts
    this.lists = parts.lists.map(({ info }) => info)
    const digests: HashKind[] = DIGEST_KINDS.filter((kind) => parts.digests[kind])
    this.calls = new Set(parts.pdq ? [...digests, 'pdq' as const] : digests)
    let start = 0
    this.#starts = this.lists.map(({ entries }) => {
      start += entries
      return start - entries
    })
  }

  /** Entries of all lists. */
  get entries(): number {
    return this.parts.entries.length
  }

  /** Entries that carry only a PhotoDNA value, which cannot be checked here. */
  get uncheckable(): number {
    return this.parts.uncheckable
  }

  /** Lines of all lists that were refused. */
  get badLines(): number {
    return this.parts.lists.reduce((sum, { badLines }) => sum + badLines, 0)
  }

  /** Largest distance for which PDQ hashes are looked up fastest; beyond it the answer is as exact. */
  get distanceMax(): number {
    return this.parts.distanceMax
  }

  /**
   * The entries that carry one of a file's digests, kind by kind, each kind's in the order of the lists; an entry that
   * carries several is given for each.
   *
   * @param limit most hits of each kind
   */
  digestHits(digests: Pick<Digests, DigestKind>, limit: number): Hits<DigestHit> {
    const hits: DigestHit[] = []
    let more = false
    for (const basis of DIGEST_KINDS) {
      const found = this.parts.digests[basis]?.find(Buffer.from(digests[basis], 'hex'), limit + 1) ?? []
      for (const entry of found.slice(0, limit)) hits.push({ entry, basis })
      more ||= found.length > limit
    }
    return { hits, more }
  }

  /**
   * The entries whose PDQ hash differs in at most `distanceMax` bits, for several hashes at once: every one of them, up to
   * the limit.
   *
   * @param hashes 32 bytes each, one after the other
   * @param limit most hits of each hash asked for
   */
  pdqHits(hashes: Uint8Array, distanceMax: number, limit: number): Hits<PdqHit> {
    if (hashes.length % HASH_BYTES.pdq !== 0) throw new RangeError(`${hashes.length} bytes are no PDQ hashes`)
    const { pdq } = this.parts
    if (!pdq || hashes.length === 0) return NO_HITS
    const { offsets, payloads, distances, more } = pdq.searchMany(hashes, { distanceMax, limit })
    const hits: PdqHit[] = []
    for (let query = 0; query + 1 < offsets.length; query++) {
      for (let at = offsets[query] ?? 0; at < (offsets[query + 1] ?? 0); at++) {
        hits.push({ query, entry: payloads[at] ?? 0, distance: distances[at] ?? 0 })
      }
    }
    return { hits, more: more.some((flag) => flag !== 0) }
  }

  /** What is known of an entry, by its number among all entries, counted from 0. */
  entry(number: number): KnownEntry {
    if (!(number >= 0 && number < this.entries)) throw new RangeError(`entry ${number} of ${this.entries}`)
    const list = this.#starts.findLastIndex((start) => start <= number)
    const label = this.parts.entries.text('label', number)
    const category = this.parts.entries.text('category', number)
    const source = this.parts.entries.text('source', number)
    return {
      list,
      entry: number - (this.#starts[list] ?? 0) + 1,
      ...(label !== undefined && { label }),
      ...(category !== undefined && { category }),
      ...(source !== undefined && { source }),
    }
  }
}
