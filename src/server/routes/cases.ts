/** Cases: taken up, kept, given back; the first screen of one; closed, held and opened again. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import * as contract from '#contract/desk'
import { CaseNumber } from '#contract/evidence'
import type { Case } from '#terms/casework'
import { claimCase, keepCase, releaseCase } from '#workflow/queue/claim'
import { closeCase, holdCase, reopenCase, resumeCase } from '#workflow/queue/close'
import type { QueueDesk } from '#workflow/queue/desk'
import { readCase, type WholeCase } from '#workflow/queue/read'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'
import { caseTold } from './case-told.ts'
import { queueOf } from './queue.ts'
import { votesToldTo } from './votes.ts'

const tags = ['desk']
const security = SIGNED_IN
const params = Type.Object({ number: CaseNumber })
const FAILS = problems(400, 401, 403, 404, 409, 503)

/** `/v1/cases/{number}…` */
export function caseRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const whole = {
    ...{ tags, security, params },
    summary: 'The first screen of a case: no picture, but why it is here, what was found, and what is next.',
    description: 'To read a case that one has in hand is to use it: the claim goes on.',
    response: { 200: contract.WholeCaseTold, ...FAILS },
  }
  app.get('/v1/cases/:number', { schema: whole, onRequest }, async (request) => {
    const by = request.person.id
    const read = await readCase(queueOf(service), by, numberOf(request))
    const decided = new Set(read.items.filter(({ state }) => state === 'decided').map(({ id }) => id))
    const votes = await votesToldTo(
      service,
      by,
      read.items.map(({ id }) => id),
      decided,
    )
    return { ...wholeTold(read, by), votes }
  })
  const claim = {
    ...{ tags, security, params, body: contract.ClaimBody },
    summary: 'Takes up a case; whoever has it already keeps it from anew.',
    response: { 200: contract.CaseTold, ...FAILS },
  }
  app.post('/v1/cases/:number/claim', { schema: claim, onRequest }, async (request) => {
    const { purpose } = request.body as Static<typeof contract.ClaimBody>
    const by = request.person.id
    return caseTold(await claimCase(queueOf(service), by, numberOf(request), purpose), by)
  })
  acts(app, service)
  actsWithReason(app, service)
}

type Act = (desk: QueueDesk, by: Person, number: string) => Promise<Case>
type Person = FastifyRequest['person']['id']

function acts(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const all: readonly (readonly [path: string, summary: string, act: Act])[] = [
    ['release', 'Gives a case back: it waits for anybody again. No reason is asked for.', releaseCase],
    ['extend', 'Keeps a case for longer.', keepCase],
    ['reopen', 'Opens a closed case again; it waits as its items stand.', reopenCase],
    ['resume', 'Takes a case up again that was on hold.', resumeCase],
  ]
  for (const [path, summary, act] of all) {
    const schema = { tags, security, params, summary, response: { 200: contract.CaseTold, ...FAILS } }
    app.post(`/v1/cases/:number/${path}`, { schema, onRequest }, async (request) => {
      const by = request.person.id
      return caseTold(await act(queueOf(service), by, numberOf(request)), by)
    })
  }
}

function actsWithReason(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const all = [
    ['close', 'Closes a case, with a reason; nobody has it in hand any more.', closeCase],
    ['hold', 'Puts a case on hold, with a reason: nobody is given it until it is taken up again.', holdCase],
  ] as const
  for (const [path, summary, act] of all) {
    const told = { tags, security, params, summary, body: contract.CloseBody }
    const schema = { ...told, response: { 200: contract.CaseTold, ...FAILS } }
    app.post(`/v1/cases/:number/${path}`, { schema, onRequest }, async (request) => {
      const { because } = request.body as Static<typeof contract.CloseBody>
      const by = request.person.id
      return caseTold(await act(queueOf(service), by, numberOf(request), because), by)
    })
  }
}

function wholeTold({ case: one, reports, ...rest }: WholeCase, viewer: string) {
  return {
    ...rest,
    case: caseTold(one, viewer),
    reports: reports.map(({ id, channel, kind, trust, isAnonymous, atRisk, receivedAt, address, words }) => ({
      ...{ id, channel, kind, trust, anonymous: isAnonymous, atRisk, receivedAt },
      ...(address !== undefined && { address }),
      ...(words !== undefined && { words }),
    })),
  }
}

function numberOf(request: FastifyRequest): string {
  return (request.params as { number: string }).number
}
