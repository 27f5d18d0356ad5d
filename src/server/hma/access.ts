/** Access: who may ask the HMA routes: whoever has a key, or where it was set so, a program on this machine. */
import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { type Client, type ClientDirectory, POLICY_DEFAULT, type Scope } from '#terms/client'
import { Fault } from '#terms/fault'
import type { Caller } from '#workflow/hma/desk'
import { charge, clientByKey, type Gatehouse } from '../guard.ts'
import { clientOf, isForwarded, isOwnMachine } from '../request.ts'
import { Refusal } from './refusal.ts'

/** What is set of the HMA routes. */
export interface HmaSettings {
  /** `loopback`: programs on this machine need no key. Else everybody does. */
  readonly open?: 'never' | 'loopback'
  /** Unknown keys of a content's metadata are folded into its `json`, where HMA refuses them. */
  readonly foldMetadata?: boolean
}

/** Who a program on this machine is taken for where no key is asked for. */
const LOOPBACK_CLIENT: Client = {
  id: 0,
  name: 'hma-loopback',
  scopes: ['match', 'detail', 'curate'],
  policy: POLICY_DEFAULT,
}

const AUTHORIZATION_CHARACTERS_MAX = 512
const BASIC = /^Basic +([A-Za-z0-9+/=]+)$/i
/** Names under which a program reaches its own machine; a page that another name leads here is refused. */
const OWN_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/**
 * Refuses a configuration that would open the routes to everybody.
 *
 * @throws Fault `config.invalid`: behind a proxy every peer is the proxy
 */
export function checkSettings(settings: HmaSettings, trustProxy: boolean): void {
  if (settings.open === 'loopback' && trustProxy)
    throw new Fault('config.invalid', 'hma.open: loopback cannot be set together with server.trustProxy')
}

/** A hook that lets in whoever has all of these scopes, before a byte of the body is read. */
export function admit(
  gatehouse: Gatehouse,
  settings: HmaSettings,
  scopes: readonly Scope[],
): onRequestHookHandler {
  return (request, reply, done) => {
    try {
      letIn(gatehouse, settings, scopes, request, reply)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}

function letIn(
  gatehouse: Gatehouse,
  settings: HmaSettings,
  scopes: readonly Scope[],
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  gatehouse.stopping.refuse()
  if (settings.open === 'loopback' && isForwarded(request))
    throw new Refusal(403, 'requests with forwarding headers are refused while hma.open is set')
  if (scopes.length === 0) return
  const client =
    clientByHeader(gatehouse.clients, request.headers.authorization) ?? unkeyed(settings, request)
  request.client = client
  if (client.requestsPerMinute !== undefined) charge(client, gatehouse.quotas, gatehouse.now, reply)
  const missing = scopes.filter((scope) => !client.scopes.includes(scope))
  if (missing.length > 0) throw new Refusal(403, `this takes a key with the scope ${missing.join(' and ')}`)
}

/** On whose behalf the steps of a request are taken. */
export function callerOf(request: FastifyRequest): Caller {
  const { name, lists } = clientOf(request)
  return { actor: `client:${name}`, ...(lists && { lists }) }
}

/** The client whose key is sent, as a bearer token or as the password of any user. */
function clientByHeader(clients: ClientDirectory, header: string | undefined): Client | undefined {
  const basic =
    header !== undefined && header.length <= AUTHORIZATION_CHARACTERS_MAX
      ? BASIC.exec(header)?.[1]
      : undefined
  if (basic === undefined) return clientByKey(clients, header)
  const pair = Buffer.from(basic, 'base64').toString('utf8')
  return clients.find(hash('sha256', pair.slice(pair.indexOf(':') + 1), 'hex'))
}

/** Whoever sends no key at all, where none is asked for. A key that nobody has is never let pass as none. */
function unkeyed({ open }: HmaSettings, request: FastifyRequest): Client {
  if (request.headers.authorization !== undefined) throw new Refusal(401, 'nobody has the key that was sent')
  if (open !== 'loopback') throw new Refusal(401, 'a key is needed, as a bearer token or a password')
  if (!isOwnMachine(request))
    throw new Refusal(401, 'without a key only programs on this machine are answered')
  if (isFromPage(request)) throw new Refusal(403, 'without a key no web page is answered')
  return LOOPBACK_CLIENT
}

/** True of what a browser sends for a page, or what came here under another's name: pages must not reach through it. */
function isFromPage(request: FastifyRequest): boolean {
  const { host, origin, 'sec-fetch-site': site } = request.headers
  return origin !== undefined || site !== undefined || !OWN_HOST.test(host ?? '')
}
