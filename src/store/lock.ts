/** Lock: what must run once holds an advisory lock of the database, on a connection of its own. */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { asFault } from './database.ts'
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
export async function isLocked(config: pg.ClientConfig, name: string): Promise<boolean> {
  const held = await holdLock(config, name)
  await held?.release()
  return held === undefined
}

/** A lock's number, signed and of 64 bits as PostgreSQL takes it. */
function numberOf(name: string): string {
  return createHash('sha256').update(`tutela ${name}`).digest().readBigInt64BE().toString()
}
