/** Entries: one entry looked at, judged, or spoken of to its source, by stewards. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { ChangeTold, EntryTold, FeedbackAsked, FeedbackTold, JudgementAsked } from '#contract/lists'
import type { Session } from '#store/database'
import { entryOf } from '#store/entries'
import { type FeedbackGiven, feedBack } from '#store/feedback'
import {
  type DisabledUntil,
  type Judgement,
  type JudgementGiven,
  judge,
  judgementOn,
} from '#store/judgements'
import { allLists } from '#store/lists'
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import type { EntryRecord, RegisteredList } from '#terms/register'
import { changed, refuseUnkept, refuseUnseen, signedBy } from '../curation.ts'
import { guard } from '../guard.ts'
import { changeOnce } from '../idempotency.ts'
import { KEYED, problems } from '../reference.ts'
import { clientOf } from '../request.ts'
import type { Service } from '../server.ts'

const Numbered = Type.Object({
  entry: Type.String({
    pattern: '^[1-9][0-9]{0,9}$',
    description: 'Number of the entry, as matches name it.',
  }),
})
const tags = ['lists']

/** `GET /v1/entries/{entry}`, `POST /v1/entries/{entry}/judgement`, `POST /v1/entries/{entry}/feedback` */
export function entryRoutes(app: FastifyInstance, service: Service): void {
  seeRoute(app, service)
  judgeRoute(app, service)
  feedbackRoute(app, service)
}

function seeRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags,
    summary: 'An entry: what its publisher says, and what is thought of it here.',
    description:
      'Its hashes, key, label and source are shown with the scope `curate` only: nobody reads a list out through this.',
    params: Numbered,
    response: { 200: EntryTold, ...problems(400, 401, 403, 404, 429, 503) },
  }
  const onRequest = guard(service, 'detail', 'curate')
  app.get('/v1/entries/:entry', { schema, onRequest }, async (request): Promise<EntryTold> => {
    const client = clientOf(request)
    const { entry, list } = await seen(service.database, client, numberOf(request.params))
    return shown(client, entry, list, await judgementOn(service.database, entry.entry))
  })
}

function judgeRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags,
    summary: 'Says what is thought of an entry here; a pull never undoes it.',
    params: Numbered,
    body: JudgementAsked,
    response: { 200: ChangeTold, ...problems(400, 401, 403, 404, 409, 422, 429, 503) },
  }
  const onRequest = guard(service, 'curate')
  app.post('/v1/entries/:entry/judgement', { schema, config: KEYED, onRequest }, (request, reply) => {
    const number = numberOf(request.params)
    const asked = request.body as JudgementAsked
    refuseUnkept(asked.because)
    return changeOnce(service, request, reply, { parts: [JSON.stringify(asked)] }, async (transaction) => {
      const given = judgementOf(asked, service.now())
      await seen(transaction, clientOf(request), number)
      const change = await judge(transaction, number, given, signedBy(service, request))
      return change ? changed(service.index, change) : { status: 200, body: JUDGED_SO }
    })
  })
}

const JUDGED_SO = {
  kind: 'unchanged',
  added: 0,
  replaced: 0,
  withdrawn: 0,
  unchanged: 1,
  searchable: true,
} satisfies ChangeTold

function feedbackRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags,
    summary:
      'Tells the source of an entry that it is right, or that it is not; sent where the source takes that.',
    params: Numbered,
    body: FeedbackAsked,
    response: { 202: FeedbackTold, ...problems(400, 401, 403, 404, 409, 422, 429, 503) },
  }
  const onRequest = guard(service, 'curate')
  app.post('/v1/entries/:entry/feedback', { schema, config: KEYED, onRequest }, (request, reply) => {
    const number = numberOf(request.params)
    const asked = request.body as FeedbackAsked
    refuseUnkept(asked.because)
    return changeOnce(service, request, reply, { parts: [JSON.stringify(asked)] }, async (transaction) => {
      await seen(transaction, clientOf(request), number)
      const given = asked as FeedbackGiven
      const feedback = await feedBack(transaction, number, given, signedBy(service, request))
      return { status: 202, body: { feedback } }
    })
  })
}

function numberOf(params: unknown): number {
  return Number((params as { entry: string }).entry)
}

/** An entry and its list, for a client that may look at it. @throws Fault `register.unknown` */
async function seen(
  session: Session,
  client: Client,
  number: number,
): Promise<{ readonly entry: EntryRecord; readonly list: RegisteredList }> {
  const entry = await entryOf(session, number)
  const list = (await allLists(session)).find(({ id }) => id === entry.list)
  if (!list) throw new Fault('register.unknown', `there is no entry ${number}`)
  refuseUnseen(client, list, `entry ${number}`)
  return { entry, list }
}

/** @throws Fault `request.invalid` for a date that is none or is over */
function judgementOf({ trust, disabledUntil, because }: JudgementAsked, now: Date): JudgementGiven {
  if (trust === undefined && disabledUntil === undefined)
    throw new Fault('request.invalid', 'a judgement says trust or disabledUntil')
  return {
    because,
    ...(trust !== undefined && { trust }),
    ...(disabledUntil !== undefined && {
      disabledUntil: disabledUntil === null ? null : untilOf(disabledUntil, now),
    }),
  }
}

function untilOf(untrusted: string, now: Date): DisabledUntil {
  if (untrusted === 'always') return 'always'
  const until = new Date(untrusted)
  if (!/^\d{4}-\d\d-\d\dT/.test(untrusted) || !(until > now))
    throw new Fault('request.invalid', 'disabledUntil is `always` or a time to come in ISO 8601')
  return until
}

function shown(
  client: Client,
  record: EntryRecord,
  list: RegisteredList,
  judgement: Judgement | undefined,
): EntryTold {
  const { entry, trust, categories, until, because, md5, sha1, sha256, pdq, photodna, key, label, source } =
    record
  const hashes = { md5, sha1, sha256, pdq, photodna, key, label, source }
  return {
    entry,
    list: list.name,
    trust,
    categories: Object.fromEntries(Object.entries(categories).map(([scheme, codes]) => [scheme, [...codes]])),
    stands: until === undefined,
    ...(because !== undefined && { because }),
    ...(judgement && { judgement: shownJudgement(judgement) }),
    ...(client.scopes.includes('curate') && given(hashes)),
  }
}

function shownJudgement({
  trust,
  disabledUntil,
  because,
  at,
}: Judgement): NonNullable<EntryTold['judgement']> {
  const until = disabledUntil instanceof Date ? disabledUntil.toISOString() : disabledUntil
  return { because, at, ...(trust && { trust }), ...(until !== undefined && { disabledUntil: until }) }
}

/** Without what is absent. */
function given<T extends Record<string, string | undefined>>(all: T): Record<string, string> {
  const there = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return Object.fromEntries(there)
}
