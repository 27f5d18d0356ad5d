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

/** What the name of a lock's connection begins with. */
const CONNECTION = 'tutela '
/** Names of connections are cut behind so many characters. */
const CONNECTION_LENGTH_MAX = 63

/**
 * Takes a lock of the database, as `scheduler` or `index-writer`; the server lets it go by itself when this process ends.
 *
 * @returns undefined when another process holds it
 * @throws Fault `store.unreachable`
 */
export async function holdLock(config: pg.ClientConfig, name: string): Promise<Held | undefined> {
  const client = new pg.Client({ ...config, application_name: CONNECTION + name, keepAlive: true })
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

/** The names of the locks that are held, in alphabetical order. */
export async function heldLocks(session: Session): Promise<string[]> {
  const { rows } = await session.query<{ connection: string; number: string }>(
    `SELECT a.application_name AS connection, (l.classid::bigint << 32 | l.objid::bigint)::text AS number
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  // A lock is only a number: its name is that of the connection which holds it.
  const names = rows.flatMap(({ connection, number }) => {
    const name = connection.slice(CONNECTION.length)
    const isCut = connection.length === CONNECTION_LENGTH_MAX
    return connection.startsWith(CONNECTION) && (isCut || numberOf(name) === number) ? [name] : []
  })
  return names.sort()
}

/** A lock's number, signed and of 64 bits as PostgreSQL takes it. */
function numberOf(name: string): string {
  return createHash('sha256').update(`tutela ${name}`).digest().readBigInt64BE().toString()
}
