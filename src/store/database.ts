/** Database: a pool of connections to PostgreSQL, and the transactions in which everything is changed. */
import pg from 'pg'
import { NO_DIGESTS, type TextDigests } from '#ground/digest-key'
import { Fault } from '#terms/fault'
import { transactionOn } from './begin.ts'

/** What runs statements: a transaction's connection, or the pool where nothing is changed. */
export interface Session {
  /** What words are digested by before an event holds them. */
  readonly digests: TextDigests
  query<R extends pg.QueryResultRow>(
    statement: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<R>>
}

/** A transaction. Nothing in it is seen by anybody until it ends well. */
export interface Transaction extends Session {
  /** The connection, for COPY. */
  readonly connection: pg.PoolClient
}

export interface DatabaseOptions {
  /** Connections at most; 10 unless given. */
  readonly connectionsMax?: number
  /** Without it no words can be put on record. */
  readonly digests?: TextDigests
}

const CONNECTIONS_MAX = 10
const CONNECT_MILLISECONDS_MAX = 10_000
/** Connections that no transaction takes: however many of them wait for a lock, look-ups and the index go on. */
const KEPT_FREE_MAX = 3
/** A transaction that lost against another is tried again this often. */
const TRIES_MAX = 3

/** A pool of connections. Its lifetime is that of whoever opened it. */
export class Database implements Session {
  readonly pool: pg.Pool
  readonly digests: TextDigests
  readonly #places: Places

  constructor(config: pg.PoolConfig, options: DatabaseOptions = {}) {
    const max = options.connectionsMax ?? CONNECTIONS_MAX
    this.digests = options.digests ?? NO_DIGESTS
    this.#places = new Places(max - Math.min(KEPT_FREE_MAX, Math.floor(max / 3)))
    this.pool = new pg.Pool({
      max,
      connectionTimeoutMillis: CONNECT_MILLISECONDS_MAX,
      application_name: 'tutela',
      ...config,
    })
    this.pool.on('error', () => {}) // an idle connection that broke is replaced; the next statement says what is wrong
  }

  /** @throws Fault `store.unreachable` when the database does not answer */
  async query<R extends pg.QueryResultRow>(
    statement: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<R>> {
    return this.pool.query<R>(statement as string, values as unknown[]).catch(asFault)
  }

  /**
   * Runs `work` in one transaction: all of it is kept, or nothing. Where two that cannot both be kept meet, the loser runs again.
   *
   * @throws Fault `store.unreachable`, also where too many others wait; `store.full`; whatever `work` throws
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    await this.#places.take()
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#once(work)
        } catch (error) {
          if (tries >= TRIES_MAX || !isLost(error)) throw error
        }
      }
    } finally {
      this.#places.giveBack()
    }
  }

  async close(): Promise<void> {
    await this.pool.end()
  }

  async #once<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const connection = await this.pool.connect().catch(asFault)
    let broken: Error | undefined
    const note = (error: Error): void => {
      broken = error
    }
    connection.on('error', note)
    try {
      const transaction = transactionOn(connection, this.digests)
      const result = await work(transaction)
      if (!transaction.isBegun) return result
      const { command } = await connection.query('COMMIT')
      // After a statement that failed, PostgreSQL answers a COMMIT with ROLLBACK, and calls that no error.
      if (command !== 'COMMIT')
        throw new TypeError('a statement of the transaction failed, and its fault was lost')
      return result
    } catch (error) {
      await connection.query('ROLLBACK').catch((failure: Error) => {
        broken = failure // the connection is not given to anybody else
      })
      return asFault(error)
    } finally {
      connection.off('error', note)
      connection.release(broken)
    }
  }
}

/** Places for those that may go on at the same time; the others wait in turn, for as long as for a connection. */
class Places {
  #free: number
  readonly #waiting: Set<() => void> = new Set()

  constructor(count: number) {
    this.#free = count
  }

  /** @throws Fault `store.unreachable` when none became free in time */
  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return
    }
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(go)
        reject(new Fault('store.unreachable', 'the database is busy: too many changes wait for others'))
      }, CONNECT_MILLISECONDS_MAX)
      this.#waiting.add(go)
    })
  }

  giveBack(): void {
    const [next] = this.#waiting
    if (!next) this.#free++
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}

/** True of an error that a second try may not meet: serialisation failure, deadlock. */
function isLost(error: unknown): boolean {
  const code = codeOf(error instanceof Fault ? error.cause : error)
  return code === '40001' || code === '40P01'
}

/**
 * Rethrows what the database or the way to it failed at as a fault, also where it has no connection left or takes no changes, as
 * a standby does; everything else as it is.
 */
export function asFault(error: unknown): never {
  if (error instanceof Fault || !(error instanceof Error)) throw error
  const code = codeOf(error)
  const isGone =
    /^(ECONN|ENOENT|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_)/.test(code) ||
    /^(08|57P0|3D000|28|53300|25006)/.test(code)
  if (isGone || /timeout|terminated|not queryable/i.test(error.message))
    throw new Fault('store.unreachable', `the database does not answer: ${error.message}`, { cause: error })
  if (/^53[12]00|^58/.test(code))
    throw new Fault('store.full', `the database cannot write: ${error.message}`, { cause: error })
  throw error
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
