/** Exposure: a person sees theirs, takes breaks and opts out; others see totals, and set budgets. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { PersonNamed } from '#contract/people'
import * as contract from '#contract/viewings'
import { EXPOSURE_POLICY } from '#people/exposure'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import * as exposure from '#workflow/evidence/exposure'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const tags = ['evidence']
const security = SIGNED_IN
const FAILS = problems(400, 401, 403, 404, 503)

/** `/v1/exposure/me…`, `GET /v1/exposure/totals`, `PUT /v1/people/{id}/budget` */
export function exposureRoutes(app: FastifyInstance, service: Service): void {
  ownRoutes(app, service)
  optOutRoutes(app, service)
  othersRoutes(app, service)
}

function ownRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const response = { 200: contract.OwnExposureTold, ...FAILS }
  const see = { tags, security, summary: 'What you have looked at today, and how you stand.', response }
  app.get('/v1/exposure/me', { schema: see, onRequest }, async (request) =>
    told(await exposure.ownExposure(deskOf(service), request.person.id)),
  )
  const rest = {
    ...{ tags, security, body: contract.BreakBody, response },
    summary: 'Takes a break: until it is over, nothing is shown to you.',
  }
  app.post('/v1/exposure/me/breaks', { schema: rest, onRequest }, async (request) => {
    const { minutes } = request.body as contract.BreakBody
    return told(await exposure.ownBreak(deskOf(service), request.person.id, minutes))
  })
}

function optOutRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const make = {
    ...{ tags, security, body: contract.OptOutBody },
    summary: 'Opts out of looking, for a while or until it is taken back. No reason is asked for.',
    response: { 201: contract.OptOutMade, ...FAILS },
  }
  app.post('/v1/exposure/me/opt-outs', { schema: make, onRequest }, async (request, reply) => {
    const { category, until } = request.body as contract.OptOutBody
    const given = { category, ...(until !== undefined && { until: momentOf(until) }) }
    reply.code(201)
    return { id: await exposure.ownOptOut(deskOf(service), request.person.id, given) }
  })
  const end = {
    ...{ tags, security, params: contract.OptOutNamed },
    summary: 'Takes an opt-out back.',
    response: { 204: { type: 'null', description: 'It is taken back.' }, ...FAILS },
  }
  app.delete('/v1/exposure/me/opt-outs/:id', { schema: end, onRequest }, async (request, reply) => {
    await exposure.ownOptIn(deskOf(service), request.person.id, idOf(request))
    reply.code(204)
  })
}

function othersRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const totals = {
    ...{ tags, security, querystring: contract.TotalsAsked },
    summary: 'Totals of days that are over; none of a day on which fewer than five people looked.',
    response: { 200: contract.TotalsTold, ...FAILS },
  }
  app.get('/v1/exposure/totals', { schema: totals, onRequest }, async (request) => {
    const asked = request.query as contract.TotalsAsked
    return { days: await exposure.exposureTotals(deskOf(service), request.person.id, asked) }
  })
  const budget = {
    ...{ tags, security, params: PersonNamed, body: contract.BudgetBody },
    summary: 'Sets how many units somebody else may have in a day.',
    response: { 204: { type: 'null', description: 'It is set.' }, ...FAILS },
  }
  app.put('/v1/people/:id/budget', { schema: budget, onRequest }, async (request, reply) => {
    const { units } = request.body as contract.BudgetBody
    const person = idOf(request) as PersonId
    await exposure.setPersonBudget(deskOf(service), request.person.id, person, units ?? undefined)
    reply.code(204)
  })
}

function told({ standing, policy: _, ...day }: exposure.OwnExposure): contract.OwnExposureTold {
  return {
    ...{ day: day.day, ...standing, trainingUnits: day.trainingUnits },
    ...{ looks: [...day.looks], breaks: [...day.breaks], optOuts: [...day.optOuts] },
  }
}

function momentOf(untrusted: string): Date {
  const moment = new Date(untrusted)
  if (/^\d{4}-\d\d-\d\dT/.test(untrusted) && !Number.isNaN(moment.getTime())) return moment
  throw new Fault('request.invalid', 'until is a time in ISO 8601')
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}

function deskOf({
  database,
  exposure: policy = EXPOSURE_POLICY,
  assess,
  now,
}: Service): exposure.ExposureDesk {
  const beside = assess && { vocabularies: assess.vocabularies }
  return { database, exposure: policy, now: () => now(), ...beside }
}
