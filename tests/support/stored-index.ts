/** Stored index: the register's index as its terms say it, read anew from the tables whenever it catches up. */
import { trustOf } from '#store/columns'
import type { Database } from '#store/database'
import { allLists } from '#store/lists'
import { Fault } from '#terms/fault'
import type { Fingerprint, IndexedRegisterList, RegisterHit, RegisterHits } from '#terms/lookup'
import type { HitsAsked, IndexState, RegisterIndex } from '#terms/register-index'
import { distance } from './linear-index.ts'

interface Row {
  readonly row: number
  readonly entry: number
  readonly list: number
  readonly trust: number
  readonly judged: number | null
  readonly disabled: Date | number | null
  readonly md5: Buffer | null
  readonly sha1: Buffer | null
  readonly sha256: Buffer | null
  readonly pdq: Buffer | null
}

export class StoredIndex implements RegisterIndex {
  state: IndexState = { kind: 'ready', number: 0 }
  #rows: readonly Row[] = []
  #lists: ReadonlyMap<number, IndexedRegisterList> = new Map()
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  lists(): ReadonlyMap<number, IndexedRegisterList> {
    return this.#lists
  }

  async catchUp(): Promise<void> {
    this.#lists = new Map((await allLists(this.#database)).map((list) => [list.id, list]))
    const { rows } = await this.#database.query<Row>(
      `SELECT e.row, e.entry, e.list, e.trust, e.md5, e.sha1, e.sha256, e.pdq, j.trust AS judged, j.disabled_until AS disabled
         FROM entry e JOIN list l ON l.id = e.list LEFT JOIN judgement j ON j.entry = e.entry AND j.until IS NULL
        WHERE e.until IS NULL AND l.removed_at IS NULL ORDER BY e.row`,
    )
    this.#rows = rows
    const newest = await this.#database.query<{ number: number }>(
      'SELECT coalesce(max(number), 0) AS number FROM change',
    )
    this.state = { kind: 'ready', number: newest.rows[0]?.number ?? 0 }
  }

  hits(fingerprint: Fingerprint, { distanceMax = 31, limit = 1000, lists }: HitsAsked = {}): RegisterHits {
    if (this.state.kind === 'building') throw new Fault('index.not-ready', 'building')
    const all = this.#rows.flatMap((row) =>
      lists && !lists.has(row.list) ? [] : hitsOf(row, fingerprint, distanceMax),
    )
    return { hits: all.slice(0, limit), more: all.length > limit }
  }

  async hitsMany(fingerprints: readonly Fingerprint[], asked?: HitsAsked): Promise<RegisterHits[]> {
    return fingerprints.map((fingerprint) => this.hits(fingerprint, asked))
  }
}

function hitsOf(row: Row, asked: Fingerprint, distanceMax: number): RegisterHit[] {
  const facts = {
    row: row.row,
    entry: row.entry,
    list: row.list,
    trust: trustOf(row.trust),
    categories: {},
    ...(row.judged !== null && { judged: trustOf(row.judged) }),
    ...(row.disabled !== null && { disabledUntil: Number(row.disabled) }),
  }
  const hits: RegisterHit[] = []
  for (const basis of ['sha256', 'sha1', 'md5'] as const) {
    const own = row[basis]?.toString('hex')
    if (own !== undefined && own === asked.digests[basis]) hits.push({ ...facts, basis })
  }
  const { pdq } = row
  if (pdq === null) return hits
  const distances = asked.pdq.map(({ hash }) => distance(pdq, hash))
  const nearest = Math.min(...distances)
  if (nearest <= distanceMax)
    hits.push({ ...facts, basis: 'pdq', distance: nearest, query: distances.indexOf(nearest) })
  return hits
}
