/** Gathering: versions taken in as they come, their facts at once, their hashes to be ordered together. */
import { DIGEST_KINDS, type DigestKind, HASH_BYTES } from '#terms/hash'
import type { FeedHashes, FeedRows } from '#terms/index-feed'
import { DigestCollector } from '../digests.ts'
import { ByteRows } from '../rows.ts'
import type { Contents, ContentsParts } from './contents.ts'
import type { Holdings } from './holdings.ts'

/** Puts the facts of some versions in their places. */
export function putFacts(
  { facts, categories }: Pick<ContentsParts, 'facts' | 'categories'>,
  holdings: Holdings,
  batch: FeedRows,
  groupOf: (list: number) => number,
): void {
  const references = batch.categoryTexts.map((text) => categories.reference(text))
  for (let at = 0; at < batch.rows.length; at++) {
    const list = batch.lists[at] ?? 0
    const kinds = batch.kinds[at] ?? 0
    holdings.add(list, kinds, 1)
    facts.put(batch.rows[at] ?? 0, {
      group: groupOf(list),
      entry: batch.entries[at] ?? 0,
      trust: batch.trusts[at] ?? 0,
      kinds,
      categories: references[batch.categories[at] ?? 0] ?? 0,
    })
  }
}

/** Those of some versions that are wanted. */
export function only(batch: FeedRows, isWanted: (row: number) => boolean): FeedRows {
  const places = [...batch.rows.keys()].filter((at) => isWanted(batch.rows[at] ?? 0))
  const { md5, sha1, sha256, pdq } = batch.hashes
  return {
    rows: Uint32Array.from(places, (at) => batch.rows[at] ?? 0),
    entries: Uint32Array.from(places, (at) => batch.entries[at] ?? 0),
    lists: Uint32Array.from(places, (at) => batch.lists[at] ?? 0),
    trusts: Uint8Array.from(places, (at) => batch.trusts[at] ?? 0),
    kinds: Uint8Array.from(places, (at) => batch.kinds[at] ?? 0),
    categories: Uint32Array.from(places, (at) => batch.categories[at] ?? 0),
    categoryTexts: batch.categoryTexts,
    hashes: {
      md5: onlyHashes(md5, HASH_BYTES.md5, isWanted),
      sha1: onlyHashes(sha1, HASH_BYTES.sha1, isWanted),
      sha256: onlyHashes(sha256, HASH_BYTES.sha256, isWanted),
      pdq: onlyHashes(pdq, HASH_BYTES.pdq, isWanted),
    },
  }
}

function onlyHashes(hashes: FeedHashes, width: number, isWanted: (row: number) => boolean): FeedHashes {
  const places = [...hashes.rows.keys()].filter((at) => isWanted(hashes.rows[at] ?? 0))
  const bytes = new Uint8Array(places.length * width)
  for (const [to, at] of places.entries())
    bytes.set(hashes.bytes.subarray(at * width, (at + 1) * width), to * width)
  return { rows: Uint32Array.from(places, (at) => hashes.rows[at] ?? 0), bytes }
}

/** Hashes gathered of many versions. */
export class HashGathering {
  readonly digests: Readonly<Record<DigestKind, DigestCollector>> = {
    md5: new DigestCollector(HASH_BYTES.md5),
    sha1: new DigestCollector(HASH_BYTES.sha1),
    sha256: new DigestCollector(HASH_BYTES.sha256),
  }
  #pdq = new ByteRows(HASH_BYTES.pdq)
  #pdqRows = new ByteRows(4)

  push({ hashes }: Pick<FeedRows, 'hashes'>): void {
    for (const kind of DIGEST_KINDS) {
      const { rows, bytes } = hashes[kind]
      for (let at = 0; at < rows.length; at++)
        this.digests[kind].pushBytes(bytes, at * HASH_BYTES[kind], rows[at] ?? 0)
    }
    const { rows, bytes } = hashes.pdq
    for (let at = 0; at < rows.length; at++) {
      this.#pdq.pushBytes(bytes, at * HASH_BYTES.pdq)
      this.#pdqRows.pushNumber(rows[at] ?? 0)
    }
  }

  /** The most hashes of a kind that are held. */
  get length(): number {
    return Math.max(this.#pdqRows.length, ...DIGEST_KINDS.map((kind) => this.digests[kind].length))
  }

  /** The PDQ hashes, one after the other; none are held afterwards. */
  takePdq(): FeedHashes {
    const bytes = this.#pdq.joined()
    const rows = this.#pdqRows.joined()
    return { bytes, rows: new Uint32Array(rows.buffer) }
  }

  /** Adds everything held to the contents, a little at a time. */
  async flush(contents: Pick<Contents, 'digests' | 'pdq'>): Promise<void> {
    for (const kind of DIGEST_KINDS) await contents.digests[kind].append(this.digests[kind])
    const { bytes, rows } = this.takePdq()
    if (rows.length > 0) await contents.pdq.append(bytes, rows)
  }
}
