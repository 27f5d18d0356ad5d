/** Match: one item or many are asked about, and the verdict is given as far as the asker may see it. */
import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BatchAnswer, type ItemVerdict, MatchAnswer } from '#contract/answer'
import { AskedItem, BatchAsked, type HashedItem, ItemInQuery } from '#contract/item'
import { LIMITS } from '#contract/limits'
import { unnamed } from '#matching/none'
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import type { GateVerdict, RemoteSaid } from '#terms/gate'
import type { FileReading } from '#terms/media'
import { fingerprintOf, parsedItem } from '#workflow/gate/item'
import { matchHashed, matchMany, matchReading } from '#workflow/gate/match'
import { askRemote, remoteItemOf, remoteItemOfHashes } from '#workflow/gate/remote'
import { reportStopped, type Stopped, stoppedHashes } from '../gate-reports.ts'
import { guard } from '../guard.ts'
import { answerOnce } from '../idempotency.ts'
import { changeNumber, isKept, keepPassed } from '../passing.ts'
import { KEYED, problems } from '../reference.ts'
import { clientOf } from '../request.ts'
import type { Service } from '../server.ts'
import { isUpload, uploaded } from '../uploads.ts'

/** `GET /v1/match`, `POST /v1/match/batch`: by hashes alone, apart from what takes files, which costs each request a little */
export function hashesRoutes(app: FastifyInstance, service: Service): void {
  queryRoute(app, service)
  batchRoute(app, service)
}

/** `POST /v1/match` */
export function matchRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags: ['gate'],
    summary: 'Whether one item is known.',
    description:
      'A file, as a form or as it stands; or its hashes; or its address, where that is allowed. A file is looked up by its ' +
      'digests and, where it is a picture, by PDQ in eight orientations, whole and without its border; hashes are looked up as ' +
      'they are given. `checked` says what was looked up.',
    body: { content: { 'application/json': { schema: AskedItem } } },
    response: { 200: MatchAnswer, ...problems(400, 401, 403, 409, 413, 415, 422, 429, 502, 503, 504) },
  }
  const config = { takesFile: true, ...KEYED }
  app.post('/v1/match', { schema, config, onRequest: guard(service, 'match') }, (request, reply) => {
    if (isUpload(request)) return answerUpload(service, request, reply)
    const client = clientOf(request)
    const item = askedItem(request.body)
    if (item.url !== undefined) return answerFetched(service, request, reply, item)
    const isKeyed = request.headers['idempotency-key'] !== undefined
    if (!isKeyed) return hashedAnswer(service, client, item)
    return once(service, request, reply, JSON.stringify(item), () => hashedAnswer(service, client, item))
  })
}

/** Asks the index; and where they are set, the matchers that others run, and keeps what passed. */
async function hashedAnswer(service: Service, client: Client, item: HashedItem): Promise<MatchAnswer> {
  const told = (verdict: GateVerdict): MatchAnswer | Promise<MatchAnswer> => {
    const { reference } = item
    const said = answer(service, client, verdict, reference)
    const stopped = (): Stopped => ({ hashes: stoppedHashes(item), reference })
    return reportStopped(service, client, verdict, stopped)?.then(() => said) ?? said
  }
  if (!service.remote?.length && !isKept(service, client))
    return told(await service.together.match(client, item))
  const { fingerprint } = parsedItem(item)
  const remote = await askRemote(service.remote, remoteItemOfHashes(fingerprint))
  const { reference } = item
  const number = changeNumber(service)
  const verdict = matchHashed(service, client, item, remote)
  await keepPassed(service, client, verdict, { fingerprint, reference, number })
  return told(verdict)
}

/** Answers a request once, where it names a key for that. */
function once(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  part: string,
  work: () => Promise<object> | object,
): Promise<void> {
  const isDetailed = clientOf(request).scopes.includes('detail')
  const asking = { parts: [part], ...(!isDetailed && { again: withoutDetail }) }
  return answerOnce(service, request, reply, asking, async () => ({ status: 200, body: await work() }))
}

/** An answer that was kept, for a key that may have lost the scope `detail` since. */
function withoutDetail(body: string): string {
  const kept = JSON.parse(body) as MatchAnswer | BatchAnswer
  const left = 'items' in kept ? { ...kept, items: kept.items.map(bare) } : bare(kept)
  const { noneMeans } = kept
  return JSON.stringify(noneMeans === undefined ? left : { ...left, noneMeans: unnamed(noneMeans) })
}

function bare({ matches: _, more: __, remote: ___, ...verdict }: ItemVerdict): ItemVerdict {
  return verdict
}

function queryRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags: ['gate'],
    summary: 'Whether one item is known, by hashes in the address.',
    description:
      'The shortest way to ask, for one picture as it stands. Proxies write addresses into their logs: where that ' +
      'matters, send the hashes as JSON.',
    querystring: ItemInQuery,
    response: { 200: MatchAnswer, ...problems(400, 401, 403, 429, 503) },
  }
  app.get('/v1/match', { schema, onRequest: guard(service, 'match') }, (request) =>
    hashedAnswer(service, clientOf(request), itemInQuery(request.query as ItemInQuery)),
  )
}

/** @throws Fault `request.invalid` for a PDQ hash without its quality, or the other way round */
function itemInQuery({ pdq, quality, ...digests }: ItemInQuery): HashedItem {
  if ((pdq === undefined) !== (quality === undefined))
    throw new Fault('request.invalid', 'pdq and quality go together')
  return { digests, ...(pdq !== undefined && { pdq: [{ hash: pdq, quality: Number(quality) }] }) }
}

function batchRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags: ['gate'],
    summary: `Whether up to ${LIMITS.itemsMax} items are known, each by its hashes.`,
    body: BatchAsked,
    response: { 200: BatchAnswer, ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503) },
  }
  const options = { schema, config: KEYED, onRequest: guard(service, 'match') }
  app.post('/v1/match/batch', options, (request, reply) => {
    const asked = request.body as BatchAsked
    const isKeyed = request.headers['idempotency-key'] !== undefined
    return once(service, request, reply, isKeyed ? JSON.stringify(asked) : '', () =>
      batchAnswer(service, clientOf(request), asked),
    )
  })
}

async function batchAnswer(service: Service, client: Client, { items }: BatchAsked): Promise<BatchAnswer> {
  const remote = await remoteOf(service, items)
  const number = changeNumber(service)
  const verdicts = await matchMany(service, client, items, remote)
  if (isKept(service, client)) await keepBatch(service, client, verdicts, { items, number })
  const isAnyNone = verdicts.some((verdict) => verdict.verdict === 'none')
  return {
    items: verdicts.map((verdict, at) => shown(service, client, verdict, items[at]?.reference)),
    ...(isAnyNone && { noneMeans: service.views.of(client).noneMeans }),
  }
}

async function keepBatch(
  service: Service,
  client: Client,
  verdicts: readonly GateVerdict[],
  { items, number }: { readonly items: readonly HashedItem[]; readonly number: number },
): Promise<void> {
  const kept = items.map((item, at) => {
    const verdict = verdicts[at]
    if (verdict === undefined) throw new Error(`item ${at} has no verdict`)
    const { fingerprint } = parsedItem(item)
    return keepPassed(service, client, verdict, { fingerprint, reference: item.reference, number })
  })
  await Promise.all(kept)
}

/** Items of a batch that remote matchers are asked about at once: enough to fill a request to one that takes many. */
const REMOTE_AT_ONCE = 100

/** What remote matchers say of each item; undefined where there is none to ask. */
async function remoteOf(
  { remote }: Service,
  items: readonly HashedItem[],
): Promise<readonly (readonly RemoteSaid[] | undefined)[] | undefined> {
  if (!remote?.length) return undefined
  const said: (readonly RemoteSaid[] | undefined)[] = []
  for (let at = 0; at < items.length; at += REMOTE_AT_ONCE) {
    const some = items.slice(at, at + REMOTE_AT_ONCE)
    const asked = some.map((item) => askRemote(remote, remoteItemOfHashes(parsedItem(item).fingerprint)))
    said.push(...(await Promise.all(asked)))
  }
  return said
}

/** A body whose form the contract has checked; where nothing was checked there was no JSON. */
function askedItem(body: unknown): AskedItem {
  if (typeof body !== 'object' || body === null) throw new Fault('request.invalid', 'the request has no body')
  return body as AskedItem
}

async function answerUpload(service: Service, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const client = clientOf(request)
  service.views.of(client) // not ready: told before the file is sent
  const upload = await uploaded(request, service.room, service.settings.uploadBytesMax)
  try {
    const { bytes, reference = '' } = upload
    const isKeyed = request.headers['idempotency-key'] !== undefined
    const part = isKeyed ? `${hash('sha256', bytes)} ${reference}` : ''
    await once(service, request, reply, part, () => fileAnswer(service, client, bytes, upload.reference))
  } finally {
    upload.release()
  }
}

/** What lies at an address is fetched, hashed in memory and dropped. @throws Fault those of `FetchItem` */
async function answerFetched(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  item: AskedItem,
): Promise<void> {
  const { url = '', reference, digests, pdq } = item
  const { fetchItem, room } = service
  if (fetchItem === undefined)
    throw new Fault('request.forbidden', 'items are not fetched by their address here')
  if (digests !== undefined || pdq !== undefined)
    throw new Fault('request.invalid', 'an item is given by its address or by its hashes, not by both')
  const client = clientOf(request)
  service.views.of(client)
  await once(service, request, reply, JSON.stringify(item), async () => {
    const bytes = await fetchItem(url)
    room.take(bytes.length)
    return fileAnswer(service, client, bytes, reference).finally(() => room.give(bytes.length))
  })
}

async function fileAnswer(
  service: Service,
  client: Client,
  bytes: Buffer,
  reference: string | undefined,
): Promise<MatchAnswer> {
  const reading = await service.decoders.readBytes(bytes, { pictures: true })
  const remote = await askRemote(service.remote, remoteItemOf(reading, bytes))
  const number = changeNumber(service)
  const verdict = matchReading(service, client, reading, remote)
  if (reading.kind === 'read')
    await keepPassed(service, client, verdict, { fingerprint: fingerprintOf(reading), reference, number })
  if (reading.kind === 'read')
    await reportStopped(service, client, verdict, () => ({ hashes: digestsOf(reading), reference, bytes }))
  return answer(service, client, verdict, reference)
}

function digestsOf({ digests }: Extract<FileReading, { kind: 'read' }>) {
  const { md5, sha1, sha256 } = digests
  return { md5, sha1, sha256 }
}

function answer(service: Service, client: Client, verdict: GateVerdict, reference?: string): MatchAnswer {
  const part = shown(service, client, verdict, reference)
  return verdict.verdict === 'none' ? { ...part, noneMeans: service.views.of(client).noneMeans } : part
}

/** What a client may see of a verdict: nothing of lists, entries and distances without `detail`. */
function shown(service: Service, client: Client, verdict: GateVerdict, reference?: string): ItemVerdict {
  service.metrics.judged(verdict)
  const { because, matches, more, remote } = verdict
  // Written out, since it is done for each of thousands of items a second.
  const part: ItemVerdict = {
    verdict: verdict.verdict,
    decision: verdict.decision,
    checked: verdict.checked as ItemVerdict['checked'],
  }
  if (reference !== undefined) part.reference = reference
  if (because !== undefined) part.because = because
  if (!client.scopes.includes('detail')) return part
  part.matches = matches as NonNullable<ItemVerdict['matches']>
  part.more = more
  if (remote) part.remote = [...remote]
  return part
}
