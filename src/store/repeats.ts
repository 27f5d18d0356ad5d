/** Repeats: entries of one change under one key, joined without losing what any of them says. */
import { Fault } from '#terms/fault'
import type { Categories, EntryHashes, EntryPut, EntryStep, RegisteredList, Trust } from '#terms/register'
import { entryKey } from '#terms/register'
import { type EntryRow, hashesOf, trustOf } from './columns.ts'
import type { Transaction } from './database.ts'
import { copySteps, type Staging, type StepTally, stagedAs } from './staging.ts'

const HASHES = ['md5', 'sha1', 'sha256', 'pdq', 'photodna'] as const

/**
 * Joins entries that came under one key, in the order in which they came: their hashes and categories side by side, the first
 * word of each on all else. One whose hashes contradict those before it (another SHA-256 under one MD5) stays an entry of its
 * own, under its key with its strongest hash behind it.
 *
 * @param repeated at least one, with one key
 */
export function joinRepeats(key: string, repeated: readonly EntryPut[]): EntryPut[] {
  const joined = new Map<string, EntryPut>()
  for (const entry of repeated) {
    const at = [...joined].find(([, had]) => agrees(had, entry))?.[0]
    const own = at ?? (joined.has(key) ? `${key} ${entryKey(entry)}` : key)
    const had = joined.get(own)
    joined.set(own, had ? join(had, entry) : { ...entry, key: own })
  }
  return [...joined.values()]
}

function agrees(had: EntryHashes, entry: EntryHashes): boolean {
  return HASHES.every(
    (kind) => had[kind] === undefined || entry[kind] === undefined || had[kind] === entry[kind],
  )
}

function join(had: EntryPut, entry: EntryPut): EntryPut {
  const categories = joinCategories(had.categories, entry.categories)
  const provenance = { ...entry.provenance, ...had.provenance }
  return {
    ...entry,
    ...had,
    ...(categories && { categories }),
    ...(Object.keys(provenance).length > 0 && { provenance }),
  }
}

function joinCategories(had: Categories = {}, more: Categories = {}): Categories | undefined {
  const schemes = [...new Set([...Object.keys(had), ...Object.keys(more)])]
  if (schemes.length === 0) return undefined
  const codes = (scheme: string): string[] => [...new Set([...(had[scheme] ?? []), ...(more[scheme] ?? [])])]
  return Object.fromEntries(schemes.map((scheme) => [scheme, codes(scheme)]))
}

/**
 * Takes the place of steps with one key by what they come to.
 *
 * @param list the locked list that they are for
 * @returns the keys that came more than once
 */
export async function joinRepeated(
  transaction: Transaction,
  staging: Staging,
  list: RegisteredList,
  tally: StepTally,
  repeats: 'join' | 'last',
): Promise<number> {
  if (!tally.keys.mayRepeat) return 0
  // By a number for each key first: a million of them are told apart in memory where their texts are not.
  const { rowCount } = await transaction.query(
    `CREATE TEMP TABLE repeated ON COMMIT DROP AS
     WITH alike AS MATERIALIZED (
       SELECT hashtextextended(key, 0) AS number FROM ${stagedAs(staging)} GROUP BY 1 HAVING count(*) > 1)
     SELECT key FROM ${stagedAs(staging)}
      WHERE EXISTS (SELECT FROM alike) AND hashtextextended(key, 0) IN (SELECT number FROM alike)
      GROUP BY key HAVING count(*) > 1`,
  )
  if (rowCount) {
    await transaction.query('ANALYZE repeated')
    // A cursor sees the table as it was when it was declared.
    await transaction.query(
      `DECLARE repeating CURSOR FOR SELECT step.* FROM ${stagedAs(staging)} JOIN repeated USING (key) ORDER BY key, n`,
    )
    const from = staging.kind === 'aside' ? 'step' : 'entry step'
    const those =
      staging.kind === 'aside' ? '' : `AND step.row > ${staging.after} AND step.since = ${staging.change}`
    await transaction.query(`DELETE FROM ${from} USING repeated WHERE step.key = repeated.key ${those}`)
    for await (const steps of joinedPages(transaction, list.trust, repeats))
      await copySteps(transaction, staging, [steps], tally)
    await transaction.query('CLOSE repeating')
  }
  await transaction.query('DROP TABLE repeated')
  return rowCount ?? 0
}

type StepRow = Omit<EntryRow, 'trust'> & { readonly gone: boolean; readonly trust: number | null }

const PAGE_STEPS = 2_000
/** More steps with one key than this are a list that makes no sense. */
const REPEATS_MAX = 100_000

async function* joinedPages(
  transaction: Transaction,
  trust: Trust,
  repeats: 'join' | 'last',
): AsyncGenerator<readonly EntryStep[]> {
  const held: StepRow[] = []
  for (;;) {
    const { rows } = await transaction.query<StepRow>(`FETCH ${PAGE_STEPS} FROM repeating`)
    const joined: EntryStep[] = []
    for (const row of rows) {
      if (held[0] && held[0].key !== row.key) joined.push(...together(held.splice(0), trust, repeats))
      held.push(row)
    }
    if (held.length > REPEATS_MAX)
      throw new Fault('list.invalid', `one key comes more than ${REPEATS_MAX} times`)
    if (rows.length === 0) joined.push(...together(held.splice(0), trust, repeats))
    if (joined.length > 0) yield joined
    if (rows.length === 0) return
  }
}

/** What steps with one key come to: a withdrawal undoes what came before it. */
function together(rows: readonly StepRow[], trust: Trust, repeats: 'join' | 'last'): EntryStep[] {
  const last = rows.at(-1)
  if (!last) return []
  if (last.gone) return [{ kind: 'withdraw', key: last.key, because: last.because ?? '' }]
  const since = rows.findLastIndex(({ gone }) => gone) + 1
  const puts = repeats === 'last' ? [last] : rows.slice(since)
  return joinRepeats(
    last.key,
    puts.map((row) => putOf(row, trust)),
  ).map((entry) => ({ kind: 'put', entry }))
}

/** A trust that is the list's own says nothing: one that comes later does. */
function putOf(row: StepRow, unstated: Trust): EntryPut {
  const { key, trust, categories, label, source, provenance, extra } = row
  return {
    key,
    ...hashesOf(row),
    ...(trust !== null && trustOf(trust) !== unstated && { trust: trustOf(trust) }),
    ...(categories !== null && { categories }),
    ...(label !== null && { label }),
    ...(source !== null && { source }),
    ...(provenance !== null && { provenance }),
    ...(extra !== null && { extra }),
  }
}
