/** Contacts: whom to call where a child is at risk now; only numbers that somebody has checked, and not too long ago. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { problems, SIGNED_IN } from '../reference.ts'
import { checkedContacts } from '../report-page/page.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const ContactsTold = Type.Object({
  contacts: Type.Array(
    Type.Object({
      name: Type.String(),
      about: Type.Optional(Type.String()),
      number: Type.Optional(Type.String()),
      address: Type.Optional(Type.String()),
      checkedOn: Type.String({ description: 'Day on which it was found to be right.' }),
    }),
  ),
})

/** `GET /v1/contacts` */
export function contactRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags: ['desk'], security: SIGNED_IN },
    summary: 'Whom to call where a child is at risk now.',
    description: 'From `desk.contacts`, those for `danger`; one that was not checked in time is left out.',
    response: { 200: ContactsTold, ...problems(401, 503) },
  }
  app.get('/v1/contacts', { schema, onRequest: signedInGuard(service) }, () => ({
    contacts: checkedContacts(service.intake ?? {}, 'danger', service.now()).map(
      ({ name, about, phone, address, checkedOn = '' }) => ({
        ...{ name, checkedOn },
        ...(about !== undefined && { about }),
        ...(phone !== undefined && { number: phone }),
        ...(address !== undefined && { address }),
      }),
    ),
  }))
}
