/** Desk lists: lists for whoever is signed in: how they grew, where they come from, and an entry withdrawn. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import * as contract from '#contract/desk-lists'
import { ChangeTold } from '#contract/lists'
import { ListName } from '#contract/words'
import { Fault } from '#terms/fault'
import { type ListsDesk, lookAtList, lookAtLists, withdrawEntry } from '#workflow/register/look'
import { csvOf, sendCsv } from '../csv.ts'
import { refuseUnkept } from '../curation.ts'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const tags = ['lists']
const security = SIGNED_IN
const params = Type.Object({ name: ListName })
const GROWTH = ['number', 'at', 'kind', 'by', 'added', 'replaced', 'withdrawn', 'entries', 'because']

/** `GET /v1/desk/lists`, `GET /v1/desk/lists/{name}`, `POST /v1/desk/lists/{name}/withdrawals` */
export function deskListRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const all = {
    ...{ tags, security },
    summary: 'Every list: its source, how it stands, and what was told back.',
    response: { 200: contract.DeskListsTold, ...problems(401, 403, 503) },
  }
  app.get('/v1/desk/lists', { schema: all, onRequest }, (request) =>
    lookAtLists(deskOf(service), request.person),
  )
  const one = {
    ...{ tags, security, params, querystring: contract.DeskListQuery },
    summary: 'A list: each of its changes, its source, feedback and judgements. No hash is in it.',
    response: {
      200: {
        description: 'The list, or its growth as CSV.',
        content: {
          'application/json': { schema: contract.DeskListTold },
          'text/csv': { schema: Type.String() },
        },
      },
      ...problems(400, 401, 403, 404, 503),
    },
  }
  app.get('/v1/desk/lists/:name', { schema: one, onRequest }, async (request, reply) => {
    const { format } = request.query as { format?: 'json' | 'csv' }
    const list = await lookAtList(deskOf(service), request.person, nameOf(request.params))
    if (format !== 'csv') return list
    return sendCsv(reply, `${list.name}-growth`, csvOf(GROWTH, list.growth))
  })
  withdrawRoute(app, service)
}

function withdrawRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags, security, params, body: contract.WithdrawalBody },
    summary: 'Withdraws an entry, with a reason; it stays in the list’s history.',
    response: { 200: ChangeTold, ...problems(400, 401, 403, 404, 409, 503) },
  }
  const onRequest = signedInGuard(service)
  app.post('/v1/desk/lists/:name/withdrawals', { schema, onRequest }, async (request) => {
    const { entry, because } = request.body as contract.WithdrawalBody
    refuseUnkept(because)
    const asked = { entry, because }
    const applied = await withdrawEntry(deskOf(service), request.person, nameOf(request.params), asked)
    const { kind, added, replaced, withdrawn, unchanged } = applied
    return { kind, added, replaced, withdrawn, unchanged, searchable: false }
  })
}

function nameOf(params: unknown): string {
  return (params as { name: string }).name
}

/** @throws Fault `config.invalid` where this service has no desk */
function deskOf({ assess, database, now }: Service): ListsDesk {
  if (!assess) throw new Fault('config.invalid', 'this service has no desk')
  return { database, ownList: assess.ownList, now }
}
