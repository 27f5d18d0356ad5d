/** Feed: what stands in the register and what changes in it, for the index in service. */
import type { FeedChange, FeedEnded, FeedJudgement, FeedRows, FeedWhole, IndexFeed } from '#terms/index-feed'
import type { IndexedRegisterList } from '#terms/lookup'
import type { ListKind, Use } from '#terms/register'
import { trustOf } from './columns.ts'
import { copied, type HeldConnection, holdConnection } from './copy-out.ts'
import type { Database, Session } from './database.ts'
import { ENDED_FIELDS, EndedBatch, ROW_FIELDS, RowBatch } from './feed-batch.ts'

/** Changes whose heads are read at once. */
const CHANGES_AT_ONCE = 500
const BATCH_ROWS = 4_096

/** The fields of a version, in the order in which `RowBatch` takes them. */
const ROW_COLUMNS = 'row, entry, list, trust, categories, md5, sha1, sha256, pdq'
const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off'

/**
 * What only this database has: its cluster, where that may be asked, its number in it, and its tables. With it the change of a
 * number: a database that was taken back to an earlier state has another one there, or none.
 */
const MARK = `
  SELECT concat_ws('/',
    CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
      THEN (SELECT system_identifier::text FROM pg_control_system()) ELSE 'unknown' END,
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'change'::regclass::oid,
    (SELECT id || '@' || extract(epoch FROM at) || ':' || left(encode(digest, 'hex'), 16)
     FROM change WHERE number = $1)) AS mark,
    $1 = 0 OR EXISTS (SELECT FROM change WHERE number = $1) AS exists`

const LIST_COLUMNS = 'id, name, kind, uses, enabled_ratio, entries, changed_at'

const JUDGEMENT_COLUMNS = `entry, trust, extract(epoch FROM disabled_until)::float8 * 1000 AS disabled`

/** A list's entries and date are as of the change, whatever came after it: nobody is told of what is not searched yet. */
const CHANGES = `
  SELECT c.id, c.number, c.kind, c.list AS list_id, c.row_first, c.row_last,
         c.added + 2 * c.replaced + c.withdrawn AS rows, l.removed_at IS NULL AS stands,
         l.id, l.name, l.kind AS list_kind, l.uses, l.enabled_ratio, l.entries - c.later AS entries,
         c.numbered_at AS changed_at, c.id AS change
  FROM (SELECT *, coalesce(sum(added - withdrawn) OVER (
          PARTITION BY list ORDER BY number ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0)::int AS later
        FROM change WHERE number > $1) c
  JOIN list l ON l.id = c.list ORDER BY c.number LIMIT ${CHANGES_AT_ONCE}`

interface ListRow {
  readonly id: number
  readonly name: string
  readonly kind: ListKind
  readonly uses: readonly Use[]
  readonly enabled_ratio: number
  readonly entries: number
  readonly changed_at: Date
}

interface ChangeRow extends Omit<ListRow, 'kind'> {
  readonly change: number
  readonly number: number
  readonly kind: string
  readonly list_id: number
  readonly list_kind: ListKind
  readonly row_first: number | null
  readonly row_last: number | null
  readonly rows: number
  readonly stands: boolean
}

interface JudgementRow {
  readonly entry: number
  readonly trust: number | null
  readonly disabled: number | null
}

/** The register as the index in service follows it. */
export class RegisterFeed implements IndexFeed {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  mark(number: number): Promise<string | undefined> {
    return markOf(this.#database, number)
  }

  async everything<T>(take: (whole: FeedWhole) => Promise<T>): Promise<T> {
    const connection = await holdConnection(this.#database)
    let isWhole = false
    try {
      await connection.query(BEGIN)
      const result = await take(await wholeOf(connection))
      await connection.query('COMMIT')
      isWhole = true
      return result
    } finally {
      connection.release(isWhole)
    }
  }

  async *after(number: number): AsyncIterable<FeedChange> {
    let last = number
    for (;;) {
      const { rows } = await this.#database.query<ChangeRow>(CHANGES, [last])
      for (const row of rows) {
        yield await this.#change(row)
        last = row.number
      }
      if (rows.length < CHANGES_AT_ONCE) return
    }
  }

  async #change(row: ChangeRow): Promise<FeedChange> {
    const { change, number, kind, list_id: listId, row_first: first, row_last: last, stands } = row
    const range = first !== null && last !== null ? `row BETWEEN ${first} AND ${last} AND ` : ''
    const begunWhere = `${range}since = ${change} AND (until IS NULL OR until > ${change})`
    // The entries of a removed list are left as they were: they end with it all the same.
    const endedWhere =
      kind === 'remove'
        ? `list = ${listId} AND (until IS NULL OR until = ${change})`
        : `until = ${change} AND since < ${change}`
    const batchRows = Math.min(row.rows + 1, BATCH_ROWS)
    return {
      number,
      mark: (await this.mark(number)) ?? '',
      listId,
      ...(stands && { list: listOf({ ...row, kind: row.list_kind }) }),
      rows: row.rows,
      judgementsEnded: await judgedUntil(this.#database, change),
      judgementsBegun: await judgementsOf(this.#database, `since = ${change}`),
      begun: () => this.#held((held) => rowsFrom(held, begunWhere, batchRows)),
      ended: () => this.#held((held) => endedFrom(held, endedWhere, batchRows)),
    }
  }

  /** Batches read on a connection of their own. */
  async *#held<B>(read: (connection: HeldConnection) => AsyncIterable<B>): AsyncIterable<B> {
    const connection = await holdConnection(this.#database)
    let isWhole = false
    try {
      await connection.query(BEGIN)
      yield* read(connection)
      await connection.query('COMMIT')
      isWhole = true
    } finally {
      connection.release(isWhole)
    }
  }
}

async function wholeOf(connection: HeldConnection): Promise<FeedWhole> {
  const { rows } = await connection.query<{ value: number; about: number }>(
    `SELECT value::int, (SELECT coalesce(sum(entries), 0)::float8 FROM list WHERE removed_at IS NULL) AS about
     FROM counter WHERE name = 'change'`,
  )
  const number = rows[0]?.value ?? 0
  const lists = await listsOf(connection)
  const ids = lists.map(({ id }) => id).join()
  return {
    number,
    mark: (await markOf(connection, number)) ?? '',
    lists,
    judgements: await judgementsOf(connection, 'until IS NULL'),
    rowsAbout: rows[0]?.about ?? 0,
    rows: () => rowsFrom(connection, `until IS NULL AND list = ANY('{${ids}}')`, BATCH_ROWS),
  }
}

/** Batches of the versions that a condition names. */
async function* rowsFrom(
  connection: HeldConnection,
  where: string,
  batchRows: number,
): AsyncIterable<FeedRows> {
  const copy = `COPY (SELECT ${ROW_COLUMNS} FROM entry WHERE ${where}) TO STDOUT (FORMAT binary)`
  let batch = new RowBatch(batchRows)
  const full: FeedRows[] = []
  const pieces = copied(connection.stream(copy), ROW_FIELDS, (row) => {
    batch.push(row)
    if (!batch.isFull) return
    full.push(batch.rows())
    batch = new RowBatch(batchRows)
  })
  for await (const _ of pieces) yield* full.splice(0)
  if (!batch.isEmpty) yield batch.rows()
}

async function* endedFrom(
  connection: HeldConnection,
  where: string,
  batchRows: number,
): AsyncIterable<FeedEnded> {
  const copy = `COPY (SELECT row, pdq FROM entry WHERE ${where}) TO STDOUT (FORMAT binary)`
  let batch = new EndedBatch(batchRows)
  const full: FeedEnded[] = []
  const pieces = copied(connection.stream(copy), ENDED_FIELDS, (row) => {
    batch.push(row)
    if (!batch.isFull) return
    full.push(batch.rows())
    batch = new EndedBatch(batchRows)
  })
  for await (const _ of pieces) yield* full.splice(0)
  if (!batch.isEmpty) yield batch.rows()
}

async function judgementsOf(session: Session, where: string): Promise<FeedJudgement[]> {
  const { rows } = await session.query<JudgementRow>(
    `SELECT ${JUDGEMENT_COLUMNS} FROM judgement WHERE ${where}`,
  )
  return rows.map(({ entry, trust, disabled }) => ({
    entry,
    ...(trust !== null && { trust: trustOf(trust) }),
    ...(disabled !== null && { disabledUntil: disabled }),
  }))
}

async function judgedUntil(session: Session, change: number): Promise<number[]> {
  const { rows } = await session.query<{ entry: number }>('SELECT entry FROM judgement WHERE until = $1', [
    change,
  ])
  return rows.map(({ entry }) => entry)
}

async function markOf(session: Session, number: number): Promise<string | undefined> {
  const { rows } = await session.query<{ mark: string; exists: boolean }>({
    name: 'feed-mark',
    text: MARK,
    values: [number],
  })
  return rows[0]?.exists ? rows[0].mark : undefined
}

async function listsOf(session: Session): Promise<IndexedRegisterList[]> {
  const { rows } = await session.query<ListRow>(
    `SELECT ${LIST_COLUMNS} FROM list WHERE removed_at IS NULL ORDER BY id`,
  )
  return rows.map(listOf)
}

function listOf({ id, name, kind, uses, enabled_ratio, entries, changed_at }: ListRow): IndexedRegisterList {
  return { id, name, kind, uses, enabledRatio: enabled_ratio, entries, changedAt: changed_at.toISOString() }
}
