/** NCMEC: what is offered to a client, as NCMEC's hash sharing v2 would give it, so that its clients need nothing new. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { objectOf } from '#lists/exchanges/said'
import {
  membersXml,
  type NcmecWritten,
  queryResultXml,
  reasonsXml,
  statusXml,
  submissionResultXml,
} from '#lists/ncmec/written'
import type { OfferedEntry } from '#store/offered'
import type { Offer } from '#store/offers'
import { Fault } from '#terms/fault'
import { fetchWindow, offersOf, takeFeedback, type WindowAsked } from '#workflow/offer/ncmec'
import { clientOf } from '../../request.ts'
import type { Service } from '../../server.ts'
import { partnerGuard } from './partner.ts'

const ROOT = '/exchange/ncmec'
const ROWS_MAX = 1_000
const XML = 'application/xml; charset=utf-8'
const BODY_BYTES_MAX = 16 * 1024
/** What a partner may say against an entry. */
const REASONS = [
  { guid: '6f1d3c52-6d0b-4b57-9f5c-1c6a2b7d0001', name: 'Not child sexual abuse material' },
  { guid: '6f1d3c52-6d0b-4b57-9f5c-1c6a2b7d0002', name: 'Wrong classification' },
  { guid: '6f1d3c52-6d0b-4b57-9f5c-1c6a2b7d0003', name: 'The hash is of something else' },
]
const TYPES = ['MD5', 'SHA1', 'SHA256', 'PDQ', 'PDNA']

/** `/exchange/ncmec/v2/…`: status, members, entries, feedback. */
export function ncmecOfferRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = partnerGuard(service)
  const schema = { hide: true }
  const options = { schema, onRequest }
  app.addContentTypeParser(
    ['application/xml', 'text/xml'],
    { parseAs: 'string', bodyLimit: BODY_BYTES_MAX },
    (_r, body, done) => done(null, body),
  )
  app.get(`${ROOT}/v2/status`, options, async (request, reply) => {
    const { id, name } = clientOf(request)
    await offersOf(service, clientOf(request))
    return sendXml(reply, statusXml(request.ip, name, { id, name }))
  })
  app.get(`${ROOT}/v2/members`, options, async (request, reply) => {
    const offers = await offersOf(service, clientOf(request))
    return sendXml(reply, membersXml(offers.map(memberOf)))
  })
  app.get(`${ROOT}/v2/entries`, options, async (request, reply) => {
    const client = clientOf(request)
    const { rows, next } = await fetchWindow(service, client, windowOf(request))
    const members = new Map(
      (await offersOf(service, client)).map((offer) => [offer.list.id, memberOf(offer)]),
    )
    const written = rows.map((row) => writtenOf(row, members))
    return sendXml(reply, queryResultXml(written, next && linkTo(next)))
  })
  app.get<{ Params: { type: string } }>(
    `${ROOT}/v2/feedback/:type/reasons`,
    options,
    async (request, reply) => sendXml(reply, reasonsXml(REASONS, typeOf(request.params.type))),
  )
  app.put<{ Params: { member: string; id: string; type: string } }>(
    `${ROOT}/v2/entries/:member/:id/:type/feedback`,
    options,
    async (request, reply) => {
      const { member, id, type } = request.params
      const hashKind = typeOf(type).toLowerCase()
      const given = { list: wholeOf(member, 'member'), key: id, hashKind, ...opinionOf(request.body) }
      await takeFeedback(service, clientOf(request), given)
      return sendXml(reply, submissionResultXml())
    },
  )
}

function sendXml(reply: FastifyReply, text: string): FastifyReply {
  return reply.type(XML).send(text)
}

/** Each list is a member, under its publisher's name. */
function memberOf({ list }: Offer): { id: number; name: string } {
  return { id: list.id, name: list.publisher }
}

function writtenOf(
  { kind, entry, trust, changedAt }: OfferedEntry,
  members: ReadonlyMap<number, { id: number; name: string }>,
): NcmecWritten {
  const media = objectOf(entry.extra)?.['media'] === 'video' ? 'video' : 'image'
  const member = members.get(entry.list) ?? { id: entry.list, name: '' }
  const known = { media, member, id: entry.key, at: changedAt } as const
  // The format has no word for doubt: what is thought to be harmless here is not passed on as known material.
  if (kind === 'withdrawn' || trust === 'false-positive') return known
  const classification = entry.categories['ncmec-industry']?.[0]
  return { ...known, live: { hashes: entry, ...(classification !== undefined && { classification }) } }
}

function windowOf({ query }: FastifyRequest): WindowAsked {
  const said = query as Record<string, unknown>
  const whole = (name: string): number | undefined =>
    said[name] === undefined ? undefined : wholeOf(said[name], name)
  const max = whole('max')
  const row = whole('row')
  return {
    from: dateOf(said['from'], 'from'),
    to: dateOf(said['to'], 'to'),
    start: whole('start') ?? 1,
    size: Math.min(Math.max(whole('size') ?? ROWS_MAX, 1), ROWS_MAX),
    ...(max !== undefined && { max }),
    ...(row !== undefined && { row }),
  }
}

function linkTo({ from, to, start, size, max, row }: WindowAsked): string {
  const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString() })
  for (const [name, value] of Object.entries({ start, size, max, row }))
    if (value !== undefined) query.set(name, String(value))
  return `/v2/entries?${query}`
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/

function dateOf(untrusted: unknown, name: string): Date {
  const time = typeof untrusted === 'string' && MOMENT.test(untrusted) ? Date.parse(untrusted) : Number.NaN
  if (Number.isNaN(time)) throw new Fault('request.invalid', `"${name}" is no time as 2026-01-31T12:00:00Z`)
  return new Date(time)
}

function wholeOf(untrusted: unknown, name: string): number {
  if (typeof untrusted === 'string' && /^\d{1,9}$/.test(untrusted)) return Number(untrusted)
  throw new Fault('request.invalid', `"${name}" is no number`)
}

function typeOf(untrusted: string): string {
  const type = TYPES.find((one) => one === untrusted)
  if (!type) throw new Fault('request.not-found', `feedback is on one of ${TYPES.join(', ')}`)
  return type
}

/** The whole of a `feedbackSubmission`, which has one of two forms. */
function opinionOf(untrusted: unknown): { kind: 'affirm' } | { kind: 'dispute'; reason: string } {
  const text = typeof untrusted === 'string' ? untrusted.replaceAll(/>\s+</g, '><').trim() : ''
  const inner = /^(?:<\?xml[^>]*\?>)?<feedbackSubmission xmlns="[^"]*">(.*)<\/feedbackSubmission>$/s.exec(
    text,
  )?.[1]
  if (inner === '<affirmative/>' || inner === '<affirmative></affirmative>') return { kind: 'affirm' }
  const guid = /^<negative><reasonIds><guid>([0-9a-f-]+)<\/guid><\/reasonIds><\/negative>$/i.exec(
    inner ?? '',
  )?.[1]
  const reason = REASONS.find((one) => one.guid === guid?.toLowerCase())
  if (!reason)
    throw new Fault('request.invalid', 'feedback is affirmative, or negative with one known reason')
  return { kind: 'dispute', reason: reason.name }
}
