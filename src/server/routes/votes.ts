/** Votes: what is graded in, a grade by one person, taking it back, and appeals. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import * as contract from '#contract/desk'
import { CaseNumber } from '#contract/evidence'
import { caseItemNamed } from '#store/case-items'
import { votesOn } from '#store/votes'
import type { Annotation, Case, Vote } from '#terms/casework'
import { Fault } from '#terms/fault'
import { appeal, appealsWaiting, endAppeal } from '#workflow/assess/appeal'
import type { AssessDesk } from '#workflow/assess/desk'
import { ageBands, schemesToGrade } from '#workflow/assess/schemes'
import { type Voted, vote } from '#workflow/assess/vote'
import { takeBack } from '#workflow/assess/withdraw'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'
import { caseTold } from './case-told.ts'

const tags = ['desk']
const security = SIGNED_IN
/** Of a large stack only so many are told by name. */
const ENTRIES_TOLD_MAX = 100
const FAILS = problems(400, 401, 403, 404, 409, 503)
const CaseNamed = Type.Object({ number: CaseNumber })
const VoteNamed = Type.Object({ id: Type.String({ pattern: '^w-[0-9a-z]{16}$' }) })
const AppealNamed = Type.Object({ id: Type.String({ pattern: '^q-[0-9a-z]{16}$' }) })

/** `GET /v1/schemes`, `POST /v1/cases/{number}/votes`, `POST /v1/votes/{id}/withdrawal`, `…/appeals` */
export function voteRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const schemes = {
    ...{ tags, security },
    summary: 'The categories that are graded in here, the main scheme first.',
    response: { 200: contract.SchemesTold, ...FAILS },
  }
  app.get('/v1/schemes', { schema: schemes, onRequest }, () => ({
    schemes: schemesToGrade(deskOf(service)),
    ageBands: ageBands(deskOf(service)),
  }))
  const cast = {
    ...{ tags, security, params: CaseNamed, body: contract.VoteBody },
    summary: 'Grades an item, or its whole stack. What follows is decided at once.',
    response: { 201: contract.VotedTold, ...FAILS },
  }
  app.post('/v1/cases/:number/votes', { schema: cast, onRequest }, async (request, reply) => {
    const { item, stack, except, grades, annotation, basis, rationale } = request.body as contract.VoteBody
    const by = request.person.id
    const voted = await vote(deskOf(service), {
      ...{ by, caseNumber: numberOf(request), item, grades, basis },
      annotation: (annotation ?? {}) as Annotation,
      ...(stack === true && { stack: { except: except ?? [] } }),
      ...(rationale !== undefined && { rationale }),
    })
    const votes = voted.votes.map((one) => toldVote(one, by, !isClosed(voted, one.item)))
    reply.code(201)
    const entries = await entriesOf(service, voted.decided)
    return {
      votes,
      case: told(voted.case, by),
      decided: voted.decided,
      entries,
      golden: goldenTold(voted, grades),
    }
  })
  const back = {
    ...{ tags, security, params: VoteNamed },
    summary: 'Takes one’s own vote back, as long as it is the only one on its item.',
    response: { 200: contract.CaseTold, ...FAILS },
  }
  app.post('/v1/votes/:id/withdrawal', { schema: back, onRequest }, async (request) =>
    told(await takeBack(deskOf(service), request.person.id, idOf(request)), request.person.id),
  )
  appealRoutes(app, service)
}

function appealRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const bring = {
    ...{ tags, security, params: CaseNamed, body: contract.AppealBody },
    summary: 'Says that a decision was wrong.',
    response: { 201: contract.AppealTold, ...FAILS },
  }
  app.post('/v1/cases/:number/appeals', { schema: bring, onRequest }, async (request, reply) => {
    const { item, because } = request.body as contract.AppealBody
    reply.code(201)
    const given = { by: request.person.id, caseNumber: numberOf(request), because, ...(item && { item }) }
    return appeal(deskOf(service), given)
  })
  const all = {
    ...{ tags, security },
    summary: 'Appeals that wait, the oldest first.',
    response: { 200: Type.Object({ appeals: Type.Array(contract.AppealTold) }), ...FAILS },
  }
  app.get('/v1/appeals', { schema: all, onRequest }, async (request) => ({
    appeals: await appealsWaiting(deskOf(service), request.person.id),
  }))
  const end = {
    ...{ tags, security, params: AppealNamed, body: contract.AppealDecisionBody },
    summary: 'Decides an appeal: by a person who has not touched the case.',
    response: { 200: contract.AppealTold, ...FAILS },
  }
  app.post('/v1/appeals/:id/decision', { schema: end, onRequest }, (request) =>
    endAppeal(deskOf(service), request.person.id, idOf(request), request.body as contract.AppealDecisionBody),
  )
}

/** True of an item whose vote stays: it is decided, or its answer was told. */
function isClosed({ decided, golden }: Voted, id: Vote['item']): boolean {
  return decided.includes(id) || golden.some(({ item }) => item === id)
}

/** What golden pictures among the graded are labelled as, and whether they were graded so. */
function goldenTold({ golden }: Voted, given: contract.VoteBody['grades']) {
  return golden.flatMap(({ item, grades }) =>
    grades.map(({ scheme, category }) => {
      const isRight = given.some((one) => one.scheme === scheme && one.category === category)
      return { item, scheme, category, isRight }
    }),
  )
}

/** What of some decided items became an entry. */
async function entriesOf({ database }: Service, decided: readonly string[]) {
  const items = await Promise.all(decided.slice(0, ENTRIES_TOLD_MAX).map((id) => caseItemNamed(database, id)))
  return items.flatMap(({ id, decision }) => (decision?.entry ? [{ item: id, ...decision.entry }] : []))
}

/** A vote as it is shown to somebody. @param isOpen whether its own person could take it back */
export function toldVote(one: Vote, viewer: string, isOpen: boolean) {
  const { id, item, by, round, at, grades, annotation, basis, forStack } = one
  const mine = by === viewer
  return {
    ...{ id, item, by, mine, round, at, forStack, grades: [...grades], annotation, basis },
    withdrawable: mine && isOpen && round === 1, // a later one was given beside another's, which was shown then
  }
}

/** The votes of a case as one person may see them: another's grade is blind until theirs is in, or the item is decided. */
export async function votesToldTo(
  service: Service,
  viewer: string,
  items: Parameters<typeof votesOn>[1],
  decided: ReadonlySet<string>,
) {
  const votes = await votesOn(service.database, items)
  const mine = new Set(votes.filter(({ by }) => by === viewer).map(({ item }) => item))
  return votes.map((one) => {
    const isLast = !votes.some(({ item, round }) => item === one.item && round > one.round)
    const whole = toldVote(one, viewer, isLast && !decided.has(one.item))
    if (mine.has(one.item) || decided.has(one.item)) return whole
    const { grades: _, annotation: __, basis: ___, ...blind } = whole
    return blind
  })
}

function told(one: Case, viewer: string) {
  return caseTold(one, viewer)
}

/** @throws Fault `config.invalid` where this service has no desk */
function deskOf({ assess }: Service): AssessDesk {
  if (!assess) throw new Fault('config.invalid', 'this service grades nothing')
  return assess
}

function numberOf(request: FastifyRequest): string {
  return (request.params as { number: string }).number
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}
