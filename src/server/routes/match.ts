/** Match: one item or many are asked about, and the verdict is given as far as the asker may see it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BatchAnswer, type ItemVerdict, MatchAnswer } from '#contract/answer'
import { AskedItem, BatchAsked } from '#contract/item'
import { LIMITS } from '#contract/limits'
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import type { GateVerdict } from '#terms/gate'
import { matchHashed, matchMany, matchReading } from '#workflow/gate/match'
import { guard } from '../guard.ts'
import { FILE_BODY, problems } from '../reference.ts'
import { clientOf } from '../request.ts'
import type { Service } from '../server.ts'
import { isUpload, uploaded } from '../uploads.ts'

/** `POST /v1/match`, `POST /v1/match/batch` */
export function matchRoutes(app: FastifyInstance, service: Service): void {
  matchRoute(app, service)
  batchRoute(app, service)
}

function matchRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags: ['gate'],
    summary: 'Whether one item is known.',
    description:
      'A file, as a form or as it stands; or its hashes; or its address, where that is allowed. A file is looked up by its ' +
      'digests and, where it is a picture, by PDQ in eight orientations, whole and without its border; hashes are looked up as ' +
      'they are given. `checked` says what was looked up.',
    body: { content: { 'application/json': { schema: AskedItem }, ...FILE_BODY } },
    response: { 200: MatchAnswer, ...problems(400, 401, 403, 413, 415, 422, 429, 503) },
  }
  app.post('/v1/match', { schema, onRequest: guard(service, 'match') }, (request, reply) => {
    if (isUpload(request)) return answerUpload(service, request)
    const client = clientOf(request)
    const item = askedItem(request.body)
    if (item.url !== undefined)
      throw new Fault('request.forbidden', 'items are not fetched by their address here')
    reply.send(answer(service, client, matchHashed(service, client, item), item.reference))
  })
}

function batchRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags: ['gate'],
    summary: `Whether up to ${LIMITS.itemsMax} items are known, each by its hashes.`,
    body: BatchAsked,
    response: { 200: BatchAnswer, ...problems(400, 401, 403, 413, 415, 422, 429, 503) },
  }
  app.post('/v1/match/batch', { schema, onRequest: guard(service, 'match') }, async (request) => {
    const client = clientOf(request)
    const { items } = request.body as BatchAsked
    const verdicts = await matchMany(service, client, items)
    const isAnyNone = verdicts.some((verdict) => verdict.verdict === 'none')
    return {
      items: verdicts.map((verdict, at) => shown(service, client, verdict, items[at]?.reference)),
      ...(isAnyNone && { noneMeans: service.views.of(client).noneMeans }),
    }
  })
}

/** A body whose form the contract has checked; where nothing was checked there was no JSON. */
function askedItem(body: unknown): AskedItem {
  if (typeof body !== 'object' || body === null) throw new Fault('request.invalid', 'the request has no body')
  return body as AskedItem
}

async function answerUpload(service: Service, request: FastifyRequest): Promise<MatchAnswer> {
  const client = clientOf(request)
  service.views.of(client) // not ready: told before the file is sent
  const upload = await uploaded(request, service.room, service.settings.uploadBytesMax)
  try {
    const reading = await service.decoders.readBytes(upload.bytes, { pictures: true })
    return answer(service, client, matchReading(service, client, reading), upload.reference)
  } finally {
    upload.release()
  }
}

function answer(service: Service, client: Client, verdict: GateVerdict, reference?: string): MatchAnswer {
  const part = shown(service, client, verdict, reference)
  return verdict.verdict === 'none' ? { ...part, noneMeans: service.views.of(client).noneMeans } : part
}

/** What a client may see of a verdict: nothing of lists, entries and distances without `detail`. */
function shown(service: Service, client: Client, verdict: GateVerdict, reference?: string): ItemVerdict {
  service.metrics.judged(verdict)
  const { because, decision, checked, matches, more, remote } = verdict
  const part = {
    ...(reference !== undefined && { reference }),
    verdict: verdict.verdict,
    ...(because !== undefined && { because }),
    decision,
    checked: checked as ItemVerdict['checked'],
  }
  if (!client.scopes.includes('detail')) return part
  return {
    ...part,
    matches: matches as NonNullable<ItemVerdict['matches']>,
    more,
    ...(remote && { remote: [...remote] }),
  }
}
