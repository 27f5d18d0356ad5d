/** Reports: what platforms, partners and people of the organisation bring to the desk. */
import { createHash } from 'node:crypto'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { ReportBody } from '#contract/reports'
import * as contract from '#contract/reports'
import { Fault } from '#terms/fault'
import { bringReport, type ReportTaken } from '#workflow/intake/bring'
import { type Bearer, caseKindOf, type ReportBrought, refuseBytes } from '#workflow/intake/brought'
import { type CoopAction, coopReport } from '#workflow/intake/coop'
import type { IntakeDesk } from '#workflow/intake/desk'
import { outcomeOf } from '#workflow/intake/outcome'
import { guard } from '../guard.ts'
import { idempotencyKey } from '../idempotency.ts'
import { KEYED, problems, SIGNED_IN } from '../reference.ts'
import { reportIn } from '../report-form.ts'
import { clientOf } from '../request.ts'
import type { Service } from '../server.ts'
import { deskOf, signedInGuard } from '../session/guard.ts'

const tags = ['desk']
const FAILS = problems(400, 401, 403, 409, 413, 415, 429, 503, 507)
const BODY = { content: { 'application/json': { schema: contract.ReportBody } } }
const ReportForm = Type.Object(
  {
    report: contract.ReportBody,
    file: Type.Optional(Type.Unsafe<Buffer>({ type: 'string', format: 'binary', description: 'The file.' })),
  },
  { description: 'A form: the report as JSON, and behind it one file.' },
)
const CONFIG = { takesFile: true, form: ReportForm, ...KEYED }

/** `/v1/reports…`, `/v1/desk/reports` */
export function reportRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    await scope.register(multipart)
    clientRoute(scope, service)
    personRoute(scope, service)
  })
  coopRoute(app, service)
  outcomeRoute(app, service)
}

function clientRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags, summary: 'Brings a report: an address, words, hashes or a file.', body: BODY },
    description:
      'The same address, or the same file, joins its open case. A report with an `id`, or an `Idempotency-Key`, may be sent ' +
      'again: it is one, and is told its reference again (200). A file goes into the vault as it arrives. Cases of the kinds ' +
      '`young-people` and `workplace` take no file (409).',
    response: { 200: contract.ReportTaken, 201: contract.ReportTaken, ...FAILS },
  }
  const options = { schema, config: CONFIG, onRequest: guard(service, 'report') }
  app.post('/v1/reports', options, async (request, reply) => {
    const taken = await brought(service, request, (channel) => bearerOf(service, request, channel))
    return toldToKey(request, reply, taken)
  })
}

function personRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{
      tags,
      security: SIGNED_IN,
      summary: 'Brings a report that somebody of the organisation was told.',
      body: BODY,
    },
    description: 'As `POST /v1/reports`. A child at risk now is declared for its case, too.',
    response: { 200: contract.ReportTold, 201: contract.ReportTold, ...FAILS },
  }
  const options = { schema, config: CONFIG, onRequest: signedInGuard(service) }
  app.post('/v1/desk/reports', options, async (request, reply) => {
    const bearer: Bearer = { channel: 'analyst', actor: `person:${request.person.id}` }
    const taken = await brought(service, request, () => bearer)
    reply.code(taken.isNew ? 201 : 200)
    return told(taken)
  })
}

function coopRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{
      tags,
      summary: 'Takes an action of Coop as a report, as its webhook sends it.',
      body: contract.CoopBody,
    },
    description: 'docs/guides/reporting.md says what of it is read; all of it is kept, sealed.',
    response: { 200: contract.ReportTaken, 201: contract.ReportTaken, ...FAILS },
  }
  app.post('/v1/reports/coop', { schema, onRequest: guard(service, 'report') }, async (request, reply) => {
    const given = coopReport(request.body as CoopAction)
    const taken = await bringReport(intakeOf(service), given, bearerOf(service, request))
    return toldToKey(request, reply, taken)
  })
}

function outcomeRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{
      tags,
      summary: 'What became of a report: received, looked at or closed.',
      body: contract.ReferenceAsked,
    },
    description: 'The same for whatever was found, and some time after it was.',
    response: { 200: contract.OutcomeTold, ...problems(400, 401, 403, 404, 429, 503) },
  }
  app.post('/v1/reports/outcome', { schema, onRequest: guard(service, 'report') }, async (request) => {
    const { reference } = request.body as { reference: string }
    const outcome = await outcomeOf(service, reference, service.intake?.outcomeHours)
    if (!outcome) throw new Fault('request.not-found', 'there is no report with this reference')
    return outcome
  })
}

/** Takes a report in, with its file where a form brings one. */
async function brought(
  service: Service,
  request: FastifyRequest,
  bearerFor: (channel: ReportBody['channel']) => Bearer,
): Promise<ReportTaken> {
  const { body, file } = await reportIn(request, service.settings.uploadBytesMax)
  const { channel, ...report } = body
  const bearer = bearerFor(channel)
  if (file) refuseBytes(caseKindOf(report, bearer.channel))
  const id = report.id ?? keyOf(request)
  const given: ReportBrought = { ...report, ...(id !== undefined && { id }), ...(file && { file }) }
  return bringReport(intakeOf(service), given, bearer)
}

/** A key that makes a request safe to repeat is a name for the report. */
function keyOf(request: FastifyRequest): string | undefined {
  const key = idempotencyKey(request)
  return key === undefined ? undefined : `key:${createHash('sha256').update(key).digest('hex')}`
}

/** What the configuration says of a key comes before what its reports say of themselves. */
function bearerOf({ intake }: Service, request: FastifyRequest, said?: ReportBody['channel']): Bearer {
  const { name } = clientOf(request)
  const { channel = said ?? 'platform', trust = 'usual' } = intake?.reporters?.[name] ?? {}
  return { channel, trust, actor: `client:${name}` }
}

/** Whether others reported the same is for those alone who may see what was found. */
function toldToKey(request: FastifyRequest, reply: FastifyReply, taken: ReportTaken): object {
  reply.code(taken.isNew ? 201 : 200)
  const { report, reference, ...inCase } = told(taken)
  return { report, reference, ...(clientOf(request).scopes.includes('detail') && inCase) }
}

function told({ report, reference }: ReportTaken) {
  return { report: report.id, reference, case: report.caseNumber, joined: report.hasJoined }
}

/** What reports are taken in with. @throws Fault `config.invalid` where this service keeps no keys */
export function intakeOf(service: Service): IntakeDesk {
  const { database, evidence, clocks, now } = service
  const beside = { ...(evidence && { evidence }), ...(clocks && { clocks }) }
  return { database, keys: deskOf(service).keys, now: () => now(), ...beside }
}
