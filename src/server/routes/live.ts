/** Live: one stream of what happens at the desk for each open page, ended with the session and with the service. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import * as contract from '#contract/desk'
import { CaseNumber } from '#contract/evidence'
import { errorFields } from '#ground/log'
import { SESSION_LIMITS, sessionOf } from '#store/sessions'
import { Fault } from '#terms/fault'
import { pass } from '#workflow/door'
import type { Live, LiveEvent } from '#workflow/queue/live'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { sessionIn, signedInGuard } from '../session/guard.ts'

/** Between two signs of life; with each it is seen whether the session still stands. */
const BEAT_MILLISECONDS = 15_000
/** Events that wait for a slow reader; then it is let go, and begins anew. */
const WAITING_BYTES_MAX = 256 * 1024
const ALL_MAX = 500
const EACH_MAX = 6

const LiveQuery = Type.Object(
  { case: Type.Optional(CaseNumber) },
  { additionalProperties: false, description: 'The case that the page has open.' },
)

/** `GET /v1/live` */
export function liveRoute(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const schema = {
    ...{ tags: ['desk'], security: SIGNED_IN, querystring: LiveQuery },
    summary: 'What happens at the desk, as it happens: server-sent events, by number and pseudonym alone.',
    response: {
      200: {
        description:
          'A stream; each `data:` line is one of these. A line that begins with `:` is a sign of life.',
        content: { 'text/event-stream': { schema: contract.LiveTold } },
      },
      ...problems(400, 401, 403, 429, 503),
    },
  }
  app.get('/v1/live', { schema, onRequest }, async (request, reply) => {
    const { case: caseNumber } = request.query as Static<typeof LiveQuery>
    const live = liveOf(service)
    const by = request.person.id
    await allowed(service, request, caseNumber)
    const { all, theirs } = live.count(by)
    if (all >= ALL_MAX || theirs >= EACH_MAX)
      throw new Fault('request.too-many', `${EACH_MAX} pages of one person listen at most, ${ALL_MAX} in all`)
    stream(service, request, reply, live, caseNumber)
    return reply
  })
}

/** To listen is to read the queue; to be seen at a case is to read that. */
async function allowed(service: Service, request: FastifyRequest, caseNumber?: string): Promise<void> {
  const { database } = service
  const by = request.person.id
  const at = service.now()
  await pass(database, { by, act: 'read-queue', at }, async () => undefined)
  if (caseNumber === undefined) return
  const subject = { kind: 'case', id: caseNumber } as const
  await pass(database, { by, act: 'read-case', subject, at }, async () => undefined)
}

function stream(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  live: Live,
  caseNumber: string | undefined,
): void {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    'x-request-id': request.id,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-accel-buffering': 'no',
  })
  const write = (text: string): void => {
    if (raw.writableLength > WAITING_BYTES_MAX) raw.destroy()
    else raw.write(text)
  }
  write('retry: 2000\n\n')
  const end = live.listen({
    person: request.person.id,
    ...(caseNumber !== undefined && { caseNumber }),
    told: (event) => write(lineOf(event)),
  })
  const beat = setInterval(() => {
    stillStands(service, request).then(
      (stands) => (stands ? write(': here\n\n') : raw.end()),
      (error: unknown) => {
        service.log.warn('a session could not be looked up', errorFields(error))
        raw.end()
      },
    )
  }, BEAT_MILLISECONDS).unref()
  const off = service.stopping.told(() => raw.end())
  raw.once('close', () => {
    clearInterval(beat)
    off()
    end()
  })
}

/** A stream does not keep a session: who does nothing else is signed out as ever. */
async function stillStands(service: Service, request: FastifyRequest): Promise<boolean> {
  const { idleMinutes } = service.people?.limits ?? SESSION_LIMITS
  const { token } = sessionIn(request)
  return (await sessionOf(service.database, token, idleMinutes, service.now(), false)) !== undefined
}

function lineOf({ event, ...rest }: LiveEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify({ event, ...rest })}\n\n`
}

function liveOf({ live }: Service): Live {
  if (!live) throw new Fault('config.invalid', 'this service has no desk')
  return live
}
