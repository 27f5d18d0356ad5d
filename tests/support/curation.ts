/** Curation: one server for the tests of a file, a database for each, and clients who may do different things to lists. */
import type { FastifyInstance } from 'fastify'
import type { ServerDesk } from '#server/desk'
import { createClient, StoredDirectory } from '#store/clients'
import { Database } from '#store/database'
import { POLICY_DEFAULT, type Scope } from '#terms/client'
import { temporaryDatabase } from './database.ts'
import { LinearIndex } from './linear-index.ts'
import { clientsOf, openServer } from './server.ts'

export const PDQ = 'a'.repeat(64)
/** The terms of a list that is for the gate. */
export const TERMS = {
  kind: 'alert',
  publisher: 'Hotline',
  terms: 'free',
  uses: ['gate'],
  trust: 'confirmed',
}

interface Bench {
  readonly database: Database
  readonly keys: Readonly<Record<string, string>>
  ask(who: string, method: 'GET' | 'POST', url: string, payload?: object, headers?: object): Promise<Answer>
}
export interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  json(): Record<string, unknown> & { lists?: { name: string }[] }
}

const CLIENTS: readonly { name: string; scopes: readonly Scope[]; lists?: readonly string[] }[] = [
  { name: 'steward', scopes: ['curate', 'match'] },
  { name: 'kept', scopes: ['curate'], lists: ['other'] },
  { name: 'desk', scopes: ['match', 'detail'] },
  { name: 'gate', scopes: ['match'] },
]

/** A server, which takes some time to put together; whoever makes it closes it. */
export class CurationServer {
  readonly index = new LinearIndex([{ id: 1, name: 'hotline' }], [])
  readonly #app: FastifyInstance
  /** The database and the clients of the running test: before the first, none that answer. */
  now: Pick<ServerDesk, 'database' | 'clients'> = {
    database: new Database({ host: '127.0.0.1', port: 1 }),
    clients: clientsOf(),
  }

  constructor() {
    const database: Pick<Database, 'query' | 'transaction'> = {
      query: (...given) => this.now.database.query(...given),
      transaction: (work) => this.now.database.transaction(work),
    }
    const clients = { find: (keyHash: string) => this.now.clients.find(keyHash) }
    const now = () => new Date()
    this.#app = openServer({ index: this.index, clients, database: database as Database, now })
  }

  /** Lays out a fresh database and its clients for the running test. */
  async bench(): Promise<Bench> {
    const { database } = await temporaryDatabase()
    const keys: Record<string, string> = {}
    const signed = { actor: 'operator:test', at: new Date() } as const
    for (const one of CLIENTS) {
      const given = { ...one, policy: POLICY_DEFAULT }
      const made = await database.transaction((tx) => createClient(tx, given, signed))
      keys[one.name] = made.key
    }
    const clients = new StoredDirectory(database)
    await clients.refresh()
    this.index.entries.splice(0, Number.POSITIVE_INFINITY, { list: 1, pdq: PDQ })
    this.now = { database, clients }
    const ask: Bench['ask'] = (who, method, url, payload, headers) =>
      this.#app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${keys[who]}`, ...headers },
        ...(payload && { payload }),
      })
    return { database, keys, ask }
  }

  async close(): Promise<void> {
    await this.#app.close()
  }
}
