/** Open: the store, which is the PostgreSQL of a data directory or one of the operator's own. */
import { join } from 'node:path'
import pg from 'pg'
import { KeyedDigests } from '#ground/digest-key'
import { Fault } from '#terms/fault'
import { refuseUnfinished } from './backup/unfinished.ts'
import { Database, type DatabaseOptions } from './database.ts'
import { dataDirectory } from './embedded/place.ts'
import { Server, type ServerAsked } from './embedded/server.ts'
import { migrate, SCHEMA_VERSION, schemaVersion } from './migrate.ts'

export interface StoreAsked {
  /** The data directory of the embedded PostgreSQL; ./tutela-data without it, for root /var/lib/tutela. */
  readonly data?: string | undefined
  /** Connection string of a PostgreSQL of the operator's own, instead. */
  readonly url?: string | undefined
  /** Makes what is not there: the data directory, the tables. Only start, init and restore do. */
  readonly create: boolean
  readonly connectionsMax?: number
  /** Where the keys of people and the digest key lie; `keys/people` in the data directory unless it is set. */
  readonly keys?: string | undefined
  /** Told when the embedded server was lost and is back. */
  readonly recovered?: () => void
}

/** The store, open. */
export interface Store {
  readonly database: Database
  readonly kind: 'embedded' | 'url'
  /** The data directory, or the database's address without its password: for people to read. */
  readonly where: string
  /** For connections beside the pool: locks, listening, copies. */
  readonly config: pg.ClientConfig
  /** Lets it go; the last process to do so stops the embedded server. */
  close(): Promise<void>
}

const VERSION_MIN = 150_000

/**
 * Opens the store and holds it to the form that this program knows.
 *
 * @throws Fault `store.missing` where there is none and none is to be made; `store.unreachable`, `store.unavailable`,
 *   `store.newer`, `store.damaged`, `store.full`
 */
export async function openStore(asked: StoreAsked): Promise<Store> {
  const store = await reachStore(asked)
  try {
    await checkForm(store, asked.create)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Opens the store whatever the form of its tables. @throws Fault as `openStore` */
export async function reachStore(asked: StoreAsked): Promise<Store> {
  if (asked.url === undefined) return embedded(asked)
  const store = urlStore(asked.url, asked)
  try {
    await checkServer(store)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

async function embedded(given: StoreAsked): Promise<Store> {
  const { data, create, recovered } = given
  const asked: ServerAsked = { create, ...(data !== undefined && { data }), ...(recovered && { recovered }) }
  const server = await Server.open(asked)
  const database = new Database(server.config, optionsOf(given))
  return {
    database,
    kind: 'embedded',
    where: server.place.folder,
    config: server.config,
    close: async () => {
      await database.close()
      await server.close()
    },
  }
}

/** A PostgreSQL by its connection string; nothing is asked of it yet. */
export function urlStore(url: string, asked: Omit<StoreAsked, 'create'> = {}): Store {
  const config: pg.ClientConfig = { connectionString: url, keepAlive: true }
  const database = new Database(config, optionsOf(asked))
  return { database, kind: 'url', where: addressOf(url), config, close: () => database.close() }
}

function optionsOf({ data, keys, connectionsMax }: Omit<StoreAsked, 'create'>): DatabaseOptions {
  const digests = new KeyedDigests(keys ?? join(dataDirectory(data), 'keys', 'people'))
  return { digests, ...(connectionsMax !== undefined && { connectionsMax }) }
}

/** A connection string without what is secret in it. */
function addressOf(url: string): string {
  const { host, port, database } = new pg.Client({ connectionString: url })
  return `${host}:${port}/${database ?? ''}`
}

/** @throws Fault `store.unavailable` for a PostgreSQL that is too old, or not in UTF-8 */
export async function checkServer({ database, where }: Store): Promise<void> {
  const { rows } = await database.query<{ version: string; encoding: string }>(
    `SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding`,
  )
  const version = Number(rows[0]?.version)
  if (!(version >= VERSION_MIN)) {
    const major = Math.floor(version / 10_000)
    throw new Fault('store.unavailable', `${where} is PostgreSQL ${major}; Tutela needs 15 or later`)
  }
  if (rows[0]?.encoding !== 'UTF8')
    throw new Fault(
      'store.unavailable',
      `the database at ${where} is in ${rows[0]?.encoding}; Tutela needs UTF8`,
    )
}

/** Brings the tables to this program's form where that is asked, and refuses any other form where it is not. */
async function checkForm({ database, where }: Store, create: boolean): Promise<void> {
  await refuseUnfinished(database, where)
  if (create) {
    await migrate(database)
    return
  }
  const version = await schemaVersion(database)
  if (version === SCHEMA_VERSION) return
  if (version === 0) throw new Fault('store.missing', `there are no tables of Tutela at ${where}`)
  const words = `the database at ${where} has form ${version}, this program knows ${SCHEMA_VERSION}`
  if (version > SCHEMA_VERSION) throw new Fault('store.newer', words)
  throw new Fault('store.unavailable', `${words}: "tutela init" brings it up to date`)
}
