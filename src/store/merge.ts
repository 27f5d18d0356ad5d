/** Merge: staged steps brought into a list's entries, set by set. */
import type { RegisteredList } from '#terms/register'
import type { ChangeCounts } from './changes.ts'
import { trustNumber } from './columns.ts'
import type { Transaction } from './database.ts'
import type { Staging } from './staging.ts'

/** Why an entry that a whole list does not name any more was withdrawn. */
const NOT_NAMED = 'not in the list any more'

/** From so many steps on, joins read both sides whole: where it was wrong, a look-up for each step would take minutes. */
const STEPS_MANY = 20_000

/** What was done, and between which rows those lie that came. */
export interface Merged extends ChangeCounts {
  readonly rows?: { readonly first: number; readonly last: number }
}

/** The change that steps are merged as. */
export interface MergeTerms {
  readonly change: number
  /** Steps that were staged. */
  readonly steps: number
  /** Withdraws what no step puts. */
  readonly isWhole: boolean
}

/** Brings the staged steps, each key once, into the entries of a locked list. */
export async function mergeSteps(
  transaction: Transaction,
  list: RegisteredList,
  { change, steps, isWhole }: MergeTerms,
): Promise<Merged> {
  await transaction.query('ANALYZE step')
  await allowLookUps(transaction, steps < STEPS_MANY)
  await carryHashes(transaction, list)
  const { replaced, unchanged, gone } = await meet(transaction, list)
  await endMet(transaction, change)
  const unnamed = isWhole && list.entries > 0 ? await withdrawUnnamed(transaction, list, change) : 0
  const { count, rows } = await insert(transaction, list, change)
  await allowLookUps(transaction, true)
  await transaction.query('DROP TABLE step, met, known')
  return { added: count - replaced, replaced, withdrawn: gone + unnamed, unchanged, ...(rows && { rows }) }
}

async function allowLookUps(transaction: Transaction, allowed: boolean): Promise<void> {
  await transaction.query(`SET LOCAL enable_nestloop = ${allowed ? 'on' : 'off'}`)
}

/** Hashes that were added here stay, where the publisher's new word on the entry gives none of that kind. */
async function carryHashes(transaction: Transaction, list: RegisteredList): Promise<void> {
  const { rowCount } = await transaction.query(
    `SELECT FROM change WHERE list = $1 AND kind = 'rehash' LIMIT 1`,
    [list.id],
  )
  if (!rowCount) return
  const kinds = ['md5', 'sha1', 'sha256', 'pdq']
  const carried = kinds.map(
    (kind) => `${kind} = coalesce(s.${kind}, CASE WHEN e.provenance ? '${kind}' THEN e.${kind} END)`,
  )
  const given = kinds.map((kind) => `CASE WHEN s.${kind} IS NOT NULL THEN '${kind}' END`)
  await transaction.query(
    `UPDATE step s SET ${carried.join(', ')}, provenance =
       nullif((e.provenance - array_remove(ARRAY[${given.join(', ')}], NULL)) || coalesce(s.provenance, '{}'), '{}')
       FROM entry e WHERE e.list = ${list.id} AND e.key = s.key AND e.until IS NULL AND e.provenance IS NOT NULL
        AND NOT s.gone`,
  )
}

/** Finds the standing entries that steps name, and what becomes of each. */
async function meet(
  transaction: Transaction,
  list: RegisteredList,
): Promise<Record<'replaced' | 'unchanged' | 'gone', number>> {
  const trust = trustNumber(list.trust)
  await transaction.query(
    `CREATE TEMP TABLE met ON COMMIT DROP AS
     SELECT s.key, e.row, e.entry, s.because, CASE
         WHEN s.gone THEN 'gone'
         WHEN (e.trust, e.md5, e.sha1, e.sha256, e.pdq, e.photodna, e.categories, e.label, e.source, e.provenance,
               e.extra::text)
              IS DISTINCT FROM
              (coalesce(s.trust, ${trust}), s.md5, s.sha1, s.sha256, s.pdq, s.photodna, s.categories, s.label, s.source,
               s.provenance, s.extra::text)
         THEN 'replaced' ELSE 'unchanged' END AS fate
       FROM step s JOIN entry e ON e.list = ${list.id} AND e.key = s.key AND e.until IS NULL
      WHERE ${list.entries > 0}`,
  )
  await transaction.query('ANALYZE met')
  const { rows } = await transaction.query<{ fate: 'replaced' | 'unchanged' | 'gone'; count: number }>(
    'SELECT fate, count(*)::int AS count FROM met GROUP BY fate',
  )
  const of = (fate: string): number => rows.find((row) => row.fate === fate)?.count ?? 0
  return { replaced: of('replaced'), unchanged: of('unchanged'), gone: of('gone') }
}

/** Ends the versions that were withdrawn or replaced. */
async function endMet(transaction: Transaction, change: number): Promise<void> {
  await transaction.query(
    `UPDATE entry e SET until = $1, because = met.because FROM met
      WHERE e.row = met.row AND met.fate <> 'unchanged'`,
    [change],
  )
}

async function withdrawUnnamed(
  transaction: Transaction,
  list: RegisteredList,
  change: number,
): Promise<number> {
  await allowLookUps(transaction, false)
  const { rowCount } = await transaction.query(
    `UPDATE entry e SET until = $2, because = $3 WHERE e.list = $1 AND e.until IS NULL
        AND NOT EXISTS (SELECT FROM step s WHERE s.key = e.key AND NOT s.gone)`,
    [list.id, change, NOT_NAMED],
  )
  return rowCount ?? 0
}

/** Puts in what is new or differs; a key that was here before keeps its entry's number. */
async function insert(
  transaction: Transaction,
  list: RegisteredList,
  change: number,
): Promise<{ count: number; rows: Merged['rows'] }> {
  const known = await transaction.query(
    `CREATE TEMP TABLE known ON COMMIT DROP AS
     SELECT e.key, max(e.entry) AS entry FROM step s
       JOIN entry e ON e.list = ${list.id} AND e.key = s.key AND e.until IS NOT NULL
      WHERE ${await hasHistory(transaction, list)} AND NOT s.gone GROUP BY e.key`,
  )
  const isFirst = list.entries === 0 && !known.rowCount
  const first = await lastRow(transaction)
  const { rowCount } = await transaction.query(
    `INSERT INTO entry (row, entry, list, since, trust, key, md5, sha1, sha256, pdq, photodna, categories, label, source,
                        provenance, extra)
     SELECT row, coalesce(entry, row), $1, $2, coalesce(trust, $3), key, md5, sha1, sha256, pdq, photodna, categories,
            label, source, provenance, extra
       FROM (SELECT nextval('entry_row')::int AS row, coming.* FROM (${isFirst ? ALL_STEPS : OTHER_STEPS}) coming) numbered`,
    [list.id, change, trustNumber(list.trust)],
  )
  const last = await lastRow(transaction)
  return { count: rowCount ?? 0, rows: rowCount ? { first, last } : undefined }
}

/** True of a list that lost or changed some entry before. */
export async function hasHistory(transaction: Transaction, list: RegisteredList): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'SELECT FROM change WHERE list = $1 AND withdrawn + replaced > 0 LIMIT 1',
    [list.id],
  )
  return rowCount !== 0
}

/** What is put into a list that never had an entry of these keys: in the order in which it was staged. */
const ALL_STEPS = 'SELECT step.*, NULL::int AS entry FROM step WHERE NOT gone'

/** What is new or differs. */
const OTHER_STEPS = `SELECT step.*, coalesce(met.entry, known.entry) AS entry
   FROM step LEFT JOIN met USING (key) LEFT JOIN known USING (key)
  WHERE NOT step.gone AND met.fate IS DISTINCT FROM 'unchanged' ORDER BY n`

/** What came of steps that were staged among the entries, each key once. */
export async function settleFirst(
  transaction: Transaction,
  { change, after }: Extract<Staging, { kind: 'entry' }>,
): Promise<Merged> {
  await transaction.query('DELETE FROM entry WHERE row > $1 AND since = $2 AND until = $2', [after, change])
  const { rows } = await transaction.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM entry WHERE row > $1 AND since = $2',
    [after, change],
  )
  const added = rows[0]?.count ?? 0
  const span = added > 0 && { rows: { first: after, last: await lastRow(transaction) } }
  return { added, replaced: 0, withdrawn: 0, unchanged: 0, ...span }
}

/** The last row number given out, by anybody; 0 before the first. */
export async function lastRow(transaction: Transaction): Promise<number> {
  const { rows } = await transaction.query<{ last: number }>(
    'SELECT (CASE WHEN is_called THEN last_value ELSE 0 END)::int AS last FROM entry_row',
  )
  return rows[0]?.last ?? 0
}
