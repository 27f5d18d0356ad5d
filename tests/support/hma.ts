/** HMA: the service as an HMA client meets it, over a register of its own. */
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import type { ServerDesk } from '#server/desk'
import type { HmaOptions } from '#server/hma/desk'
import { Database } from '#store/database'
import type { Client } from '#terms/client'
import { databaseOfTestFile } from './database.ts'
import { DIGESTS } from './digests.ts'
import { bearer, clientsOf, serverFor } from './server.ts'
import { StoredIndex } from './stored-index.ts'

export const NOW = new Date('2026-04-01T00:00:00Z')

/** The service for the running test, asked with the key of `keeper` unless another is named. */
export interface HmaService {
  readonly app: FastifyInstance
  readonly database: Database
  readonly index: StoredIndex
  ask(options: InjectOptions, key?: string): Promise<LightMyRequestResponse>
  get(url: string): Promise<LightMyRequestResponse>
  send(method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object): Promise<LightMyRequestResponse>
}

const CLIENTS: readonly Partial<Client>[] = [
  { name: 'keeper', scopes: ['match', 'detail', 'curate'] },
  { name: 'asker', scopes: ['match', 'detail'] },
  { name: 'gate', scopes: ['match'] },
  { name: 'bound', scopes: ['match', 'detail', 'curate'], lists: [{ name: 'BANK_B' }] },
]

/** A register with nothing in it. The tests of a file share its database, one after the other. */
async function freshRegister(): Promise<Database> {
  const database = new Database(await databaseOfTestFile(), { connectionsMax: 4, digests: DIGESTS })
  onTestFinished(() => database.close().catch(() => undefined)) // a test may have closed it
  const tables = [
    'staged',
    'source',
    'hma_content',
    'hma_signal',
    'judgement',
    'entry',
    'change',
    'list',
    'leaf',
  ]
  for (const table of [...tables, 'event']) await database.query(`DELETE FROM ${table}`)
  await database.query('UPDATE counter SET value = 0')
  return database
}

export async function hmaService(hma: HmaOptions = {}, desk: Partial<ServerDesk> = {}): Promise<HmaService> {
  const database = await freshRegister()
  const index = new StoredIndex(database)
  await index.catchUp()
  const app = serverFor({
    index,
    database,
    clients: clientsOf(...CLIENTS),
    hma,
    now: () => NOW,
    ...desk,
  })
  const ask: HmaService['ask'] = async (options, key = 'keeper') => {
    await index.catchUp()
    return app.inject({ ...options, headers: { ...bearer(key), ...options.headers } })
  }
  return {
    ...{ app, database, index, ask },
    get: (url) => ask({ method: 'GET', url }),
    send: (method, url, payload) => ask({ method, url, ...(payload && { payload }) }),
  }
}
