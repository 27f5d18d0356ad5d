/** Presence: a connection that tells the server, for as long as a process lives, that the process uses it. */
import pg from 'pg'
import { Fault } from '#terms/fault'

/** Held shared by whoever uses the server, and alone by the one who stops it. */
const LOCK = 0x7475_7402
const CONNECT_MILLISECONDS_MAX = 10_000

/** Why there is no connection yet: nobody listens; the server starts, recovers or stops; it was cut off or is too busy. */
export type Absent = 'not-listening' | 'not-ready' | 'cut-off'

/** This process, present at the server. The kernel ends it with the process. */
export class Presence {
  readonly #client: pg.Client

  private constructor(client: pg.Client, gone: () => void) {
    this.#client = client
    client.on('end', gone)
  }

  /**
   * Connects and says so.
   *
   * @param gone called once when the connection has ended, by whichever side
   * @throws Fault `store.unavailable`, `store.damaged` where waiting would not mend it
   */
  static async at(config: pg.ClientConfig, gone: () => void): Promise<Presence | Absent> {
    const client = new pg.Client({
      ...config,
      application_name: 'tutela presence',
      connectionTimeoutMillis: CONNECT_MILLISECONDS_MAX,
    })
    client.on('error', () => {}) // the end that follows is what counts
    try {
      await client.connect()
      await client.query('SELECT pg_advisory_lock_shared($1)', [LOCK]) // waits while somebody is stopping the server
    } catch (cause) {
      await client.end().catch(() => undefined)
      return absent(cause, config)
    }
    return new Presence(client, gone)
  }

  /**
   * Ends the presence.
   *
   * Each lets its own hold go before it asks for all of it: of two that leave together one is the last, and nobody can come
   * in once that one has it.
   *
   * @param stop called when nobody else is present, before anybody can be
   */
  async leave(stop: () => Promise<void>): Promise<void> {
    try {
      await this.#client.query('SELECT pg_advisory_unlock_shared($1)', [LOCK])
      const { rows } = await this.#client.query<{ alone: boolean }>(
        'SELECT pg_try_advisory_lock($1) AS alone',
        [LOCK],
      )
      if (rows[0]?.alone) await stop()
    } catch (cause) {
      if (cause instanceof Fault) throw cause
      // The server ended first: there is nothing left to stop.
    } finally {
      await this.#client.end().catch(() => undefined)
    }
  }
}

function absent(cause: unknown, config: pg.ClientConfig): Absent {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return 'not-listening'
  if (code === 'EACCES')
    throw new Fault(
      'store.unavailable',
      `${config.host} is closed to this user: run this as the one who made it`,
      { cause },
    )
  if (code === '28P01')
    throw new Fault(
      'store.damaged',
      `the password beside the database at ${config.host} is not its password`,
      { cause },
    )
  if (code === '3D000' || code === '28000')
    throw new Fault('store.damaged', `the database at ${config.host} lacks its user or database`, { cause })
  return code === '57P03' ? 'not-ready' : 'cut-off'
}
