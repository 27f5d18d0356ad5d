/** Clients: who may ask the service, by keys of which only a digest is kept. */
import { createHash, randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  type Client,
  type ClientDirectory,
  DECISIONS,
  POLICY_DEFAULT,
  type Policy,
  SCOPES,
  type Scope,
} from '#terms/client'
import type { Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import { append, type Signed } from './append.ts'
import { BOUND_COLUMN, type BoundRow, bindClient, boundOf, CLIENT_CHANNEL, lockNames } from './bound-lists.ts'
import type { Session, Transaction } from './database.ts'

/** A client as it stands in the database. */
export interface StoredClient extends Client {
  readonly version: number
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

/** What is set of a client. */
export interface ClientGiven {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Names of lists; one that is not there yet is awaited. */
  readonly lists?: readonly string[]
  readonly policy: Policy
  readonly requestsPerMinute?: number
}

/** What may be changed of a client; null takes a bound away. */
export interface ClientChange {
  readonly scopes?: readonly Scope[]
  /** Names, as they stand now: the client is bound anew. */
  readonly lists?: readonly string[] | null
  readonly policy?: Policy
  readonly requestsPerMinute?: number | null
}

const NAME = /^[A-Za-z0-9_.-]{1,64}$/
const LIST_NAME = /^[A-Za-z0-9_.-]{1,200}$/
const LISTS_MAX = 1000
const REQUESTS_PER_MINUTE_MAX = 1_000_000
const KEY_BYTES = 32
const UNIQUE_VIOLATION = '23505'

interface ClientRow extends BoundRow {
  readonly id: number
  readonly name: string
  readonly key_hash: Buffer
  readonly scopes: Scope[]
  readonly policy: Policy
  readonly requests_per_minute: number | null
  readonly retro_webhook: string | null
  readonly retro_keep_hours: number | null
  readonly created_at: Date
  readonly version: number
}

const COLUMNS = `id, name, key_hash, scopes, policy, requests_per_minute, retro_webhook, retro_keep_hours, created_at,
  version, ${BOUND_COLUMN}`

/**
 * Makes a client and its key, which is nowhere kept: it is to be shown once.
 *
 * @throws Fault `register.exists` when a client of that name stands; `request.invalid` for a name or bounds that cannot be
 */
export async function createClient(
  transaction: Transaction,
  given: ClientGiven,
  signed: Signed,
): Promise<{ readonly client: StoredClient; readonly key: string }> {
  check(given)
  const key = `tut_${randomBytes(KEY_BYTES).toString('base64url')}`
  const keyHash = createHash('sha256').update(key).digest()
  const { name, scopes, lists, policy, requestsPerMinute } = given
  const { rows } = await transaction
    .query<{ id: number }>(
      `INSERT INTO client (name, key_hash, scopes, policy, requests_per_minute, created_at, version)
       VALUES ($1, $2, $3, $4, $5, $6, 1) RETURNING id`,
      [name, keyHash, [...new Set(scopes)], JSON.stringify(policy), requestsPerMinute, signed.at],
    )
    .catch((error: unknown) => taken(error, name))
  if (lists) await bindClient(transaction, required(rows[0]).id, lists)
  const client = await clientNamed(transaction, name)
  await note(transaction, client, 0, 'client.created', stated(client), signed)
  return { client, key }
}

/** @throws Fault `register.unknown` */
export async function clientNamed(session: Session, name: string): Promise<StoredClient> {
  const { rows } = await session.query<ClientRow>(
    `SELECT ${COLUMNS} FROM client WHERE name = $1 AND revoked_at IS NULL`,
    [name],
  )
  if (!rows[0]) throw new Fault('register.unknown', `there is no client "${name}"`)
  return clientOf(rows[0])
}

/** Every client whose key holds, by name. */
export async function allClients(session: Session): Promise<StoredClient[]> {
  const rows = await standing(session)
  return rows.map(clientOf)
}

/**
 * Changes what is set of a client.
 *
 * @param client as it was read: the change is decided on that version
 * @throws Fault `store.conflict` when it was changed since; `request.invalid`
 */
export async function setClient(
  transaction: Transaction,
  client: StoredClient,
  change: ClientChange,
  signed: Signed,
): Promise<StoredClient> {
  const { requestsPerMinute: hadQuota, name } = client
  const quota = change.requestsPerMinute === undefined ? hadQuota : (change.requestsPerMinute ?? undefined)
  const { scopes = client.scopes, policy = client.policy, lists } = change
  const bounds = { ...(lists && { lists }), ...(quota !== undefined && { requestsPerMinute: quota }) }
  check({ name, scopes, policy, ...bounds })
  if (lists !== undefined) await lockNames(transaction) // before the client, as whoever makes a list does
  const { rowCount } = await transaction.query(
    `UPDATE client SET scopes = $3, policy = $4, requests_per_minute = $5, version = version + 1
     WHERE id = $1 AND version = $2 AND revoked_at IS NULL`,
    [client.id, client.version, [...scopes], JSON.stringify(policy), quota],
  )
  if (rowCount !== 1) throw new Fault('store.conflict', `client "${name}" was changed meanwhile`)
  if (lists !== undefined) await bindClient(transaction, client.id, lists ?? undefined)
  const next = await clientNamed(transaction, name)
  await note(transaction, next, client.version, 'client.changed', stated(next), signed)
  return next
}

/** Ends a client: its key opens nothing any more, and its name is free. @throws Fault `store.conflict` */
export async function revokeClient(
  transaction: Transaction,
  client: StoredClient,
  signed: Signed,
): Promise<void> {
  const { rowCount } = await transaction.query(
    'UPDATE client SET revoked_at = $3, version = version + 1 WHERE id = $1 AND version = $2 AND revoked_at IS NULL',
    [client.id, client.version, signed.at],
  )
  if (rowCount !== 1) throw new Fault('store.conflict', `client "${client.name}" was changed meanwhile`)
  await note(transaction, client, client.version, 'client.revoked', { name: client.name }, signed)
}

/** The clients in memory, for every request to look into. `refresh` reads those that were changed. */
export class StoredDirectory implements ClientDirectory {
  readonly #session: Session
  #clients: ReadonlyMap<string, StoredClient> = new Map()

  constructor(session: Session) {
    this.#session = session
  }

  find(keyHash: string): Client | undefined {
    return this.#clients.get(keyHash)
  }

  /** Reads all clients; one that did not change stays the same object. @throws Fault `store.unreachable` */
  async refresh(): Promise<void> {
    const rows = await standing(this.#session)
    const had = this.#clients
    this.#clients = new Map(
      rows.map((row) => {
        const hash = row.key_hash.toString('hex')
        const old = had.get(hash)
        const client = clientOf(row)
        return [hash, old && isDeepStrictEqual(old, client) ? old : client]
      }),
    )
  }
}

async function standing(session: Session): Promise<ClientRow[]> {
  const { rows } = await session.query<ClientRow>(
    `SELECT ${COLUMNS} FROM client WHERE revoked_at IS NULL ORDER BY name COLLATE "C"`,
  )
  return rows
}

function clientOf(row: ClientRow): StoredClient {
  const { retro_webhook: webhook, retro_keep_hours: keepHours } = row
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    policy: { ...POLICY_DEFAULT, ...row.policy },
    version: row.version,
    createdAt: row.created_at.toISOString(),
    ...boundOf(row),
    ...(row.requests_per_minute !== null && { requestsPerMinute: row.requests_per_minute }),
    ...(webhook !== null && keepHours !== null && { retro: { webhook, keepHours } }),
  }
}

/** What an event says of a client. */
function stated({ name, scopes, lists, policy, requestsPerMinute }: Client): Record<string, Canonical> {
  return {
    name,
    scopes,
    lists: lists?.map(({ name, list }) => ({ name, list: list ?? null })) ?? null,
    policy: { ...policy },
    requestsPerMinute: requestsPerMinute ?? null,
  }
}

async function note(
  transaction: Transaction,
  { id }: Client,
  after: number,
  kind: string,
  body: Record<string, Canonical>,
  signed: Signed,
): Promise<void> {
  await append(transaction, `client:${id}`, after, [{ kind, body }], signed)
  await transaction.query(`NOTIFY ${CLIENT_CHANNEL}`)
}

function check({ name, scopes, lists = [], policy, requestsPerMinute = 1 }: ClientGiven): void {
  if (!NAME.test(name)) throw invalid('a client has a name of up to 64 letters, digits, "_", "-" and "."')
  if (scopes.length === 0 || !scopes.every((scope) => SCOPES.includes(scope)))
    throw invalid(`the scopes are ${SCOPES.join(', ')}; a client has at least one`)
  if (lists.length > LISTS_MAX || !lists.every((list) => LIST_NAME.test(list)))
    throw invalid(`up to ${LISTS_MAX} lists may be named, as lists are`)
  if (!Object.values(policy).every((decision) => DECISIONS.includes(decision)))
    throw invalid(`a policy decides ${DECISIONS.join(', ')}`)
  const isQuota = Number.isSafeInteger(requestsPerMinute) && requestsPerMinute >= 1
  if (!isQuota || requestsPerMinute > REQUESTS_PER_MINUTE_MAX)
    throw invalid(`requests a minute are 1 to ${REQUESTS_PER_MINUTE_MAX}`)
}

function invalid(message: string): Fault {
  return new Fault('request.invalid', message)
}

function taken(error: unknown, name: string): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
  if (!isTaken) throw error
  throw new Fault('register.exists', `there is a client "${name}" already`, { cause: error })
}

function required<T>(row: T | undefined): T {
  if (row === undefined) throw new TypeError('the database did not return what it was asked to')
  return row
}
