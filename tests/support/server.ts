/** Server: the service for a test, with clients by name, a stand-in index and a clock that can be set. */
import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { SILENT } from '#ground/log'
import type { ServerDesk } from '#server/desk'
import { buildServer } from '#server/server'
import { Database } from '#store/database'
import type { Client } from '#terms/client'
import { POLICY_DEFAULT } from '#terms/client'
import type { FileReading } from '#terms/media'

/** Clients by their key, which is `tut_` and their name. */
export function clientsOf(...given: readonly Partial<Client>[]): ServerDesk['clients'] {
  const byHash = new Map(
    given.map((one, at) => {
      const client: Client = {
        id: at + 1,
        name: `client-${at + 1}`,
        scopes: ['match'],
        policy: POLICY_DEFAULT,
        ...one,
      }
      return [hash('sha256', keyOf(client.name), 'hex'), client]
    }),
  )
  return { find: (keyHash) => byHash.get(keyHash) }
}

export function keyOf(name: string): string {
  return `tut_${name}`
}

export function bearer(name: string): { authorization: string } {
  return { authorization: `Bearer ${keyOf(name)}` }
}

/** Decoders that know no picture. */
export const NO_DECODERS: ServerDesk['decoders'] = {
  readBytes: async (): Promise<FileReading> => {
    throw new Error('no file was to be read')
  },
}

/** A server; whoever opens it closes it. To put it together takes some time: tests of one file share one where they can. */
export function openServer(
  desk: Partial<ServerDesk> & Pick<ServerDesk, 'index' | 'clients'>,
): FastifyInstance {
  return buildServer({
    decoders: NO_DECODERS,
    database: new Database({ host: '127.0.0.1', port: 1 }),
    log: SILENT,
    now: () => new Date('2026-04-01T00:00:00Z'),
    ...desk,
  })
}

/** A server for the running test; it is closed afterwards. */
export function serverFor(desk: Parameters<typeof openServer>[0]): FastifyInstance {
  const app = openServer(desk)
  onTestFinished(() => app.close())
  return app
}
