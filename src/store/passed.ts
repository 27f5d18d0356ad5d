/** Passed: hashes of what the gate let through, for a short stated time; no bytes, no account. */
import type { DigestKind } from '#terms/hash'
import { DIGEST_KINDS } from '#terms/hash'
import type { Database, Session, Transaction } from './database.ts'

/** Hashes of one item that was let through. */
export interface Passed {
  /** Id of the client. */
  readonly client: number
  /** The client's own token for it: no account, no name. */
  readonly reference: string
  readonly at: Date
  readonly expiresAt: Date
  /** Number of the change as of which it was looked up. */
  readonly number: number
  /** Lower-case hex. */
  readonly digests: Readonly<Partial<Record<DigestKind, string>>>
  /** PDQ hashes, 32 bytes each, one after the other. */
  readonly pdq: Uint8Array
}

/** As it stands. */
export interface PassedItem extends Passed {
  readonly id: number
}

/** Changes above `from`, up to `to`, and items up to `item`: what is to be compared. */
export interface Reach {
  readonly from: number
  readonly to: number
  readonly item: number
}

/** Rows that are read together: few enough that whoever asks the gate is not kept waiting. */
const PAGE_ROWS = 2_000

/** Keeps some items, all or none. */
export async function keepPassed(session: Session, items: readonly Passed[]): Promise<void> {
  const digestsOf = (kind: DigestKind): (Buffer | null)[] =>
    items.map(({ digests }) => (digests[kind] === undefined ? null : Buffer.from(digests[kind], 'hex')))
  await session.query({
    name: 'keep-passed',
    text: `INSERT INTO passed (client, reference, at, expires_at, number, md5, sha1, sha256, pdq)
           SELECT * FROM unnest($1::int[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[],
                                $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[])`,
    values: [
      items.map(({ client }) => client),
      items.map(({ reference }) => reference),
      items.map(({ at }) => at),
      items.map(({ expiresAt }) => expiresAt),
      items.map(({ number }) => number),
      ...DIGEST_KINDS.map(digestsOf),
      items.map(({ pdq }) => (pdq.length === 0 ? null : Buffer.from(pdq))),
    ],
  })
}

/**
 * Forgets what has been kept long enough: by what was stated when it passed, and by what is set of its client now; everything
 * of a client that is revoked or is not to be told of later matches any more.
 *
 * @returns how many items were forgotten
 */
export async function forgetPassed(session: Session, now: Date): Promise<number> {
  const expired = await session.query('DELETE FROM passed WHERE expires_at <= $1', [now])
  const ended = await session.query(
    `DELETE FROM passed USING client c WHERE passed.client = c.id AND (
       c.revoked_at IS NOT NULL OR c.retro_webhook IS NULL
       OR passed.at <= $1::timestamptz - c.retro_keep_hours * interval '1 hour')`,
    [now],
  )
  return (expired.rowCount ?? 0) + (ended.rowCount ?? 0)
}

/**
 * What is still to be compared; undefined when there is nothing. Whatever is being kept at this moment is waited for, so
 * that every item is either in this reach or comes after it.
 */
export async function reachOf(database: Database): Promise<Reach | undefined> {
  const { to, done, item, doneItem } = await standOf(database)
  const { rows } = await database.query<{ late: number | null; least: number | null }>(
    `SELECT (SELECT min(number) FROM passed WHERE id > $1 AND id <= $2) AS late,
            CASE WHEN $3 THEN (SELECT min(number) FROM passed WHERE id <= $2) END AS least`,
    [doneItem, item, to > done],
  )
  const { late = null, least = null } = rows[0] ?? {}
  // An item that was looked up before the last comparison, and kept only after it, begins where it was looked up.
  const begun = Math.min(done, late ?? done)
  const from = Math.max(begun, least ?? (to > done ? to : begun))
  if (to > from) return { from, to, item }
  if (to > done || item > doneItem) await markCompared(database, { from, to, item })
  return undefined
}

/** How far changes and items have come, and how far they were compared. */
function standOf(database: Database): Promise<{ to: number; done: number; item: number; doneItem: number }> {
  return database.transaction(async (transaction) => {
    await transaction.query('LOCK TABLE passed IN SHARE MODE')
    const { rows } = await transaction.query<{ name: string; value: string }>(
      `SELECT name, value FROM counter WHERE name IN ('change', 'retro-change', 'retro-passed')
       UNION ALL SELECT 'item', coalesce(max(id), 0) FROM passed`,
    )
    const value = (name: string): number => Number(rows.find((row) => row.name === name)?.value ?? 0)
    return {
      to: value('change'),
      done: value('retro-change'),
      item: value('item'),
      doneItem: value('retro-passed'),
    }
  })
}

/** Writes down that a reach was compared. */
export async function markCompared(session: Session, { to, item }: Reach): Promise<void> {
  await session.query(
    `UPDATE counter SET value = greatest(value, CASE name WHEN 'retro-change' THEN $1::bigint ELSE $2::bigint END)
      WHERE name IN ('retro-change', 'retro-passed')`,
    [to, item],
  )
}

/**
 * Versions of entries that a reach concerns: those that its changes brought, those whose judgement they changed, and all of a
 * list whose terms they changed. More than would match: the gate has the last word.
 */
const BEGUN = `
  SELECT e.* FROM change c JOIN entry e ON e.row BETWEEN c.row_first AND c.row_last AND e.since = c.id
   WHERE c.number > $1 AND c.number <= $2 AND e.until IS NULL
  UNION ALL
  SELECT e.* FROM change c JOIN judgement j ON j.since = c.id OR j.until = c.id
    JOIN LATERAL (SELECT * FROM entry WHERE row = j.entry
                  UNION ALL SELECT * FROM entry WHERE entry = j.entry AND entry <> row) e ON e.until IS NULL
   WHERE c.number > $1 AND c.number <= $2
  UNION ALL
  SELECT e.* FROM change c JOIN entry e ON e.list = c.list AND e.until IS NULL
   WHERE c.number > $1 AND c.number <= $2 AND c.kind = 'terms'`

/** Versions whose end a reach brought, also with their list: what they set aside counts again. */
const ENDED = `
  SELECT e.* FROM change c JOIN entry e ON e.until = c.id WHERE c.number > $1 AND c.number <= $2
  UNION ALL
  SELECT e.* FROM change c JOIN entry e ON e.list = c.list AND e.until IS NULL
   WHERE c.number > $1 AND c.number <= $2 AND c.kind = 'remove'`

/** Ids of the items that share a digest with an entry that a reach concerns; what is set aside, is so by SHA-256. */
export async function itemsByDigest(session: Session, { from, to, item }: Reach): Promise<number[]> {
  const joins = DIGEST_KINDS.map(
    (kind) => `SELECT p.id FROM begun b JOIN passed p ON p.${kind} = b.${kind} WHERE p.id <= $3`,
  )
  joins.push('SELECT p.id FROM ended e JOIN passed p ON p.sha256 = e.sha256 WHERE p.id <= $3')
  const { rows } = await session.query<{ id: string }>(
    `WITH ended AS MATERIALIZED (SELECT e.sha256 FROM (${ENDED}) e WHERE e.sha256 IS NOT NULL),
          begun AS MATERIALIZED (SELECT b.md5, b.sha1, b.sha256 FROM (${BEGUN}) b
                     WHERE num_nonnulls(b.md5, b.sha1, b.sha256) > 0)
     ${joins.join(' UNION ')}`,
    [from, to, item],
  )
  return rows.map(({ id }) => Number(id))
}

/** PDQ hashes of the entries that a reach concerns, 32 bytes each, some at a time. Within one transaction. */
export async function* entryHashes(
  transaction: Transaction,
  { from, to }: Reach,
  rowsMax: number,
): AsyncGenerator<Uint8Array> {
  await transaction.query(
    `DECLARE begun NO SCROLL CURSOR FOR SELECT b.pdq FROM (${BEGUN}) b WHERE b.pdq IS NOT NULL`,
    [from, to],
  )
  let gathered: Buffer[] = []
  let held = 0
  for (;;) {
    const asked = Math.min(PAGE_ROWS, rowsMax - held)
    const { rows } = await transaction.query<{ pdq: Buffer }>(`FETCH ${asked} FROM begun`)
    if (rows.length > 0) gathered.push(Buffer.concat(rows.map(({ pdq }) => pdq)))
    held += rows.length
    const isLast = rows.length < asked
    if (held > 0 && (isLast || held === rowsMax)) {
      yield Buffer.concat(gathered)
      gathered = []
      held = 0
    }
    if (isLast) break
  }
  await transaction.query('CLOSE begun')
}

/** Items with PDQ hashes, up to one, in the order of their ids, some at a time. */
export async function* itemHashes(
  session: Session,
  { item }: Reach,
): AsyncGenerator<readonly { readonly id: number; readonly pdq: Uint8Array }[]> {
  for (let after = 0; ; ) {
    const { rows } = await session.query<{ id: string; pdq: Buffer }>(
      'SELECT id, pdq FROM passed WHERE id > $1 AND id <= $2 AND pdq IS NOT NULL ORDER BY id LIMIT $3',
      [after, item, PAGE_ROWS],
    )
    const items = rows.map(({ id, pdq }) => ({ id: Number(id), pdq }))
    const last = items.at(-1)
    if (last) yield items
    if (!last || rows.length < PAGE_ROWS) return
    after = last.id
  }
}

interface PassedRow {
  readonly id: string
  readonly client: number
  readonly reference: string
  readonly at: Date
  readonly expires_at: Date
  readonly number: number
  readonly md5: Buffer | null
  readonly sha1: Buffer | null
  readonly sha256: Buffer | null
  readonly pdq: Buffer | null
}

/** Some items by their ids; those that were forgotten meanwhile are missing. */
export async function passedItems(session: Session, ids: readonly number[]): Promise<PassedItem[]> {
  const { rows } = await session.query<PassedRow>(
    `SELECT id, client, reference, at, expires_at, number, md5, sha1, sha256, pdq
       FROM passed WHERE id = ANY($1::bigint[]) ORDER BY id`,
    [ids],
  )
  return rows.map(({ id, expires_at, md5, sha1, sha256, pdq, ...same }) => ({
    ...same,
    id: Number(id),
    expiresAt: expires_at,
    digests: {
      ...(md5 && { md5: md5.toString('hex') }),
      ...(sha1 && { sha1: sha1.toString('hex') }),
      ...(sha256 && { sha256: sha256.toString('hex') }),
    },
    pdq: pdq ?? new Uint8Array(),
  }))
}

/** Takes an item away; false when it was gone already: only one taker ever has it. */
export async function takePassed(transaction: Transaction, id: number): Promise<boolean> {
  const { rowCount } = await transaction.query('DELETE FROM passed WHERE id = $1', [id])
  return rowCount === 1
}
