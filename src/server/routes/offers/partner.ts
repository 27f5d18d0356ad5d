/** Partner: lets in a client that fetches what is offered to it, by bearer token or by name and key. */
import { hash } from 'node:crypto'
import type { onRequestHookHandler } from 'fastify'
import type { Client, ClientDirectory } from '#terms/client'
import { Fault } from '#terms/fault'
import { charge, clientByKey } from '../../guard.ts'
import type { Service } from '../../server.ts'

const HEADER_CHARACTERS_MAX = 1_000
const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i

/** A hook that lets in clients with the scope `exchange`. Partners' own clients know only user and password. */
export function partnerGuard({ clients, quotas, stopping, now }: Service): onRequestHookHandler {
  return (request, reply, done) => {
    try {
      stopping.refuse()
      const header = request.headers.authorization
      const client = clientByName(clients, header) ?? clientByKey(clients, header)
      if (!client) throw new Fault('request.unauthenticated', 'no known key was sent')
      request.client = client
      if (client.requestsPerMinute !== undefined) charge(client, quotas, now, reply)
      if (!client.scopes.includes('exchange'))
        throw new Fault('request.forbidden', 'this takes a key with the scope exchange')
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}

/** The client whose name and key are sent as user and password; undefined where they are not one client's. */
function clientByName(clients: ClientDirectory, header: string | undefined): Client | undefined {
  const sent =
    header !== undefined && header.length <= HEADER_CHARACTERS_MAX ? BASIC.exec(header)?.[1] : undefined
  if (sent === undefined) return undefined
  const pair = Buffer.from(sent, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  const client = clients.find(hash('sha256', pair.slice(colon + 1), 'hex'))
  return colon > 0 && client?.name === pair.slice(0, colon) ? client : undefined
}
