/** Offered: what changed in lists between two changes, as it stood after the second: what a partner fetches. */
import { Fault } from '#terms/fault'
import type { EntryRecord, Trust } from '#terms/register'
import { ENTRY_COLUMNS, type EntryRow, entryOfRow, trustOf } from './columns.ts'
import type { Database, Session } from './database.ts'

/** A stretch of changes by their numbers: after the first, up to and with the last. */
export interface Stretch {
  readonly after: number
  readonly upTo: number
}

/** A list, and the change after which it is followed. */
export interface FollowedList {
  readonly id: number
  readonly after: number
  /** The change after which withdrawals are told; the same unless given. */
  readonly goneAfter?: number
}

/** One entry that changed in a stretch. */
export interface OfferedEntry {
  /** `put`: it stands after the last change; `withdrawn`: it stood after the first, and does not now. */
  readonly kind: 'put' | 'withdrawn'
  readonly entry: EntryRecord
  /** What is thought of it here: its publisher's trust, or this register's own judgement. */
  readonly trust: Trust
  /** When it last changed: the time at which that change was numbered. */
  readonly changedAt: Date
}

const ROW_MAX = 2 ** 31 - 1

/** The ids of changes of each list that bound the stretch, and the row before which nothing came in it. */
const BOUNDS = `bound AS (
  SELECT list.id AS list, m.* FROM unnest($1::int[], $2::int[], $3::int[]) AS list(id, after, gone_after)
  CROSS JOIN LATERAL (
    SELECT coalesce(max(c.id) FILTER (WHERE c.number <= list.after), 0) AS low,
           coalesce(max(c.id) FILTER (WHERE c.number <= list.gone_after), 0) AS gone_low,
           coalesce(max(c.id) FILTER (WHERE c.number <= $4), 0) AS high,
           coalesce(min(c.row_first) FILTER (WHERE c.number > list.after AND c.number <= $4), ${ROW_MAX}) AS row_low
      FROM change c WHERE c.list = list.id) m)`

/** The sum keeps the index over `since` out: rows are read in their order from the one over lists, a page at a time. */
const STANDS = 'e.since + 0 <= b.high AND (e.until IS NULL OR e.until > b.high)'
const ROW = '$5::int'

/**
 * Three kinds of row, each key in one of them at most: what came, what was judged anew, and what was withdrawn. Withdrawn is told
 * also of what came only within the stretch: whoever asks by overlapping windows may have it.
 */
const changed = (limit: string): string => `changed AS (
  SELECT e.row, 'put' AS kind, b.list, b.high FROM bound b CROSS JOIN LATERAL (
    SELECT e.row FROM entry e
     WHERE e.list = b.list AND e.row >= b.row_low AND e.row > ${ROW} AND e.since + 0 > b.low AND ${STANDS}
     ORDER BY e.row ${limit}) e
  UNION ALL
  SELECT DISTINCT e.row, 'put', b.list, b.high FROM bound b
    JOIN judgement j ON (j.since > b.low AND j.since <= b.high) OR (j.until > b.low AND j.until <= b.high)
    JOIN entry e ON e.list = b.list AND (e.row = j.entry OR (e.entry = j.entry AND e.entry <> e.row))
   WHERE e.since <= b.low AND ${STANDS} AND e.row > ${ROW}
  UNION ALL
  SELECT e.row, 'withdrawn', b.list, b.high FROM bound b JOIN entry e ON e.list = b.list
   WHERE e.until > b.gone_low AND e.until <= b.high AND e.row > ${ROW}
     AND NOT EXISTS (SELECT FROM entry n WHERE n.list = e.list AND n.key = e.key AND n.row > e.row
                      AND n.since <= b.high))`

interface OfferedRow extends EntryRow {
  readonly kind: 'put' | 'withdrawn'
  readonly judged: number | null
  readonly changed_at: Date
}

/**
 * Entries of lists that changed up to a change, in the order of their rows. What was changed later is not seen, so that the
 * same question gives the same answer for ever.
 *
 * @param afterRow the last row of the page before; 0 for the first
 */
export async function offeredEntries(
  session: Session,
  lists: readonly FollowedList[],
  upTo: number,
  afterRow: number,
  limit: number,
): Promise<OfferedEntry[]> {
  const { rows } = await session.query<OfferedRow>(
    `WITH ${BOUNDS}, ${changed('LIMIT $6')}, page AS (SELECT * FROM changed ORDER BY row LIMIT $6)
     SELECT ${ENTRY_COLUMNS}, p.kind, j.trust AS judged, c.numbered_at AS changed_at
       FROM page p JOIN entry e ON e.row = p.row
       LEFT JOIN judgement j ON j.entry = e.entry AND j.since <= p.high AND (j.until IS NULL OR j.until > p.high)
       CROSS JOIN LATERAL (
         SELECT max(x) AS last FROM (
           VALUES (e.since), (CASE WHEN e.until <= p.high THEN e.until END)
           UNION ALL SELECT k.since FROM judgement k WHERE k.entry = e.entry AND k.since <= p.high
           UNION ALL SELECT k.until FROM judgement k WHERE k.entry = e.entry AND k.until <= p.high) AS v(x)) m
       JOIN change c ON c.id = m.last
      ORDER BY p.row`,
    [...columnsOf(lists), upTo, afterRow, limit],
  )
  return rows.map(({ kind, judged, changed_at: changedAt, ...row }) => {
    const entry = entryOfRow(row)
    return { kind, entry, trust: judged === null ? entry.trust : trustOf(judged), changedAt }
  })
}

/** How many entries changed up to a change. */
export async function countOffered(
  session: Session,
  lists: readonly FollowedList[],
  upTo: number,
): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    `WITH ${BOUNDS}, ${changed('')} SELECT count(*)::int AS count FROM changed`,
    [...columnsOf(lists), upTo, 0],
  )
  return rows[0]?.count ?? 0
}

function columnsOf(lists: readonly FollowedList[]): number[][] {
  return [
    lists.map(({ id }) => id),
    lists.map(({ after }) => after),
    lists.map(({ after, goneAfter }) => goneAfter ?? after),
  ]
}

const LOCK_MILLISECONDS_MAX = 10_000

/**
 * The stretch of changes that were numbered from one time to another. Waits for a change that is just being committed, so that
 * a time gone by never gets another change.
 *
 * @throws Fault `request.invalid` for an end that is still to come; `store.conflict` when a change takes too long
 */
export async function stretchBetween(database: Database, from: Date, to: Date): Promise<Stretch> {
  return database.transaction(async (transaction) => {
    await transaction.query(`SET LOCAL lock_timeout = ${LOCK_MILLISECONDS_MAX}`)
    const { rows } = await transaction
      .query<{ now: Date }>(
        `WITH held AS (SELECT value FROM counter WHERE name = 'change' FOR SHARE)
         SELECT clock_timestamp() AS now FROM held`,
      )
      .catch(slow)
    const now = rows[0]?.now ?? new Date(0)
    if (to > now) throw new Fault('request.invalid', `"to" lies ahead: it is ${now.toISOString()} here`)
    const bounds = await transaction.query<{ after: number; up_to: number }>(
      `SELECT coalesce((SELECT number FROM change WHERE numbered_at < $1 ORDER BY number DESC LIMIT 1), 0) AS after,
              coalesce((SELECT number FROM change WHERE numbered_at <= $2 ORDER BY number DESC LIMIT 1), 0) AS up_to`,
      [from, to],
    )
    const { after = 0, up_to: upTo = 0 } = bounds.rows[0] ?? {}
    return { after, upTo: Math.max(after, upTo) }
  })
}

function slow(error: unknown): never {
  const isSlow = error instanceof Error && 'code' in error && error.code === '55P03'
  if (!isSlow) throw error
  throw new Fault('store.conflict', 'a change is being written; ask again', { cause: error })
}
