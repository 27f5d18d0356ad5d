/** Ledger: its checkpoint, tiles, proofs and key, in the public layout, so that anybody's tools can follow it. */
import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import Type, { type Static } from 'typebox'
import { HASH_BYTES } from '#ledger/leaf'
import { entryBundle, parseTilePath, TILE_WIDTH, type TileAsked } from '#ledger/tile'
import { lastCheckpoint } from '#store/anchors'
import type { Session } from '#store/database'
import { leafHashes } from '#store/leaves'
import { tileAt } from '#store/tiles'
import { Fault } from '#terms/fault'
import { pass } from '#workflow/door'
import { prove } from '#workflow/ledger/prove'
import { guard } from '../guard.ts'
import { problems } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const TEXT = { content: { 'text/plain': { schema: Type.String() } } }
const BYTES = {
  content: {
    'application/octet-stream': { schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) },
  },
}
const PLAIN = 'text/plain; charset=utf-8'
/** What stands in a full tile stands for good. */
const FOR_GOOD = 'private, max-age=31536000, immutable'
const FAILS = problems(400, 401, 403, 404, 409, 503)
const tags = ['ledger']

const TilePath = Type.Object({
  '*': Type.String({ maxLength: 100, description: 'As `0/x001/234.p/17` or `entries/005`.' }),
})
const EventNamed = Type.Object({
  stream: Type.String({ minLength: 1, maxLength: 300, description: 'The stream of the event, as `list:7`.' }),
  version: Type.String({ pattern: '^[1-9][0-9]{0,9}$', description: 'Its version in the stream.' }),
})

/** `GET /v1/ledger/{checkpoint,key,tile/…,proof/STREAM/VERSION}` */
export function ledgerRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = ledgerGuard(service, app)
  const { database } = service
  const checkpoint = {
    tags,
    summary: 'The newest signed checkpoint (C2SP tlog-checkpoint).',
    response: { 200: TEXT, ...FAILS },
  }
  app.get('/v1/ledger/checkpoint', { schema: checkpoint, onRequest }, async (_request, reply) =>
    reply
      .type(PLAIN)
      .header('cache-control', 'no-store')
      .send((await signedCheckpoint(database)).note),
  )
  const key = {
    tags,
    summary: 'The key by which checkpoints are signed; hold it against one that you got otherwise.',
    response: { 200: TEXT, ...FAILS },
  }
  app.get('/v1/ledger/key', { schema: key, onRequest }, async (_request, reply) => {
    if (!service.ledgerKey) throw new Fault('ledger.unknown', 'this service signs no ledger')
    return reply.type(PLAIN).send(`${(await service.ledgerKey()).verifier.text}\n`)
  })
  const tile = {
    tags,
    summary: 'Hashes of the tree, or the entries of its leaves, 256 at most (C2SP tlog-tiles).',
    params: TilePath,
    response: { 200: BYTES, ...FAILS },
  }
  app.get<{ Params: Static<typeof TilePath> }>(
    '/v1/ledger/tile/*',
    { schema: tile, onRequest },
    async (request, reply) => {
      const asked = parseTilePath(request.params['*'])
      const bytes = asked && (await tileBytes(database, asked))
      if (!bytes) throw new Fault('ledger.unknown', 'there is no such tile')
      return reply.type('application/octet-stream').header('cache-control', FOR_GOOD).send(bytes)
    },
  )
  const proof = {
    tags,
    summary:
      'A proof that an event is in the ledger (C2SP tlog-proof); 409 while its leaf has no number yet.',
    params: EventNamed,
    response: { 200: TEXT, ...FAILS },
  }
  app.get<{ Params: Static<typeof EventNamed> }>(
    '/v1/ledger/proof/:stream/:version',
    { schema: proof, onRequest },
    async (request, reply) => {
      const { stream, version } = request.params
      const made = await prove(database, { stream, version: Number(version) })
      if (made.kind === 'pending')
        throw new Fault('ledger.pending', 'the leaf of this event has no number yet')
      return reply.type(PLAIN).header('cache-control', 'no-store').send(made.text)
    },
  )
}

/** Lets in programs by a key with the scope `admin`, and people whose role reads the ledger. */
function ledgerGuard(service: Service, app: FastifyInstance): onRequestAsyncHookHandler {
  const byKey = guard(service, 'admin')
  const bySession = signedInGuard(service)
  return async (request, reply) => {
    if (/^Bearer +tut_/i.test(request.headers.authorization ?? ''))
      return new Promise<void>((resolve, reject) =>
        byKey.call(app, request, reply, (error) => (error ? reject(error) : resolve())),
      )
    await bySession.call(app, request, reply)
    const subject = { kind: 'ledger', id: 'ledger' } as const
    const asked = { by: request.person.id, act: 'read-ledger', subject, at: service.now() } as const
    await pass(service.database, asked, async () => undefined)
  }
}

async function signedCheckpoint(session: Session): Promise<{ readonly note: string }> {
  const last = await lastCheckpoint(session)
  if (!last) throw new Fault('ledger.unknown', 'nothing was signed yet')
  return last
}

/** A tile as it is asked for; undefined where the tree does not have so much of it. */
async function tileBytes(session: Session, asked: TileAsked): Promise<Uint8Array | undefined> {
  const { level, number, width } = asked
  if (level === 'entries') {
    const entries = await leafHashes(session, number * TILE_WIDTH, width)
    return entries.length === width ? entryBundle(entries) : undefined
  }
  const hashes = await tileAt(session, { level, number })
  return hashes && hashes.length >= width * HASH_BYTES ? hashes.subarray(0, width * HASH_BYTES) : undefined
}
