/** Passkeys: one's own are shown, and removed singly; an administrator removes all of somebody else's, on record. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { PasskeysTold, PersonIdText } from '#contract/sign-in'
import type { PersonId } from '#terms/people'
import { ownPasskeys, removeOwnPasskey, removePasskeysOf } from '#workflow/people/passkeys'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { deskOf, sessionIn, signedInGuard } from '../session/guard.ts'

const told = { tags: ['people'], security: SIGNED_IN }
const FAILS = problems(400, 401, 403, 404, 503)
const Key = Type.String({ pattern: '^[0-9a-f]{16}$', description: 'As the list of passkeys has it.' })

/** `GET /v1/passkeys`, `DELETE /v1/passkeys/{key}`, `DELETE /v1/people/{id}/passkeys` */
export function passkeyListRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const all = { ...told, summary: 'Your passkeys.', response: { 200: PasskeysTold, ...FAILS } }
  app.get('/v1/passkeys', { schema: all, onRequest }, async (request) => ({
    passkeys: await ownPasskeys(deskOf(service), request.person.id),
  }))
  const own = {
    ...{ ...told, params: Type.Object({ key: Key }) },
    summary: 'Removes a passkey of yours; your other sessions end.',
    response: { 204: Type.Null(), ...FAILS },
  }
  app.delete('/v1/passkeys/:key', { schema: own, onRequest }, async (request, reply) => {
    const { key } = request.params as { key: string }
    const { begunAt: signedInAt, token } = sessionIn(request)
    await removeOwnPasskey(deskOf(service), { by: request.person.id, signedInAt, token }, key)
    return reply.code(204).send()
  })
  const others = {
    ...{ ...told, params: Type.Object({ id: PersonIdText }) },
    summary: 'Removes every passkey of somebody else, whose sessions end.',
    response: { 204: Type.Null(), ...FAILS },
  }
  app.delete('/v1/people/:id/passkeys', { schema: others, onRequest }, async (request, reply) => {
    const { id } = request.params as { id: PersonId }
    const signedInAt = sessionIn(request).begunAt
    await removePasskeysOf(deskOf(service), { by: request.person.id, person: id, signedInAt })
    return reply.code(204).send()
  })
}
