/** Banks: the routes under /c/bank that list, make, change and remove banks. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Fault } from '#terms/fault'
import type { RegisteredList } from '#terms/register'
import {
  type BankChange,
  type BankConfig,
  bankNamed,
  bankOf,
  banksOf,
  changeBank,
  makeBank,
} from '#workflow/hma/banks'
import { removeBank } from '#workflow/hma/exchanges'
import { callerOf } from '../access.ts'
import type { HmaServerDesk } from '../desk.ts'
import { bodyObject, flagOf, type JsonObject, member, pathText, shareOf } from '../parameters.ts'
import { Refusal } from '../refusal.ts'
import { route } from '../route.ts'

/** Registers the routes. */
export function bankRoutes(app: FastifyInstance, desk: HmaServerDesk): void {
  const curate = { scopes: ['curate'] } as const
  route(app, desk, {
    ...{ method: 'GET', url: '/c/banks', ...curate, summary: 'Every bank' },
    answer: (request) => banksOf(desk, callerOf(request)),
  })
  route(app, desk, {
    ...{ method: 'POST', url: '/c/banks', ...curate, summary: 'Make a bank' },
    answer: (request, reply) => {
      reply.code(201)
      return makeAnswer(desk, request)
    },
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/c/bank/:bank', ...curate, summary: 'A bank' },
    answer: async (request) => bankOf(await requiredBank(desk, request)),
  })
  route(app, desk, {
    ...{
      method: 'PUT',
      url: '/c/bank/:bank',
      ...curate,
      summary: 'Rename a bank, or set its share of look-ups',
    },
    answer: (request) => changeAnswer(desk, request),
  })
  route(app, desk, {
    ...{ method: 'DELETE', url: '/c/bank/:bank', ...curate, summary: 'Remove a bank' },
    answer: async (request) => {
      await removeBank(desk, callerOf(request), pathText(request, 'bank'))
      return { message: 'Done' }
    },
  })
}

/** The bank of the path. @throws Refusal 404 */
export async function requiredBank(desk: HmaServerDesk, request: FastifyRequest): Promise<RegisteredList> {
  const name = pathText(request, 'bank')
  const bank = await bankNamed(desk, callerOf(request), name)
  if (!bank) throw noBank(name)
  return bank
}

function noBank(name: string): Refusal {
  return new Refusal(404, `bank '${name}' not found`)
}

async function makeAnswer(desk: HmaServerDesk, request: FastifyRequest): Promise<BankConfig> {
  const body = bodyObject(request)
  const name = nameIn(body)
  if (name === undefined) throw new Refusal(400, 'name is required')
  const { ratio = 1 } = ratioIn(body)
  return makeBank(desk, callerOf(request), name, ratio).catch((error: unknown) =>
    taken(error, 'Bank already exists'),
  )
}

async function changeAnswer(desk: HmaServerDesk, request: FastifyRequest): Promise<BankConfig> {
  const body = bodyObject(request)
  const name = nameIn(body)
  const change: BankChange = { ...ratioIn(body), ...(name !== undefined && { name }) }
  const from = pathText(request, 'bank')
  const bank = await changeBank(desk, callerOf(request), from, change).catch((error: unknown) =>
    taken(error, 'Bank name already exists'),
  )
  if (!bank) throw noBank(from)
  return bank
}

function nameIn(body: JsonObject): string | undefined {
  const name = member(body, 'name')
  if (name !== undefined && typeof name !== 'string') throw new Refusal(400, 'name must be a text')
  return name
}

/** The share that a body asks for: `enabled_ratio` wins over `enabled`. */
function ratioIn(body: JsonObject): { readonly ratio?: number } {
  const ratio = member(body, 'enabled_ratio')
  if (ratio !== undefined) return { ratio: shareOf(ratio, 'enabled_ratio') }
  const enabled = member(body, 'enabled')
  return enabled === undefined ? {} : { ratio: flagOf(enabled, 'enabled') ? 1 : 0 }
}

function taken(error: unknown, message: string): never {
  if (error instanceof Fault && error.code === 'register.exists') throw new Refusal(403, message)
  throw error
}
