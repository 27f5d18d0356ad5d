/** Report page: where anybody reports, without a script, a cookie or a file; and looks up what became of it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { IntakeConfig } from '#ground/intake-config'
import { errorFields } from '#ground/log'
import { Fault } from '#terms/fault'
import { bringReport } from '#workflow/intake/bring'
import type { IntakeDesk } from '#workflow/intake/desk'
import { outcomeOf } from '#workflow/intake/outcome'
import { faultOf, problemOf } from '../faults.ts'
import { Crowd, type Sent, WAIT_SECONDS } from '../report-page/crowd.ts'
import { formPage, MOST, type Written, type Wrong } from '../report-page/form.ts'
import { formId, onceWord } from '../report-page/once.ts'
import { sendPage } from '../report-page/page.ts'
import { failedPage, outcomePage, receiptPage } from '../report-page/told.ts'
import type { Service } from '../server.ts'
import { intakeOf } from './reports.ts'

const FORM = 'application/x-www-form-urlencoded'
const FORM_BYTES_MAX = 64 * 1024
const REFERENCE_MAX = 40
const HIDDEN = { hide: true } as const

/** What the public pages work with. */
interface PageDesk {
  readonly service: Service
  readonly set: IntakeConfig
  readonly intake: IntakeDesk
  readonly crowd: Crowd
}

/** `/report`, `/report/outcome`; only where the configuration says so. */
export function reportPages(app: FastifyInstance, service: Service): void {
  const { intake: set } = service
  if (set?.publicPage !== true) return
  const desk: PageDesk = { service, set, intake: intakeOf(service), crowd: new Crowd() }
  app.removeAllContentTypeParsers()
  const options = { parseAs: 'string', bodyLimit: FORM_BYTES_MAX } as const
  app.addContentTypeParser(FORM, options, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  )
  app.setErrorHandler((error, request, reply) => failed(desk, error, request, reply))
  app.addHook('onRequest', async () => service.stopping.refuse())
  app.get('/report', { schema: HIDDEN }, (_request, reply) => blank(desk, reply))
  app.post('/report', { schema: HIDDEN }, (request, reply) => taken(desk, request, reply))
  app.get('/report/outcome', { schema: HIDDEN }, (_request, reply) => sendPage(reply, outcomePage(), set))
  app.post('/report/outcome', { schema: HIDDEN }, (request, reply) => shown(desk, request, reply))
}

function blank({ set, intake }: PageDesk, reply: FastifyReply): FastifyReply {
  const now = intake.now()
  return sendPage(reply, formPage(set, now, { once: onceWord(intake.keys, now) }), set)
}

async function taken(desk: PageDesk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { set, intake } = desk
  const now = intake.now()
  const untrusted = formOf(request)
  const written = writtenIn(untrusted)
  const id = formId(intake.keys, untrusted.get('once') ?? '', now)
  const wrong = wrongIn(written, id)
  if (wrong || id === undefined) {
    const again = { once: onceWord(intake.keys, now), written, wrong: wrong ?? ({ kind: 'old' } as const) }
    return sendPage(reply, formPage(set, now, again), set)
  }
  charge(desk, written.atRisk ? 'at-risk' : 'report', request, reply)
  const { address, words, contact, atRisk } = written
  const { reference } = await bringReport(
    intake,
    {
      ...{ id, kind: address === '' ? 'concern' : 'page', atRisk },
      ...(address !== '' && { address }),
      ...(words !== '' && { words }),
      ...(contact !== '' && { contact }),
    },
    { channel: 'public', actor: 'tutela' },
  )
  return sendPage(reply, receiptPage(set, now, reference, atRisk), set)
}

async function shown(desk: PageDesk, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { set, intake } = desk
  charge(desk, 'look-up', request, reply)
  const untrustedReference = (formOf(request).get('reference') ?? '').slice(0, REFERENCE_MAX)
  const outcome = await outcomeOf(intake, untrustedReference, set.outcomeHours)
  return sendPage(
    reply,
    outcomePage(outcome ? { kind: 'stage', stage: outcome.stage } : { kind: 'none' }),
    set,
  )
}

function formOf({ body }: FastifyRequest): URLSearchParams {
  if (body instanceof URLSearchParams) return body
  throw new Fault('request.invalid', 'the request has no form')
}

function writtenIn(untrusted: URLSearchParams): Written {
  const text = (name: string): string => (untrusted.get(name) ?? '').replaceAll('\0', '').trim()
  return {
    address: text('address'),
    words: text('words'),
    contact: text('contact'),
    atRisk: untrusted.has('atRisk'),
  }
}

function wrongIn(written: Written, id: string | undefined): Wrong | undefined {
  const fields = ['address', 'words', 'contact'] as const
  const long = fields.find((field) => written[field].length > MOST[field])
  if (long) return { kind: 'long', field: long }
  if (written.address === '' && written.words === '') return { kind: 'empty' }
  return id === undefined ? { kind: 'old' } : undefined
}

/** @throws Fault `request.too-many` */
function charge({ crowd, intake }: PageDesk, sent: Sent, request: FastifyRequest, reply: FastifyReply): void {
  if (crowd.take(sent, request.ip, intake.now().getTime())) return
  reply.header('retry-after', WAIT_SECONDS)
  throw new Fault('request.too-many', 'too much was sent from one place within some minutes')
}

/** People are told in words; the log has the code, and nothing of what was sent. */
function failed(
  { service, set, intake }: PageDesk,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const fault = faultOf(error)
  const status = fault ? problemOf(fault, request.id).body.status : 500
  const fields = { requestId: request.id, status, ...errorFields(error) }
  if (status >= 500) service.log.error('the public page failed', fields)
  return sendPage(reply, failedPage(set, intake.now(), status), set)
}
