/** Entries: what stands in a list, now or after any of its changes, and every version of an entry. */
import { Fault } from '#terms/fault'
import type { EntryHashes, EntryRecord, RegisteredList } from '#terms/register'
import { ENTRY_COLUMNS, type EntryRow, entryOfRow } from './columns.ts'
import type { Session } from './database.ts'
import { JUDGEMENT_COLUMNS, type Judgement, type JudgementRow, judgementOf } from './judgements.ts'

/** Entries that are read together. */
const PAGE_ENTRIES = 4_000

export interface EntriesAt {
  /** Number (`id`) of the change after which the list is wanted; the newest one unless given. */
  readonly at?: number
}

/**
 * The entries of a list, in the order in which their versions came, as they stood after one of its changes. What is changed
 * meanwhile is not seen: the list is given as it was when the first batch was asked for.
 */
export async function* entriesOf(
  session: Session,
  list: RegisteredList,
  { at }: EntriesAt = {},
): AsyncGenerator<readonly EntryRecord[]> {
  const change = at ?? (await newestOf(session, list.id))
  for (let after = 0; ; ) {
    const { rows } = await session.query<EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM entry e
        WHERE list = $1 AND row > $2 AND since <= $3 AND (until IS NULL OR until > $3) ORDER BY row LIMIT $4`,
      [list.id, after, change, PAGE_ENTRIES],
    )
    if (rows.length > 0) yield rows.map(entryOfRow)
    const last = rows.at(-1)
    if (!last || rows.length < PAGE_ENTRIES) return
    after = last.row
  }
}

async function newestOf(session: Session, list: number): Promise<number> {
  const { rows } = await session.query<{ id: number | null }>(
    'SELECT max(id) AS id FROM change WHERE list = $1 AND number IS NOT NULL',
    [list],
  )
  return rows[0]?.id ?? 0
}

/**
 * An entry as it stands, or stood last.
 *
 * @throws Fault `register.unknown`
 */
export async function entryOf(session: Session, number: number): Promise<EntryRecord> {
  const last = (await versionsOf(session, number)).at(-1)
  if (!last) throw new Fault('register.unknown', `there is no entry ${number}`)
  return last
}

/** Every version of an entry, the oldest first. */
export async function versionsOf(session: Session, number: number): Promise<EntryRecord[]> {
  if (!(Number.isInteger(number) && number > 0 && number < 2 ** 31)) return []
  const { rows } = await session.query<EntryRow>(
    `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE e.row = $1
     UNION ALL SELECT ${ENTRY_COLUMNS} FROM entry e WHERE e.entry = $1 AND e.entry <> e.row
     ORDER BY row`,
    [number],
  )
  return rows.filter(({ entry }) => entry === number).map(entryOfRow)
}

/** The standing entry of a list with a key. */
export async function entryWithKey(
  session: Session,
  list: number,
  key: string,
): Promise<EntryRecord | undefined> {
  const { rows } = await session.query<EntryRow>(
    `SELECT ${ENTRY_COLUMNS} FROM entry e WHERE list = $1 AND key = $2 AND until IS NULL`,
    [list, key],
  )
  return rows[0] && entryOfRow(rows[0])
}

/** What one list says of a hash. */
export interface Saying {
  readonly list: string
  readonly entry: EntryRecord
  /** What whoever keeps this register thinks of the entry, where they said so. */
  readonly judged?: Judgement
  /** ISO 8601, UTC: when this version came. */
  readonly at: string
}

const SAYINGS_MAX = 1_000

type SayingRow = EntryRow & Partial<JudgementRow> & { readonly list_name: string; readonly came_at: Date }

/**
 * What every list says of any of some hashes: each list's own entry, as it stands. The tables have no index over hashes, to keep
 * imports fast, so this reads through them: seconds at ten million entries, for a person's question; the index in service answers
 * everybody else.
 *
 * @param hashes of one item
 */
export async function sayings(session: Session, hashes: EntryHashes): Promise<Saying[]> {
  const { md5, sha1, sha256, pdq, photodna } = hashes
  const bytes = (hex: string | undefined): Buffer | null =>
    hex === undefined ? null : Buffer.from(hex, 'hex')
  const { rows } = await session.query<SayingRow>(
    `SELECT ${ENTRY_COLUMNS}, l.name AS list_name, c.numbered_at AS came_at, ${JUDGEMENT_COLUMNS}
       FROM entry e JOIN list l ON l.id = e.list JOIN change c ON c.id = e.since
       LEFT JOIN judgement j ON j.entry = e.entry AND j.until IS NULL
      WHERE l.removed_at IS NULL AND e.until IS NULL
        AND (e.md5 = $1 OR e.sha1 = $2 OR e.sha256 = $3 OR e.pdq = $4 OR e.photodna = $5)
      ORDER BY e.list, e.row LIMIT $6`,
    [bytes(md5), bytes(sha1), bytes(sha256), bytes(pdq), photodna ?? null, SAYINGS_MAX],
  )
  return rows.map((row) => {
    const judged = judgementOf(row)
    const said = { list: row.list_name, entry: entryOfRow(row), at: row.came_at.toISOString() }
    return judged ? { ...said, judged } : said
  })
}
