/** Plain: what is offered to a client as JSON lines or CSV, since the last change that it has. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { ListName } from '#contract/words'
import { newestChange } from '#store/changes'
import type { OfferedEntry } from '#store/offered'
import { offersTo } from '#store/offers'
import type { EntryHashes } from '#terms/register'
import { fetchPlain, type PlainFetch } from '#workflow/offer/plain'
import { problems } from '../../reference.ts'
import { clientOf } from '../../request.ts'
import type { Service } from '../../server.ts'
import { partnerGuard } from './partner.ts'

const Offers = Type.Object({
  newest: Type.Integer({ description: 'Number of the newest change of all lists.' }),
  offers: Type.Array(
    Type.Object({
      list: Type.String(),
      publisher: Type.String(),
      terms: Type.String({ description: 'The conditions under which the list is given.' }),
      entries: Type.Integer(),
      changedAt: Type.String(),
    }),
  ),
})

const Query = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,10}$',
        description: 'Number of the last change that you have; 0 for everything.',
      }),
    ),
    format: Type.Optional(Type.Union([Type.Literal('jsonl'), Type.Literal('csv')])),
  },
  { additionalProperties: false },
)
const Parameters = Type.Object({ list: ListName })

/** `GET /v1/offers`, `GET /v1/offers/{list}` */
export function plainOfferRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = partnerGuard(service)
  const told = {
    tags: ['exchange'],
    summary: 'The lists that are offered to this key.',
    response: { 200: Offers, ...problems(401, 403, 429, 503) },
  }
  app.get('/v1/offers', { schema: told, onRequest }, async (request) => {
    const offers = await offersTo(service.database, clientOf(request).id)
    return { newest: await newestChange(service.database), offers: offers.map(({ list }) => offerPart(list)) }
  })
  const fetched = {
    tags: ['exchange'],
    summary: 'An offered list since a change, withdrawals among it.',
    description:
      'One line an entry: `put` (in place of the entry with the same key) or `withdrawn`; the last line is `end` with ' +
      '`next`, the number to ask after next time. An answer without its last line was cut off: ask again after the same number.',
    params: Parameters,
    querystring: Query,
    response: {
      200: {
        description: 'The entries; `Tutela-Next` is the number to ask after next time.',
        content: {
          'application/jsonl': { schema: Type.String() },
          'text/csv': { schema: Type.String() },
        },
      },
      ...problems(400, 401, 403, 404, 429, 503),
    },
  }
  app.get<{ Params: Static<typeof Parameters>; Querystring: Static<typeof Query> }>(
    '/v1/offers/:list',
    { schema: fetched, onRequest },
    async (request, reply) => {
      const { after = '0', format = 'jsonl' } = request.query
      const fetch = await fetchPlain(service, clientOf(request), request.params.list, Number(after))
      const { type, lines } = FORMATS[format]
      reply.type(type).header('tutela-next', fetch.next)
      return reply.send(Readable.from(lines(fetch), { objectMode: false }))
    },
  )
}

function offerPart(list: {
  name: string
  publisher: string
  terms: string
  entries: number
  changedAt: string
}) {
  const { name, publisher, terms, entries, changedAt } = list
  return { list: name, publisher, terms, entries, changedAt }
}

const FORMATS = {
  jsonl: { type: 'application/jsonl; charset=utf-8', lines: jsonLines },
  csv: { type: 'text/csv; charset=utf-8', lines: csvLines },
} as const

async function* jsonLines({ batches, next, count }: PlainFetch): AsyncGenerator<string> {
  for await (const batch of batches) yield batch.map((one) => `${JSON.stringify(lineOf(one))}\n`).join('')
  yield `${JSON.stringify({ kind: 'end', entries: count, next })}\n`
}

function lineOf({ kind, entry, trust, changedAt }: OfferedEntry): object {
  const { key, entry: number, categories, label, source, provenance, because } = entry
  const known = { kind, key, entry: number, changedAt: changedAt.toISOString() }
  if (kind === 'withdrawn') return { ...known, ...(because !== undefined && { because }) }
  return {
    ...known,
    ...hashesOf(entry),
    trust,
    ...(Object.keys(categories).length > 0 && { categories }),
    ...(label !== undefined && { label }),
    ...(source !== undefined && { source }),
    ...(provenance !== undefined && { provenance }),
  }
}

const COLUMNS = [
  'kind',
  'key',
  'entry',
  'changedAt',
  'md5',
  'sha1',
  'sha256',
  'pdq',
  'photodna',
  'trust',
  'categories',
  'label',
  'source',
  'because',
]

async function* csvLines({ batches, next }: PlainFetch): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\n`
  for await (const batch of batches) yield batch.map(csvLine).join('')
  yield `end,${next}${','.repeat(COLUMNS.length - 2)}\n`
}

function csvLine(one: OfferedEntry): string {
  const line = lineOf(one) as Record<string, unknown>
  const fields = COLUMNS.map((name) => {
    const value = line[name]
    const text = value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  return `${fields.join(',')}\n`
}

function hashesOf({ md5, sha1, sha256, pdq, photodna }: EntryHashes): EntryHashes {
  return {
    ...(md5 && { md5 }),
    ...(sha1 && { sha1 }),
    ...(sha256 && { sha256 }),
    ...(pdq && { pdq }),
    ...(photodna && { photodna }),
  }
}
