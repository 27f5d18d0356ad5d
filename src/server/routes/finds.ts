/** Finds: from discovery to report, with the reasons for delay; and who was told. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import * as contract from '#contract/retention'
import type { PersonId } from '#terms/people'
import * as find from '#workflow/evidence/find'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'
import { timeOf } from '../time.ts'

const told = { tags: ['retention'], security: SIGNED_IN }
const FAILS = problems(400, 401, 403, 404, 409, 503)

/** `/v1/finds…`, `/v1/tellings` */
export function findRoutes(app: FastifyInstance, service: Service): void {
  foundRoutes(app, service)
  clockRoutes(app, service)
}

function foundRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const open = {
    ...told,
    summary: 'Finds not reported yet.',
    response: { 200: contract.FindsTold, ...FAILS },
  }
  app.get('/v1/finds', { schema: open, onRequest }, async (request) => ({
    finds: await find.openFinds(service, request.person.id),
  }))
  const made = {
    ...{
      ...told,
      summary: 'Writes a find down; its clock runs from when somebody knew.',
      body: contract.FindGiven,
    },
    response: { 201: contract.MadeTold, ...FAILS },
  }
  app.post('/v1/finds', { schema: made, onRequest }, async (request, reply) => {
    const { discoveredAt, discoveredBy, dueAt, ...given } = request.body as contract.FindGiven
    const id = await find.found(service, request.person.id, {
      ...given,
      discoveredAt: timeOf(discoveredAt, 'discoveredAt'),
      ...(discoveredBy !== undefined && { discoveredBy: discoveredBy as PersonId }),
      ...(dueAt !== undefined && { dueAt: timeOf(dueAt, 'dueAt') }),
    })
    return reply.code(201).send({ id })
  })
  const telling = {
    ...{ ...told, summary: 'Writes down that somebody was told.', body: contract.TellingGiven },
    response: { 201: contract.MadeTold, ...FAILS },
  }
  app.post('/v1/tellings', { schema: telling, onRequest }, async (request, reply) => {
    const { at, ...given } = request.body as contract.TellingGiven
    const id = await find.told(service, request.person.id, { ...given, at: timeOf(at, 'at') })
    return reply.code(201).send({ id })
  })
}

function clockRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const delay = {
    ...{ ...told, summary: 'Writes down why a report waits (paragraph 16).', params: contract.Named },
    ...{ body: contract.DelayGiven, response: { 204: Type.Null(), ...FAILS } },
  }
  app.post('/v1/finds/:id/delays', { schema: delay, onRequest }, async (request, reply) => {
    const { reason } = request.body as contract.DelayGiven
    await find.delayed(service, request.person.id, idOf(request), reason)
    return reply.code(204).send()
  })
  const report = {
    ...{
      ...told,
      summary: 'Writes down that it was reported, which stops the clock.',
      params: contract.Named,
    },
    ...{ body: contract.ReportGiven, response: { 200: contract.FindTold, ...FAILS } },
  }
  app.post('/v1/finds/:id/report', { schema: report, onRequest }, (request) => {
    const { reportedAt, ...given } = request.body as contract.ReportGiven
    const at = timeOf(reportedAt, 'reportedAt')
    return find.reported(service, request.person.id, idOf(request), { ...given, reportedAt: at })
  })
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}
