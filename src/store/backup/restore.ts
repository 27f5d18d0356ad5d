/** Restore: a backup into an empty database, all of it or nothing. */
import { pipeline } from 'node:stream/promises'
import { from } from 'pg-copy-streams'
import { Fault } from '#terms/fault'
import { asFault, type Database, type Session, type Transaction } from '../database.ts'
import { migrateWithin, SCHEMA_VERSION } from '../migrate.ts'
import { quoted, sequencesOf, type Table, tablesOf } from './catalogue.ts'
import { damaged } from './frames.ts'
import { checkLeaves } from './leaves.ts'
import type { BackupManifest } from './manifest.ts'
import { readBackup, type Taker } from './read.ts'
import type { Told } from './told.ts'
import { MARK, takeMarkAway } from './unfinished.ts'

/** What was restored. */
export interface Restored {
  readonly manifest: BackupManifest
  /** Events whose leaves were found to be theirs. */
  readonly events: number
}

/**
 * Restores a backup and brings it to this program's form, in one transaction.
 *
 * @param form the backup's, as `readBackup` found it
 * @throws Fault `store.exists` when the database is not empty, `store.newer` for a backup of a newer form, `backup.damaged`,
 * `store.damaged` when an event lacks its leaf; the database is empty then, as before
 */
export async function restoreBackup(
  database: Database,
  path: string,
  form: number,
  told: Told = () => {},
): Promise<Restored> {
  if (form > SCHEMA_VERSION)
    throw new Fault('store.newer', `${path} has form ${form}, this program knows ${SCHEMA_VERSION}`)
  return database.transaction(async (transaction) => {
    await refuseTables(transaction)
    await takeMarkAway(transaction) // with all that is restored, or not at all
    await migrateWithin(transaction, form)
    const restored = await fill(transaction, path, told)
    await migrateWithin(transaction, SCHEMA_VERSION) // refuses also a backup whose migrations are not this program's
    return restored
  })
}

/** @throws Fault `store.exists` */
export async function refuseTables(session: Session): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'S') AND relname <> $1
      LIMIT 1`,
    [MARK],
  )
  if (rows[0]) throw new Fault('store.exists', `the database is not empty: it has ${rows[0].name}`)
}

async function fill(transaction: Transaction, path: string, told: Told): Promise<Restored> {
  const tables = await tablesOf(transaction)
  const names = tables.map(({ name }) => quoted(name)).join(', ')
  await transaction.query(`TRUNCATE ${names}`) // the migrations may have put first rows in
  const taker: Taker = {
    table: (name, columns, content) =>
      copyIn(transaction, path, tableFor(path, tables, name, columns), content),
  }
  const manifest = await readBackup(path, taker, (done, total) => told({ step: 'restore', done, total }))
  const missing = tables.find(({ name }) => !manifest.tables.some((table) => table.name === name))
  if (missing) throw damaged(path, `it lacks the table ${missing.name}`)
  await setSequences(transaction, path, manifest)
  told({ step: 'check', done: 0, total: 0 })
  await checkCounts(transaction, manifest)
  return { manifest, events: await checkLeaves(transaction) }
}

/** Names in a backup become part of a statement only where they are those of this form. */
function tableFor(path: string, tables: readonly Table[], name: string, columns: readonly string[]): Table {
  const table = tables.find((one) => one.name === name)
  const isSame =
    table?.columns.length === columns.length && table.columns.every((one) => columns.includes(one))
  if (!table || !isSame) throw damaged(path, `its table ${name} is not of the form that it states`)
  return { name, columns }
}

async function copyIn(
  transaction: Transaction,
  path: string,
  table: Table,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const copy = `COPY ${quoted(table.name)} (${table.columns.map(quoted).join(', ')}) FROM STDIN`
  await pipeline(content, transaction.connection.query(from(copy))).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (/^2[23]/.test(code))
      throw damaged(path, `the table ${table.name} does not hold what it should`, error)
    return asFault(error)
  })
}

async function setSequences(transaction: Transaction, path: string, manifest: BackupManifest): Promise<void> {
  const own = await sequencesOf(transaction)
  for (const { name } of own) {
    const stood = manifest.sequences.find((sequence) => sequence.name === name)
    if (!stood) throw damaged(path, `it lacks the sequence ${name}`)
    await transaction.query('SELECT setval($1::text::regclass, $2::bigint, $3)', [
      quoted(name),
      stood.value,
      stood.isCalled,
    ])
  }
}

async function checkCounts(transaction: Transaction, manifest: BackupManifest): Promise<void> {
  for (const { name, rows: expected } of manifest.tables) {
    const { rows } = await transaction.query<{ count: string }>(
      `SELECT count(*) AS count FROM ${quoted(name)}`,
    )
    const count = Number(rows[0]?.count)
    if (count !== expected)
      throw new Fault('store.damaged', `the table ${name} has ${count} rows, the backup says ${expected}`)
  }
}
