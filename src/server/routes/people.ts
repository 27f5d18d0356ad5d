/** People: who works here, by pseudonym; admitted, given roles, suspended, let in anew, weeded; and what is recorded of them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import * as contract from '#contract/people'
import { REFUSAL_WORDS } from '#people/refusals'
import type { PersonId } from '#terms/people'
import { admit, reset } from '#workflow/people/invite'
import * as records from '#workflow/people/records'
import { type OnPerson, resume, setRoles, suspend } from '#workflow/people/roles'
import { leave, reveal, weed } from '#workflow/people/weed'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { deskOf, sessionIn, signedInGuard } from '../session/guard.ts'

const tags = ['people']
const security = SIGNED_IN
const params = contract.PersonNamed
const FAILS = problems(400, 401, 403, 404, 409, 503)

/** `/v1/people…`, `/v1/risks`, `/v1/refusals` */
export function peopleRoutes(app: FastifyInstance, service: Service): void {
  seeRoutes(app, service)
  admitRoutes(app, service)
  stateRoutes(app, service)
  nameRoutes(app, service)
  recordRoutes(app, service)
  riskRoutes(app, service)
}

function seeRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const all = {
    tags,
    security,
    summary: 'Everybody, by pseudonym.',
    response: { 200: contract.PeopleTold, ...FAILS },
  }
  app.get('/v1/people', { schema: all, onRequest }, async (request) => ({
    people: await records.listPeople(deskOf(service), request.person.id),
  }))
  const summary = 'Advice to a person, and their training.'
  const schema = { tags, security, summary, params, response: { 200: contract.RecordsTold, ...FAILS } }
  app.get('/v1/people/:id/records', { schema, onRequest }, (request) =>
    records.recordsOf(deskOf(service), request.person.id, on(request).person),
  )
  const conflicts = {
    ...{ tags, security, params, summary: 'Conflicts of interest that somebody has; why is nobody else’s.' },
    response: { 200: contract.ConflictsTold, ...FAILS },
  }
  app.get('/v1/people/:id/conflicts', { schema: conflicts, onRequest }, async (request) => ({
    conflicts: await records.listConflicts(deskOf(service), request.person.id, on(request).person),
  }))
  const allocations = {
    ...{ tags, security, params, summary: 'Cases that are somebody’s: given to them, or in their hands.' },
    response: { 200: contract.AllocationsTold, ...FAILS },
  }
  app.get('/v1/people/:id/allocations', { schema: allocations, onRequest }, async (request) => ({
    allocations: await records.listAllocations(deskOf(service), request.person.id, on(request).person),
  }))
  const refused = {
    tags,
    security,
    summary: 'The latest refusals.',
    response: { 200: contract.RefusalsTold, ...FAILS },
  }
  app.get('/v1/refusals', { schema: refused, onRequest }, async (request) => ({
    refusals: (await records.listRefusals(deskOf(service), request.person.id)).map((one) => ({
      ...one,
      words: REFUSAL_WORDS[one.because],
    })),
  }))
}

function admitRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const schema = {
    ...{
      tags,
      security,
      summary: 'Admits somebody, and gives the token of their setup link.',
      body: contract.Admission,
    },
    response: { 201: contract.InvitedTold, ...FAILS },
  }
  app.post('/v1/people', { schema, onRequest }, async (request, reply) => {
    const { name, contact, ...terms } = request.body as contract.Admission
    const identity = { name, ...(contact !== undefined && { contact }) }
    reply.code(201)
    return admit(deskOf(service), { by: request.person.id, identity, ...terms })
  })
  const anew = {
    ...{ tags, security, summary: 'Ends how somebody signs in, and gives a new setup link.', params },
    response: { 200: contract.InvitedTold, ...FAILS },
  }
  app.post('/v1/people/:id/reset', { schema: anew, onRequest }, (request) =>
    reset(deskOf(service), on(request)),
  )
}

function stateRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const response = { 200: contract.PersonTold, ...FAILS }
  const roles = {
    tags,
    security,
    summary: 'Sets roles and departments of somebody else.',
    params,
    body: contract.RolesSet,
    response,
  }
  app.put('/v1/people/:id/roles', { schema: roles, onRequest }, (request) => {
    const { roles, departments } = request.body as contract.RolesSet
    return setRoles(deskOf(service), on(request), { roles, ...(departments && { departments }) })
  })
  const out = { tags, security, summary: 'Suspends somebody else: they are out at once.', params, response }
  app.post('/v1/people/:id/suspend', { schema: out, onRequest }, (request) =>
    suspend(deskOf(service), on(request)),
  )
  const back = {
    ...{ tags, security, params, response },
    summary: 'Lets somebody in who is suspended, or waits for a second person to let them in.',
  }
  app.post('/v1/people/:id/resume', { schema: back, onRequest }, (request) =>
    resume(deskOf(service), on(request)),
  )
}

function nameRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const response = { 200: contract.PersonTold, ...FAILS }
  const told = {
    ...{
      tags,
      security,
      summary: 'Tells a name, with a reason, on record.',
      params,
      body: contract.RevealAsked,
    },
    response: { 200: contract.IdentityTold, ...FAILS },
  }
  app.post('/v1/people/:id/reveal', { schema: told, onRequest }, (request) =>
    reveal(deskOf(service), on(request), (request.body as contract.RevealAsked).purpose),
  )
  const gone = {
    tags,
    security,
    summary:
      'Shreds the name of somebody who has left, once that is due; complete once no copy of its key is left.',
    params,
    response: { 200: contract.WeededTold, ...FAILS },
  }
  app.post('/v1/people/:id/weed', { schema: gone, onRequest }, (request) =>
    weed(deskOf(service), on(request)),
  )
  const left = {
    tags,
    security,
    summary: 'Says that somebody has left: they are out at once.',
    params,
    response,
  }
  app.post('/v1/people/:id/leave', { schema: left, onRequest }, (request) =>
    leave(deskOf(service), on(request)),
  )
}

function recordRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const post = (path: string, summary: string, body: object, work: Recorded): void => {
    const schema = {
      tags,
      security,
      summary,
      params,
      body,
      response: { 201: contract.Made, 204: Type.Null(), ...FAILS },
    }
    app.post(`/v1/people/:id/${path}`, { schema, onRequest }, async (request, reply) => {
      const id = await work(request.person.id, on(request).person, request.body)
      return id === undefined ? reply.code(204).send() : reply.code(201).send({ id })
    })
  }
  const desk = () => deskOf(service)
  post(
    'cases',
    'Gives a case to somebody else, or takes it.',
    contract.CaseGiven,
    async (by, person, body) => {
      const { case: caseNumber, ends } = body as contract.CaseGiven
      await records.allocateCase(desk(), by, { person, caseNumber, ...(ends !== undefined && { ends }) })
    },
  )
  post('conflicts', 'Records a conflict of interest.', contract.ConflictGiven, (by, person, body) =>
    records.conflicted(desk(), by, person, (body as contract.ConflictGiven).on).then(() => undefined),
  )
  post('advice', 'Records what an officer advised.', contract.AdviceGiven, (by, givenTo, body) =>
    records.advise(desk(), by, { ...(body as contract.AdviceGiven), givenTo }),
  )
  post('training', 'Records a training, with its exposure.', contract.TrainingGiven, (by, person, body) =>
    records.train(desk(), by, { ...(body as contract.TrainingGiven), person }),
  )
  const Said = Type.Object({ id: Type.String({ maxLength: 40 }) })
  const schema = {
    tags,
    security,
    summary: 'Says that advice was read.',
    params: Said,
    response: { 204: Type.Null(), ...FAILS },
  }
  app.post('/v1/advice/:id/acknowledge', { schema, onRequest }, async (request, reply) => {
    await records.acknowledge(desk(), request.person.id, (request.params as { id: string }).id)
    return reply.code(204).send()
  })
}

type Recorded = (by: PersonId, person: PersonId, body: unknown) => Promise<string | undefined>

function riskRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const summary = 'A child at risk now: opens gates for a time, on record.'
  const schema = {
    tags,
    security,
    summary,
    body: contract.RiskGiven,
    response: { 201: contract.Made, ...FAILS },
  }
  app.post('/v1/risks', { schema, onRequest }, async (request, reply) => {
    reply.code(201)
    return {
      id: await records.atRisk(deskOf(service), request.person.id, request.body as contract.RiskGiven),
    }
  })
  const Named = Type.Object({ id: Type.String({ maxLength: 40 }) })
  const over = {
    tags,
    security,
    summary: 'Ends it before its time.',
    params: Named,
    response: { 204: Type.Null(), ...FAILS },
  }
  app.post('/v1/risks/:id/end', { schema: over, onRequest }, async (request, reply) => {
    await records.riskOver(deskOf(service), request.person.id, (request.params as { id: string }).id)
    return reply.code(204).send()
  })
}

/** Who acts on whom, and since when they are signed in. */
function on(request: FastifyRequest): OnPerson {
  const { id } = request.params as { id: PersonId }
  return { by: request.person.id, person: id, signedInAt: sessionIn(request).begunAt }
}
