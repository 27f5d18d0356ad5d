/** Recipients: authorities to whom material may go, and who compared their keys. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as contract from '#contract/handovers'
import type { Recipient } from '#terms/handover'
import { addCheck, addRecipient, closeRecipient, seeRecipients } from '#workflow/evidence/recipients'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const tags = ['evidence']
const security = SIGNED_IN
const params = contract.RecipientNamed
const FAILS = problems(400, 401, 403, 404, 409, 503)

/** `GET|POST /v1/recipients`, `POST /v1/recipients/{id}/checks`, `POST /v1/recipients/{id}/end` */
export function recipientRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const response = { 200: contract.RecipientTold, ...FAILS }
  const see = {
    ...{ tags, security, summary: 'Every recipient.' },
    response: { 200: contract.RecipientsTold, ...FAILS },
  }
  app.get('/v1/recipients', { schema: see, onRequest }, async (request) => ({
    recipients: (await seeRecipients(service, request.person.id)).map(told),
  }))
  const add = {
    ...{ tags, security, body: contract.RecipientBody },
    summary: 'Registers an authority and its public key.',
    response: { 201: contract.RecipientTold, ...FAILS },
  }
  app.post('/v1/recipients', { schema: add, onRequest }, async (request, reply) => {
    const { name, kind, key } = request.body as contract.RecipientBody
    reply.code(201)
    return told(await addRecipient(service, request.person.id, { name, kind, ageRecipient: key }))
  })
  const check = {
    ...{ tags, security, params, body: contract.CheckBody, response },
    summary: 'Says that you compared the key of a recipient out of band, and how.',
  }
  app.post('/v1/recipients/:id/checks', { schema: check, onRequest }, async (request) => {
    const { how } = request.body as contract.CheckBody
    return told(await addCheck(service, request.person.id, idOf(request), how))
  })
  const end = { tags, security, params, response, summary: 'Ends a recipient: nothing goes to it any more.' }
  app.post('/v1/recipients/:id/end', { schema: end, onRequest }, async (request) =>
    told(await closeRecipient(service, request.person.id, idOf(request))),
  )
}

function told({ ageRecipient, isReady, version: _, checks, ...same }: Recipient): contract.RecipientTold {
  return { ...same, key: ageRecipient, ready: isReady, checks: [...checks] }
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}
