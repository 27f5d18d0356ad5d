/** Defence: the record of one person about one item or case, as JSON or as a PDF that carries it. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import * as contract from '#contract/retention'
import type { PersonId } from '#terms/people'
import { makeDefenceRecord } from '#workflow/defence/make'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const PDF = 'application/pdf'

/** `POST /v1/defence-records` */
export function defenceRoutes(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags: ['retention'], security: SIGNED_IN },
    summary: 'Makes the defence record of a person about an item or a case.',
    description:
      'It states facts and does not argue, and it is no legal advice. `Accept: application/pdf` gives it as a tagged ' +
      'PDF with the JSON attached. The ledger keeps the SHA-256 of the JSON. Its form is in docs/formats/defence-record.md.',
    body: contract.DefenceAsked,
    response: {
      200: {
        description: 'The record.',
        content: {
          'application/json': { schema: Type.Unsafe<object>({ type: 'object', additionalProperties: true }) },
          [PDF]: { schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) },
        },
      },
      ...problems(400, 401, 403, 404, 409, 503),
    },
  }
  app.post('/v1/defence-records', { schema, onRequest: signedInGuard(service) }, async (request, reply) => {
    const { person, name, subject, organisation } = request.body as contract.DefenceAsked
    const asked = {
      ...{ person: person as PersonId, subject },
      ...(name !== undefined && { name }),
      ...(organisation !== undefined && { organisation }),
    }
    const made = await makeDefenceRecord(service, request.person.id, asked)
    reply.header('repr-digest', `sha-256=:${Buffer.from(made.sha256, 'hex').toString('base64')}:`)
    if (!request.headers.accept?.includes(PDF)) {
      // The very bytes of which the ledger has the digest.
      return reply.type('application/json; charset=utf-8').serializer(String).send(made.json)
    }
    const { setRecord } = await import('#workflow/defence/pdf') // heavy: few ask for it
    reply.removeHeader('repr-digest')
    return reply.type(PDF).send(await setRecord(made))
  })
}
