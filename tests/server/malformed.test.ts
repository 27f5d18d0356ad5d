/**
 * Malformed requests: ten thousand of them where the whole is tried, each refused with a reason, none answered as a fault
 * of the service.
 */
import { connect } from 'node:net'
import fc from 'fast-check'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { expect, test } from 'vitest'
import { digestsOf } from '#media/digests'
import { temporaryDatabase } from '../support/database.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { bearer, clientsOf, serverFor } from '../support/server.ts'
import { inWhole } from '../support/share.ts'

const REQUESTS = inWhole(10_000, 2_000)
const AT_ONCE = 100

const VALID = {
  reference: 'a',
  digests: { md5: 'ab'.repeat(16) },
  pdq: [{ hash: 'c'.repeat(64), quality: 90, frame: 1 }],
}

async function served(): Promise<FastifyInstance> {
  const { database } = await temporaryDatabase()
  return serverFor({
    index: new LinearIndex([{ id: 1, name: 'a' }], [{ list: 1, pdq: 'a'.repeat(64) }]),
    clients: clientsOf({ name: 'all', scopes: ['match', 'detail', 'curate'] }),
    decoders: {
      readBytes: async (bytes) => ({ kind: 'read', digests: digestsOf(bytes), content: { kind: 'other' } }),
    },
    database,
    settings: { uploadBytesMax: 1000 },
  })
}

/** A valid request with something in it changed, or anything at all. */
const body = fc.oneof(
  fc.constant(VALID),
  fc.json({ maxDepth: 6 }),
  fc.string(),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.constantFrom('reference', 'digests', 'pdq', 'url', 'x', '__proto__'), fc.jsonValue())
    .map(([name, value]) => JSON.stringify({ ...VALID, [name]: value })),
  fc
    .tuple(fc.constantFrom('hash', 'quality', 'frame', 'region', 'orientation', 'y'), fc.jsonValue())
    .map(([name, value]) => JSON.stringify({ pdq: [{ ...VALID.pdq[0], [name]: value }] })),
  fc.array(fc.constant(VALID), { maxLength: 3 }).map((items) => JSON.stringify({ items })),
  fc.nat({ max: 4000 }).map((depth) => `{"pdq":${'['.repeat(depth)}${']'.repeat(depth)}}`),
  fc
    .string()
    .map((text) => `--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${text}`),
  fc.string().map((text) => `--x\r\n${text}\r\n\r\n--x--\r\n`),
)
const type = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'image/png',
  'application/octet-stream',
  'text/plain',
  'application/x-www-form-urlencoded',
  '/',
  '',
)
const url = fc.oneof(
  fc.constantFrom(
    '/v1/match',
    '/v1/match/batch',
    '/v1/hash',
    '/v1/match?x=%',
    '/v1//match',
    '/%',
    '/metrics',
  ),
  fc.string().map((text) => `/v1/lists/${encodeURIComponent(text)}x`),
  fc.nat().map((number) => `/v1/entries/${number}x`),
)
const headers = fc.record(
  {
    'x-request-id': fc.constantFrom('a b', 'ok', 'x'.repeat(500)),
    expect: fc.constantFrom('nothing'),
    accept: fc.constantFrom('text/html', '*/*;q=2'),
  },
  { requiredKeys: [] },
)
const request = fc
  .record({
    method: fc.constantFrom<NonNullable<InjectOptions['method']>>(
      'POST',
      'POST',
      'POST',
      'GET',
      'PUT',
      'DELETE',
      'OPTIONS',
    ),
    url,
    type,
    body,
    headers,
    isKnown: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ method, url, type, body, headers, isKnown }): InjectOptions => {
    const key = isKnown === 0 ? { authorization: 'Bearer \u00e9' } : bearer('all')
    return { method, url, headers: { 'content-type': type, ...headers, ...key }, payload: body as string }
  })

test(`${REQUESTS} malformed requests are each told what is wrong, and none is a fault of the service`, async () => {
  const app = await served()
  const requests = fc.sample(request, { numRuns: REQUESTS, seed: 20260401 })
  const statuses = new Map<number, number>()
  for (let at = 0; at < requests.length; at += AT_ONCE) {
    const answers = await Promise.all(requests.slice(at, at + AT_ONCE).map((one) => app.inject(one)))
    for (const [place, answer] of answers.entries()) {
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1)
      const told = isTold(answer.statusCode, answer.body)
      if (!told) throw new Error(`${answer.body} to ${JSON.stringify(requests[at + place])}`)
    }
  }
  expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(REQUESTS)
  expect(statuses.get(200)).toBeGreaterThan(0)
  expect(statuses.get(400)).toBeGreaterThan(REQUESTS / 10)
}, 300_000)

/** True of an answer, and of a refusal that says what was wrong. */
function isTold(status: number, body: string): boolean {
  if (status < 400) return true
  const problem = JSON.parse(body) as { type?: string; status?: number; detail?: string }
  const isTyped = problem.type?.startsWith('urn:tutela:fault:') ?? false
  return status < 500 && isTyped && problem.status === status && problem.detail !== ''
}

test('bytes that are no HTTP are refused and the connection closed', async () => {
  const app = await served()
  const address = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), { numRuns: 100, seed: 7 })
  const said = [
    ...garbage.map((bytes) => Buffer.concat([Buffer.from(bytes), Buffer.from('\r\n\r\n')])),
    Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`),
    Buffer.from(
      'POST /v1/match HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc',
    ),
    Buffer.from('POST /v1/match HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'),
  ]
  const heard = await Promise.all(said.map((bytes) => exchange(Number(address.port), bytes)))
  for (const answer of heard) expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/)
})

/** What the service says to some bytes before it closes the connection. */
async function exchange(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(chunk))
  socket.on('error', () => {})
  socket.write(bytes)
  await new Promise((resolve) => socket.on('close', resolve))
  return Buffer.concat(heard).toString('latin1')
}
