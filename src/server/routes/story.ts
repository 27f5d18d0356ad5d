/** Story: what was done in a case with what the ledger has of it, proofs of each act, and how the ledger stands. */
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { CaseNumber } from '#contract/evidence'
import * as contract from '#contract/story'
import { Fault } from '#terms/fault'
import { proveInStory, readLedger, readStory, STORY_EVENTS_MAX } from '#workflow/ledger/story'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const security = SIGNED_IN
const FAILS = problems(400, 401, 403, 404, 409, 503)
const TEXT = { content: { 'text/plain': { schema: Type.String() } } }

/** `GET /v1/cases/{number}/story`, `…/story/{event}/proof`, `GET /v1/ledger/status` */
export function storyRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const story = {
    ...{ tags: ['desk'], security, params: Type.Object({ number: CaseNumber }) },
    querystring: contract.StoryQuery,
    summary: 'What was done in a case, in order, and what the ledger has of each act.',
    description: `${STORY_EVENTS_MAX} events at most; \`next\` is where to go on. Votes are told, not how anybody voted.`,
    response: { 200: contract.StoryTold, ...FAILS },
  }
  app.get('/v1/cases/:number/story', { schema: story, onRequest }, async (request) => {
    const { number } = request.params as { number: string }
    const { after } = request.query as contract.StoryQuery
    return readStory(service, request.person.id, number, after)
  })
  const proof = {
    ...{ tags: ['ledger'], security, params: contract.StoryEventNamed },
    summary: 'A proof that an act of a case is in the ledger (C2SP tlog-proof), for whoever reads the case.',
    response: { 200: TEXT, ...FAILS },
  }
  app.get('/v1/cases/:number/story/:event/proof', { schema: proof, onRequest }, async (request, reply) => {
    const { number, event } = request.params as Static<typeof contract.StoryEventNamed>
    const made = await proveInStory(service, request.person.id, number, event)
    if (made.kind === 'pending') throw new Fault('ledger.pending', 'the leaf of this event has no number yet')
    return reply
      .type('text/plain; charset=utf-8')
      .header('content-disposition', `attachment; filename="leaf-${made.leaf}.tlog-proof"`)
      .send(made.text)
  })
  const status = {
    ...{ tags: ['ledger'], security },
    summary: 'How the ledger stands, its newest checkpoint, and who outside has it.',
    response: { 200: contract.LedgerTold, ...FAILS },
  }
  app.get('/v1/ledger/status', { schema: status, onRequest }, async (request) => {
    const stands = await readLedger(service, request.person.id)
    const key = service.ledgerKey && (await service.ledgerKey()).verifier.text
    return key === undefined ? stands : { ...stands, key }
  })
}
