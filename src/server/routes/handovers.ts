/** Handovers: proposed, approved by another, written once to their recipient's key, and answered. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as contract from '#contract/handovers'
import { Fault } from '#terms/fault'
import type { Handover } from '#terms/handover'
import { type ExportDesk, logSigner, writeHandover } from '#workflow/evidence/export'
import * as handover from '#workflow/evidence/handover'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { sessionIn, signedInGuard } from '../session/guard.ts'

const tags = ['evidence']
const security = SIGNED_IN
const params = contract.HandoverNamed
const FAILS = problems(400, 401, 403, 404, 409, 503)

/** `GET|POST /v1/handovers`, `GET /v1/handovers/{id}`, and below it `approval`, `withdrawal`, `file`, `receipt` */
export function handoverRoutes(app: FastifyInstance, service: Service): void {
  seeRoutes(app, service)
  proposeRoute(app, service)
  stateRoutes(app, service)
  fileRoute(app, service)
}

function seeRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const all = {
    ...{ tags, security, querystring: contract.HandoversAsked, summary: 'The handovers of a case.' },
    response: { 200: contract.HandoversTold, ...FAILS },
  }
  app.get('/v1/handovers', { schema: all, onRequest }, async (request) => {
    const { case: caseNumber } = request.query as { case: string }
    return { handovers: (await handover.seeHandovers(service, acting(request), caseNumber)).map(told) }
  })
  const one = {
    ...{ tags, security, params, summary: 'A handover.' },
    response: { 200: contract.HandoverTold, ...FAILS },
  }
  app.get('/v1/handovers/:id', { schema: one, onRequest }, async (request) =>
    told(await handover.seeHandover(service, acting(request), idOf(request))),
  )
}

function proposeRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags, security, body: contract.HandoverBody },
    summary: 'Proposes to hand items of a case over.',
    response: { 201: contract.HandoverTold, ...FAILS },
  }
  app.post('/v1/handovers', { schema, onRequest: signedInGuard(service) }, async (request, reply) => {
    const { case: caseNumber, ...asked } = request.body as contract.HandoverBody
    reply.code(201)
    return told(await handover.propose(service, acting(request), { ...asked, caseNumber }))
  })
}

function stateRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const same = { tags, security, params, response: { 200: contract.HandoverTold, ...FAILS } }
  const approval = { ...same, summary: 'Approves what another person proposed.' }
  app.post('/v1/handovers/:id/approval', { schema: approval, onRequest }, async (request) =>
    told(await handover.approve(service, acting(request), idOf(request))),
  )
  const withdrawal = { ...same, summary: 'Withdraws what has not been written.' }
  app.post('/v1/handovers/:id/withdrawal', { schema: withdrawal, onRequest }, async (request) =>
    told(await handover.withdraw(service, acting(request), idOf(request))),
  )
  const receipt = { ...same, body: contract.ReceiptBody, summary: 'Records what the recipient answered.' }
  app.post('/v1/handovers/:id/receipt', { schema: receipt, onRequest }, async (request) => {
    const { receipt: words } = request.body as contract.ReceiptBody
    return told(await handover.receive(service, acting(request), idOf(request), words))
  })
}

/** Bytes go out as they are sealed; where it breaks off, the connection is cut, so that nobody takes a part for the whole. */
function fileRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags, security, params },
    summary: 'Writes an approved handover, once, as an age file to its recipient.',
    response: {
      200: {
        description: 'The file. It ends before its time where something went wrong.',
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      ...problems(400, 401, 403, 404, 409, 503),
    },
  }
  const onRequest = signedInGuard(service)
  app.post('/v1/handovers/:id/file', { schema, onRequest }, async (request, reply) => {
    await writeHandover(await exportDesk(service), request.person.id, idOf(request), async (bytes) => {
      reply.hijack()
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${idOf(request)}.age"`,
      })
      await pipeline(Readable.from(bytes), reply.raw)
    }).catch((error: unknown) => {
      if (!reply.sent) throw error
      reply.raw.destroy()
    })
    return reply
  })
}

/** What exports are written with. @throws Fault `config.invalid` where this service has no vault, or signs nothing */
async function exportDesk({ evidence, ledgerKey, now }: Service): Promise<ExportDesk> {
  if (!evidence || !ledgerKey) throw new Fault('config.invalid', 'this service hands no evidence over')
  const signer = logSigner(await ledgerKey())
  return { database: evidence.database, vault: evidence.vault, signer, now: () => now() }
}

function acting(request: FastifyRequest) {
  return { by: request.person.id, signedInAt: sessionIn(request).begunAt }
}

function told({ caseNumber, version: _, items, ...same }: Handover): contract.HandoverTold {
  return { ...same, case: caseNumber, items: [...items] }
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}
