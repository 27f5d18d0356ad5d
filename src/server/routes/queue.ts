/** Queue: what waits, in its order and without a picture; the next case for whoever asks. */
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import * as contract from '#contract/desk'
import { word } from '#contract/words'
import { CASE_STATES } from '#terms/casework'
import { Fault } from '#terms/fault'
import { claimNext } from '#workflow/queue/claim'
import type { QueueDesk } from '#workflow/queue/desk'
import { QUEUE_ROWS_MAX, readQueue } from '#workflow/queue/read'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'
import { caseTold } from './case-told.ts'

const tags = ['desk']
const security = SIGNED_IN
const ROWS = 50
const OFFSET_MAX = 100_000

const whole = (max: number, description: string) =>
  Type.Optional(Type.String({ pattern: `^[0-9]{1,${String(max).length}}$`, description }))
const QueueQuery = Type.Object(
  {
    limit: whole(QUEUE_ROWS_MAX, `Rows, ${ROWS} unless given, ${QUEUE_ROWS_MAX} at most.`),
    offset: whole(OFFSET_MAX, 'Rows that are passed over.'),
    state: Type.Optional(word(CASE_STATES, 'Of one state alone; those that wait for a person unless given.')),
  },
  { additionalProperties: false },
)

/** `GET /v1/queue`, `POST /v1/cases/next` */
export function queueRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const read = {
    ...{ tags, security, querystring: QueueQuery },
    summary: 'What waits for a person, in its order; each row says in one line why it is above the next.',
    description:
      'The order is by the first of these that differs: a child at risk now, grade 1, severity, the nearest clock, what is ' +
      'known, how far the reporter was right, the oldest. Nothing is weighed. No picture, no address and no name is in it.',
    response: { 200: contract.QueueTold, ...problems(400, 401, 403, 503) },
  }
  app.get('/v1/queue', { schema: read, onRequest }, async (request) => {
    const { limit, offset, state } = request.query as Static<typeof QueueQuery>
    const by = request.person.id
    const asked = {
      limit: Math.max(1, Math.min(QUEUE_ROWS_MAX, Number(limit ?? ROWS))),
      offset: Math.min(OFFSET_MAX, Number(offset ?? 0)),
    }
    const { cases, ...rest } = await readQueue(queueOf(service), by, { ...asked, ...(state && { state }) })
    return { ...rest, cases: cases.map(({ case: one, ...row }) => ({ ...caseTold(one, by), ...row })) }
  })
  const next = {
    ...{ tags, security },
    summary: 'Takes up the first case that waits for whoever asks; 204 where none does.',
    description:
      'By the roles of whoever asks, without a conflict of interest, and with something in it that they have not voted on. ' +
      'Two people never have one case.',
    response: {
      200: contract.CaseTold,
      204: Type.Null({ description: 'None waits.' }),
      ...problems(401, 403, 503),
    },
  }
  app.post('/v1/cases/next', { schema: next, onRequest }, async (request, reply) => {
    const found = await claimNext(queueOf(service), request.person.id)
    if (found) return caseTold(found, request.person.id)
    return reply.code(204).send()
  })
}

/** The queue of a service. @throws Fault `config.invalid` where it has none */
export function queueOf({ queue }: Service): QueueDesk {
  if (!queue) throw new Fault('config.invalid', 'this service has no desk')
  return queue
}
