/** Lock: what must run once holds an advisory lock of the database, on a connection of its own. */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { asFault, type Session } from './database.ts'
import { watched } from './watched.ts'

/** A lock, held until it is released or lost. */
export interface Held {
  /** Aborted when the connection broke: from then on another process may hold the lock. */
  readonly lost: AbortSignal
  /** Lets the lock go. */
  release(): Promise<void>
}

/**
 * Takes a lock of the database, as `scheduler` or `index-writer`; the server lets it go by itself when this process ends.
 *
 * @returns undefined when another process holds it
 * @throws Fault `store.unreachable`
 */
export async function holdLock(config: pg.ClientConfig, name: string): Promise<Held | undefined> {
  const client = new pg.Client({ ...config, application_name: `tutela ${name}`, keepAlive: true })
  const lost = new AbortController()
  const watch = watched(client, () => lost.abort())
  try {
    await client.connect()
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      numberOf(name),
    ])
    if (rows[0]?.taken) return { lost: lost.signal, release: () => watch.end() }
    await watch.end()
    return undefined
  } catch (error) {
    await watch.end()
    return asFault(error)
  }
}

/** True while some process holds the lock. */
export async function isLocked(session: Session, name: string): Promise<boolean> {
  const number = BigInt.asUintN(64, BigInt(numberOf(name)))
  const { rows } = await session.query<{ held: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_locks
       WHERE locktype = 'advisory' AND granted AND classid::bigint = $1 AND objid::bigint = $2 AND objsubid = 1
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS held`,
    [String(number >> 32n), String(number & 0xffff_ffffn)],
  )
  return rows[0]?.held === true
}

/** A lock's number, signed and of 64 bits as PostgreSQL takes it. */
function numberOf(name: string): string {
  return createHash('sha256').update(`tutela ${name}`).digest().readBigInt64BE().toString()
}
