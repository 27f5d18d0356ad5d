/** Exchanges: the routes that subscribe to partners, switch subscriptions off and on, and say how they fare. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Fault } from '#terms/fault'
import { type ApiField, EXCHANGE_APIS, type ExchangeApi } from '#workflow/hma/exchange-apis'
import {
  type Exchange,
  exchangeNamed,
  exchangesOf,
  isKnownToPartner,
  keepCredentials,
  removeBank,
  setEnabled,
  subscribe,
} from '#workflow/hma/exchanges'
import { callerOf } from '../access.ts'
import type { HmaServerDesk } from '../desk.ts'
import { asObject, bodyObject, flagOf, member, pathText, shown } from '../parameters.ts'
import { Refusal } from '../refusal.ts'
import { route } from '../route.ts'

const CURATE = { scopes: ['curate'] } as const

/** Registers the routes. */
export function exchangeRoutes(app: FastifyInstance, desk: HmaServerDesk): void {
  apiRoutes(app, desk)
  route(app, desk, {
    ...{ method: 'GET', url: '/c/exchanges', ...CURATE, summary: 'The name of every exchange' },
    answer: async (request) => (await exchangesOf(desk, callerOf(request))).map(({ name }) => name),
  })
  route(app, desk, {
    ...{ method: 'POST', url: '/c/exchanges', ...CURATE, summary: 'Subscribe to a partner' },
    answer: async (request, reply) => {
      await subscribeAnswer(desk, request)
      reply.code(201)
      return { message: 'Created successfully' }
    },
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/c/exchange/:exchange', ...CURATE, summary: 'An exchange' },
    answer: async (request) => configOf(await requiredExchange(desk, request)),
  })
  route(app, desk, {
    ...{ method: 'PUT', url: '/c/exchange/:exchange', ...CURATE, summary: 'Switch an exchange off or on' },
    answer: async (request) => {
      const exchange = await requiredExchange(desk, request)
      const enabled = member(bodyObject(request), 'enabled')
      if (enabled !== undefined)
        await setEnabled(desk, callerOf(request), exchange, flagOf(enabled, 'enabled'))
      return configOf(await requiredExchange(desk, request))
    },
  })
  route(app, desk, {
    ...{
      method: 'DELETE',
      url: '/c/exchange/:exchange',
      ...CURATE,
      summary: 'Remove an exchange and its bank',
    },
    answer: async (request) => {
      const exchange = await exchangeNamed(desk, callerOf(request), pathText(request, 'exchange'))
      if (exchange) await removeBank(desk, callerOf(request), exchange.name)
      return { message: 'Exchange deleted' }
    },
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/c/exchange/:exchange/status', ...CURATE, summary: 'How an exchange fares' },
    answer: async (request) => statusOf(await requiredExchange(desk, request)),
  })
}

function apiRoutes(app: FastifyInstance, desk: HmaServerDesk): void {
  const one = '/c/exchanges/api/:api'
  route(app, desk, {
    ...{
      method: 'GET',
      url: '/c/exchanges/apis',
      ...CURATE,
      summary: 'The partners that can be subscribed to',
    },
    answer: () => [...EXCHANGE_APIS.keys()],
  })
  route(app, desk, {
    ...{ method: 'GET', url: one, ...CURATE, summary: 'Whether a partner takes credentials, and has them' },
    answer: (request) => credentialsAnswer(desk, requiredApi(request, 400).name),
  })
  route(app, desk, {
    ...{ method: 'POST', url: one, ...CURATE, summary: 'Set or clear the credentials of a partner' },
    answer: async (request) => {
      const { name } = requiredApi(request, 400)
      const given = member(bodyObject(request), 'credential_json')
      const credentials = asObject(given)
      if (given !== undefined && !credentials) throw new Refusal(400, 'credential_json must be an object')
      if (credentials) await keepCredentials(desk, callerOf(request), name, credentials)
      return credentialsAnswer(desk, name)
    },
  })
  route(app, desk, {
    ...{ method: 'GET', url: `${one}/schema`, ...CURATE, summary: 'What a partner is asked with' },
    answer: (request) => {
      const { api } = requiredApi(request, 404)
      return {
        config_schema: { fields: api.config.map(described) },
        credentials_schema: { fields: api.credentials.map(described) },
      }
    },
  })
}

function described({ name, type, required, default: otherwise, help, choices }: ApiField) {
  return { name, type, required, default: otherwise, help, choices }
}

async function credentialsAnswer(desk: HmaServerDesk, api: string) {
  return {
    supports_authentification: true,
    has_set_authentification: await isKnownToPartner(desk, api),
  }
}

function requiredApi(
  request: FastifyRequest,
  status: number,
): { readonly name: string; readonly api: ExchangeApi } {
  const name = pathText(request, 'api')
  const api = EXCHANGE_APIS.get(name)
  if (!api) throw new Refusal(status, `no such Exchange API '${shown(name)}'`)
  return { name, api }
}

async function requiredExchange(desk: HmaServerDesk, request: FastifyRequest): Promise<Exchange> {
  const name = pathText(request, 'exchange')
  const exchange = await exchangeNamed(desk, callerOf(request), name)
  if (!exchange) throw new Refusal(404, `Exchange '${shown(name)}' not found`)
  return exchange
}

async function subscribeAnswer(desk: HmaServerDesk, request: FastifyRequest): Promise<void> {
  const body = bodyObject(request)
  const name = member(body, 'bank')
  const api = member(body, 'api')
  const config = asObject(member(body, 'api_json') ?? {})
  if (typeof name !== 'string') throw new Refusal(400, 'Field `bank` is required')
  if (typeof api !== 'string') throw new Refusal(400, 'Field `api_type` is required')
  if (!EXCHANGE_APIS.has(api)) throw new Refusal(400, `No such exchange type '${shown(api)}'`)
  if (!config) throw new Refusal(400, 'Field `api_json` must be object')
  await subscribe(desk, callerOf(request), { name, api, config }).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'register.exists')
      throw new Refusal(400, `Bank '${shown(name)}' already exists`)
    throw error
  })
}

function configOf({ name, api, config, state }: Exchange) {
  return { name, api, enabled: state.isEnabled, ...config }
}

/** Times in seconds since 1970. */
function statusOf({ state, list }: Exchange) {
  const { checkpoint, staging, startedAt, succeededAt, failures, held } = state
  const wasAsked = succeededAt !== undefined || failures > 0 || held !== undefined
  const isRunning = staging !== undefined && failures === 0 && held === undefined
  const seconds = (date: Date | undefined): number | null => (date ? Math.floor(date.getTime() / 1000) : null)
  return {
    checkpoint_ts: checkpoint ? Math.floor(checkpoint.time) : null,
    running_fetch_start_ts: isRunning ? seconds(startedAt) : null,
    last_fetch_complete_ts: seconds(succeededAt),
    last_fetch_succeeded: wasAsked ? failures === 0 && held === undefined : null,
    up_to_date: succeededAt !== undefined && failures === 0 && !staging && !held,
    fetched_items: list.entries,
  }
}
