/** Unfinished: a mark in a database into which a backup is being restored, which goes with the last step of that. */
import type pg from 'pg'
import { Fault } from '#terms/fault'
import type { Database, Session } from '../database.ts'
import { type Held, heldLocks, holdLock } from '../lock.ts'

/** The table that is the mark. */
export const MARK = 'restoring'
/** Held by whoever restores, for as long as it does. */
const LOCK = 'restore'

/**
 * Marks a database, in which nothing else is, before a backup is restored into it.
 *
 * @returns what is to be released when the restoring is over
 * @throws Fault `store.exists` when another process restores into it
 */
export async function markUnfinished(config: pg.ClientConfig, database: Database): Promise<Held> {
  const held = await holdLock(config, LOCK)
  if (!held) throw new Fault('store.exists', 'another restore into this database is under way')
  await database.query(`CREATE TABLE IF NOT EXISTS ${MARK} (begun_at timestamptz NOT NULL DEFAULT now())`)
  return held
}

/** Takes the mark away: all was restored, or nothing and the database is as it was before. */
export async function takeMarkAway(session: Session): Promise<void> {
  await session.query(`DROP TABLE IF EXISTS ${MARK}`)
}

/** @throws Fault `store.unavailable` for a database into which a restore was begun and did not end */
export async function refuseUnfinished(session: Session, where: string): Promise<void> {
  const { rows } = await session.query<{ has: boolean }>('SELECT to_regclass($1) IS NOT NULL AS has', [MARK])
  if (!rows[0]?.has) return
  const isUnderWay = (await heldLocks(session)).includes(LOCK)
  throw new Fault(
    'store.unavailable',
    isUnderWay
      ? `a backup is being restored into ${where}: wait for it to end`
      : `a restore into ${where} was cut off, and nothing of it is there: run it again, or drop the table "${MARK}"`,
  )
}
