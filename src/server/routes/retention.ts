/** Retention: how an item is kept; its holds, its time, its copies; and its destruction by two people. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import * as contract from '#contract/retention'
import type { ItemId } from '#terms/evidence'
import type { Purpose } from '#terms/people'
import * as care from '#workflow/evidence/care'
import * as destroy from '#workflow/evidence/destroy'
import { seeDue } from '#workflow/evidence/due'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { evidenceOf } from '../session/evidence.ts'
import { sessionIn, signedInGuard } from '../session/guard.ts'
import { timeOf } from '../time.ts'

const told = { tags: ['retention'], security: SIGNED_IN }
const FAILS = problems(400, 401, 403, 404, 409, 503)
const DONE = { 204: Type.Null(), ...FAILS }

/** `/v1/retention/due`, `/v1/items/{id}/…`, `/v1/holds/…`, `/v1/copies/…`, `/v1/destructions/…` */
export function retentionRoutes(app: FastifyInstance, service: Service): void {
  keepingRoutes(app, service)
  holdRoutes(app, service)
  copyRoutes(app, service)
  proposalRoutes(app, service)
  destructionRoutes(app, service)
}

function keepingRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const due = {
    ...told,
    summary: 'What is due: items to destroy, holds and periods to look at, finds to report.',
    response: { 200: contract.DueTold, ...FAILS },
  }
  app.get('/v1/retention/due', { schema: due, onRequest }, (request) =>
    seeDue(evidenceOf(service), request.person.id),
  )
  const kept = {
    ...{ ...told, summary: 'How an item is kept.', params: contract.ItemNamed },
    response: { 200: contract.CareTold, ...FAILS },
  }
  app.get('/v1/items/:id/retention', { schema: kept, onRequest }, (request) =>
    care.careOf(evidenceOf(service), request.person.id, idOf(request) as ItemId),
  )
  const decided = {
    ...{ ...told, summary: 'Decides until when an item is kept for a purpose.', params: contract.ItemNamed },
    ...{ body: contract.Decided, response: { 200: contract.KeptAnswer, ...FAILS } },
  }
  app.post('/v1/items/:id/retention', { schema: decided, onRequest }, (request) => {
    const { purpose, profile, until, because } = request.body as contract.Decided
    const key = { item: idOf(request) as ItemId, purpose: purpose as Purpose, profile }
    const decision = { until: timeOf(until, 'until'), because }
    return care.decide(evidenceOf(service), request.person.id, key, decision)
  })
}

function holdRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const held = {
    ...{ ...told, summary: 'Places a hold: nothing of the item goes.', params: contract.ItemNamed },
    ...{ body: contract.HoldGiven, response: { 201: contract.MadeTold, ...FAILS } },
  }
  app.post('/v1/items/:id/holds', { schema: held, onRequest }, async (request, reply) => {
    const { reviewAt, ...given } = request.body as contract.HoldGiven
    const review = reviewAt === undefined ? {} : { reviewAt: timeOf(reviewAt, 'reviewAt') }
    const hold = { ...given, item: idOf(request) as ItemId, ...review }
    const id = await care.holdItem(evidenceOf(service), request.person.id, hold)
    return reply.code(201).send({ id })
  })
  const again = {
    ...{ ...told, summary: 'Sets when a hold is looked at again.', params: contract.Named },
    ...{ body: contract.ReviewGiven, response: DONE },
  }
  app.post('/v1/holds/:id/review', { schema: again, onRequest }, async (request, reply) => {
    const reviewAt = timeOf((request.body as contract.ReviewGiven).reviewAt, 'reviewAt')
    await care.lookAgain(evidenceOf(service), request.person.id, idOf(request), reviewAt)
    return reply.code(204).send()
  })
  const released = {
    ...{ ...told, summary: 'Releases a hold.', params: contract.Named },
    ...{ body: contract.BecauseGiven, response: DONE },
  }
  app.post('/v1/holds/:id/release', { schema: released, onRequest }, async (request, reply) => {
    const { because } = request.body as contract.BecauseGiven
    await care.endHold(evidenceOf(service), request.person.id, idOf(request), because)
    return reply.code(204).send()
  })
}

function copyRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const registered = {
    ...{ ...told, summary: 'Registers a place where a copy may be.', body: contract.CopyGiven },
    response: { 201: contract.MadeTold, ...FAILS },
  }
  app.post('/v1/copies', { schema: registered, onRequest }, async (request, reply) => {
    const { item, expiresAt, ...given } = request.body as contract.CopyGiven
    const expiry = expiresAt === undefined ? {} : { expiresAt: timeOf(expiresAt, 'expiresAt') }
    const copy = { ...given, ...expiry, ...(item !== undefined && { item: item as ItemId }) }
    return reply.code(201).send({ id: await care.registerCopy(evidenceOf(service), request.person.id, copy) })
  })
  const accounted = {
    ...{ ...told, summary: 'Says what became of a copy.', params: contract.Named },
    ...{ body: contract.CopyAccounted, response: { 200: contract.AccountedTold, ...FAILS } },
  }
  app.post('/v1/copies/:id/account', { schema: accounted, onRequest }, async (request) => {
    const given = request.body as contract.CopyAccounted
    const completed = await care.accountFor(evidenceOf(service), request.person.id, idOf(request), given)
    return { completed }
  })
}

function proposalRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const proposed = {
    ...{ ...told, summary: 'Proposes to destroy an item that is due.', body: contract.Proposal },
    response: { 201: contract.MadeTold, ...FAILS },
  }
  app.post('/v1/destructions', { schema: proposed, onRequest }, async (request, reply) => {
    const { item, because } = request.body as contract.Proposal
    const given = { item: item as ItemId, because }
    return reply.code(201).send({ id: await destroy.propose(evidenceOf(service), actingIn(request), given) })
  })
  const withdrawn = {
    ...told,
    summary: 'Withdraws what has not begun.',
    params: contract.Named,
    response: DONE,
  }
  app.post('/v1/destructions/:id/withdraw', { schema: withdrawn, onRequest }, async (request, reply) => {
    await destroy.withdraw(evidenceOf(service), actingIn(request), idOf(request))
    return reply.code(204).send()
  })
}

function destructionRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const one = { ...told, params: contract.Named, response: { 200: contract.DestructionTold, ...FAILS } }
  const seen = { ...one, summary: 'How a destruction stands, and which copies of the key remain.' }
  app.get('/v1/destructions/:id', { schema: seen, onRequest }, (request) =>
    destroy.seeDestruction(evidenceOf(service), actingIn(request), idOf(request)),
  )
  const approved = { ...one, summary: 'Approves what another person proposed. It is not begun by that.' }
  app.post('/v1/destructions/:id/approve', { schema: approved, onRequest }, async (request) => {
    const evidence = evidenceOf(service)
    await destroy.approve(evidence, actingIn(request), idOf(request))
    return destroy.standingOf(evidence.database, idOf(request))
  })
  const carried = { ...one, summary: 'Carries out what was approved: key first, then the sealed bytes.' }
  app.post('/v1/destructions/:id/carry-out', { schema: carried, onRequest }, (request) =>
    destroy.carryOut(evidenceOf(service), actingIn(request), idOf(request)),
  )
}

function actingIn(request: FastifyRequest): destroy.ActingPerson {
  return { by: request.person.id, signedInAt: sessionIn(request).begunAt }
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}
