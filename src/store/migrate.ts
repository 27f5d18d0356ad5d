/** Migrate: brings a database to the newest form, step by step, each in a transaction of its own. */
import { createHash } from 'node:crypto'
import { Fault } from '#terms/fault'
import type { Database, Transaction } from './database.ts'
import { sql as register } from './migrations/001-register.ts'
import { sql as boundLists } from './migrations/002-bound-lists.ts'
import { sql as evidence } from './migrations/003-evidence.ts'
import { sql as people } from './migrations/004-people.ts'
import { sql as keysAndAnchors } from './migrations/005-keys-and-anchors.ts'
import { sql as desk } from './migrations/006-desk.ts'
import { sql as speed } from './migrations/007-speed.ts'

interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'register', sql: register },
  { number: 2, name: 'bound-lists', sql: boundLists },
  { number: 3, name: 'evidence', sql: evidence },
  { number: 4, name: 'people', sql: people },
  { number: 5, name: 'keys-and-anchors', sql: keysAndAnchors },
  { number: 6, name: 'desk', sql: desk },
  { number: 7, name: 'speed', sql: speed },
]

/** The form that this program writes and reads. */
export const SCHEMA_VERSION = MIGRATIONS.length

/** Advisory lock under which one process at a time migrates. */
const LOCK = 0x7475_7401

/**
 * Applies what a database lacks. Safe to run by several processes at once.
 *
 * @returns the numbers of the migrations applied now
 * @throws Fault `store.newer` where a newer program wrote it; `store.damaged` where a migration is not the one applied
 */
export async function migrate(database: Database): Promise<number[]> {
  const applied: number[] = []
  for (const migration of MIGRATIONS) {
    const isNew = await database.transaction((transaction) => step(transaction, migration))
    if (isNew) applied.push(migration.number)
  }
  return applied
}

/** Brings a database to a form, in a transaction of the caller's. @throws Fault as `migrate` */
export async function migrateWithin(transaction: Transaction, form: number): Promise<void> {
  for (const migration of MIGRATIONS.slice(0, form)) await step(transaction, migration)
}

/** The newest migration a database has; 0 for an empty one. */
export async function schemaVersion(database: Database): Promise<number> {
  const { rows } = await database.query<{ has: boolean }>(
    `SELECT to_regclass('migration') IS NOT NULL AS has`,
  )
  if (!rows[0]?.has) return 0
  const last = await database.query<{ number: number | null }>('SELECT max(number) AS number FROM migration')
  return last.rows[0]?.number ?? 0
}

async function step(transaction: Transaction, migration: Migration): Promise<boolean> {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
  await transaction.query(
    `CREATE TABLE IF NOT EXISTS migration (
       number int PRIMARY KEY, name text NOT NULL, digest text NOT NULL, at timestamptz NOT NULL DEFAULT now())`,
  )
  const { rows } = await transaction.query<{ number: number; digest: string }>(
    'SELECT number, digest FROM migration ORDER BY number',
  )
  if (rows.length > SCHEMA_VERSION)
    throw new Fault(
      'store.newer',
      `the database has form ${rows.length}, this program knows ${SCHEMA_VERSION}`,
    )
  const digest = createHash('sha256').update(migration.sql).digest('hex')
  const had = rows.find(({ number }) => number === migration.number)
  if (had && had.digest !== digest)
    throw new Fault('store.damaged', `migration ${migration.number} of the database is not this program's`)
  if (had) return false
  await transaction.query(migration.sql)
  await transaction.query('INSERT INTO migration (number, name, digest) VALUES ($1, $2, $3)', [
    migration.number,
    migration.name,
    digest,
  ])
  return true
}
