/** Vault: items are sealed, shown, processed and verified; the vault is unlocked. No content of an item leaves by these. */
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as contract from '#contract/vault'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { pass } from '#workflow/door'
import { deriveItem } from '#workflow/evidence/derive'
import type { EvidenceDesk } from '#workflow/evidence/desk'
import { sealItem } from '#workflow/evidence/seal'
import { showItem } from '#workflow/evidence/show'
import { type Finding, verifyVault } from '#workflow/evidence/verify'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'
import { brokenOff, isUpload, refuseEncoded, takeFiles } from '../uploads.ts'

const tags = ['evidence']
const security = SIGNED_IN
const params = contract.ItemNamed
const FAILS = problems(400, 401, 403, 404, 409, 503)

/** `/v1/vault…` */
export function vaultRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    takeFiles(scope)
    await scope.register(multipart)
    sealRoute(scope, service)
  })
  itemRoutes(app, service)
  keeperRoutes(app, service)
}

function sealRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags, security, summary: 'Seals a file as it arrives; nothing of it is on a disk but sealed.' },
    description:
      'Where an item with the same SHA-256 stands, that is answered, and is kept for this purpose too.',
    querystring: contract.SealQuery,
    response: { 201: contract.ItemTold, ...problems(400, 401, 403, 409, 413, 415, 503, 507) },
  }
  const onRequest = signedInGuard(service)
  app.post('/v1/vault/items', { schema, config: { takesFile: true }, onRequest }, async (request, reply) => {
    const { purpose, profile, case: caseNumber } = request.query as contract.SealQuery
    refuseEncoded(request.headers['content-encoding'])
    const asked = { purpose, profile, ...(caseNumber !== undefined && { caseNumber }) }
    const bytes = arriving(request, service.settings.uploadBytesMax)
    const item = await sealItem(evidenceOf(service), bytes, { by: request.person.id, ...asked })
    reply.code(201)
    return item
  })
}

function itemRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const shown = {
    ...{ tags, security, params, summary: 'What is written down of an item; nothing of its content.' },
    response: { 200: contract.ItemShown, ...FAILS },
  }
  app.get('/v1/vault/items/:id', { schema: shown, onRequest }, (request) =>
    showItem(evidenceOf(service), itemOf(request), request.person.id),
  )
  const processed = {
    ...{
      tags,
      security,
      params,
      summary: 'Has the sandboxed decoders read an item; hashes and numbers come back.',
    },
    body: contract.Processing,
    response: { 200: contract.ItemTold, ...FAILS },
  }
  app.post('/v1/vault/items/:id/processings', { schema: processed, onRequest }, (request) => {
    const { purpose, job } = request.body as contract.Processing
    return deriveItem(evidenceOf(service), itemOf(request), { purpose, job, by: request.person.id })
  })
}

/** Of those who keep the vault at work. */
function keeperRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const state = {
    ...{ tags, security, summary: 'Whether the vault is locked, and where its blobs lie.' },
    response: { 200: contract.VaultTold, ...FAILS },
  }
  app.get('/v1/vault', { schema: state, onRequest }, () => toldOf(evidenceOf(service)))
  const unlocked = {
    ...{ tags, security, summary: 'Unlocks the vault.', body: contract.Unlocking },
    response: { 200: contract.VaultTold, ...FAILS },
  }
  app.post('/v1/vault/unlock', { schema: unlocked, onRequest }, async (request) => {
    await asKeeper(service, request)
    const { passphrase } = request.body as contract.Unlocking
    const evidence = evidenceOf(service)
    await evidence.vault.keyring.unlock(passphrase)
    return toldOf(evidence)
  })
  const verified = {
    ...{ tags, security, params, summary: 'Holds blob and key of an item against what was written down.' },
    response: { 200: contract.VerifiedTold, ...FAILS },
  }
  app.post('/v1/vault/items/:id/verifications', { schema: verified, onRequest }, async (request) => {
    await asKeeper(service, request)
    return verifiedOne(evidenceOf(service), request)
  })
}

async function verifiedOne(evidence: EvidenceDesk, request: FastifyRequest): Promise<object> {
  let found: Finding | undefined
  const told = async (finding: Finding): Promise<void> => {
    found = finding
  }
  const actor = `person:${request.person.id}` as const
  await verifyVault(evidence, (at) => ({ actor, at }), { only: itemOf(request), told })
  return found ?? { kind: 'destroyed' }
}

function toldOf({ vault }: EvidenceDesk) {
  return { isLocked: vault.keyring.isLocked, blobs: vault.blobs.kind }
}

function asKeeper({ database, now }: Service, request: FastifyRequest): Promise<void> {
  const asked = { by: request.person.id, act: 'keep-vault', at: now() } as const
  return pass(database, asked, async () => undefined)
}

/** The vault of a service. @throws Fault `config.invalid` where it has none */
function evidenceOf({ evidence }: Service): EvidenceDesk {
  if (!evidence) throw new Fault('config.invalid', 'this service has no vault')
  return evidence
}

function itemOf(request: FastifyRequest): ItemId {
  return (request.params as { id: ItemId }).id // its form is the contract's
}

/** A file as it arrives. @throws Fault `request.too-large`, `request.unsupported`; `request.invalid` where nothing arrives */
async function* arriving(request: FastifyRequest, bytesMax: number): AsyncGenerator<Uint8Array> {
  if (!isUpload(request))
    throw new Fault('request.unsupported', 'a file is sealed, as a form or as it stands')
  try {
    let bytes = 0
    for await (const piece of (await bodyOf(request, bytesMax)) ?? []) {
      bytes += piece.length
      if (bytes > bytesMax) throw new Fault('request.too-large', `a file has ${bytesMax} bytes at most`)
      yield piece
    }
    if (bytes === 0) throw new Fault('request.invalid', 'there is no file in the request')
  } catch (error) {
    throw brokenOff(error)
  }
}

async function bodyOf(
  request: FastifyRequest,
  bytesMax: number,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  if (!request.isMultipart()) return request.body as AsyncIterable<Uint8Array> | undefined
  const part = await request.file({ limits: { files: 1, fields: 0, fileSize: bytesMax + 1 } })
  if (part) refuseEncoded(part.encoding)
  return part?.file
}
