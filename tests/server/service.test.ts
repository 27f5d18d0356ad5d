/** Service: keys and quotas, health, what is counted and logged, the reference, and how it stops. */
import { Agent, request } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLog } from '#ground/log'
import { LinearIndex } from '../support/linear-index.ts'
import { bearer, clientsOf, openServer, serverFor } from '../support/server.ts'

const PDQ = '3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f'
const index = () => new LinearIndex([{ id: 1, name: 'hotline' }], [{ list: 1, pdq: PDQ }])
const clients = clientsOf(
  { name: 'gate' },
  { name: 'few', requestsPerMinute: 2 },
  { name: 'ruler', scopes: ['admin'] },
  { name: 'desk', scopes: ['match', 'detail'] },
)

let app: FastifyInstance
beforeAll(() => {
  app = openServer({ index: index(), clients })
})
afterAll(() => app.close())

test('a client is held to its requests a minute, told how many are left, and let in again in time', async () => {
  let now = Date.parse('2026-04-01T00:00:00Z')
  const app = serverFor({ index: index(), clients, now: () => new Date(now) })
  const ask = (who: string) => app.inject({ url: '/v1/me', headers: bearer(who) })
  expect((await ask('few')).headers['ratelimit']).toBe('"key";r=1;t=30')
  expect((await ask('few')).statusCode).toBe(200)
  const refused = await ask('few')
  expect(refused.statusCode).toBe(429)
  expect(refused.headers).toMatchObject({ 'retry-after': '30', 'ratelimit-policy': '"key";q=2;w=60' })
  expect(refused.json()).toMatchObject({ type: 'urn:tutela:fault:request.too-many' })
  expect((await ask('gate')).headers['ratelimit']).toBeUndefined()
  now += 30_000
  expect((await ask('few')).statusCode).toBe(200)
  expect((await ask('few')).statusCode).toBe(429)
})

test('it says that it lives, whether it can answer, and to strangers nothing else', async () => {
  const own = index()
  const app = serverFor({ index: own, clients })
  expect((await app.inject('/healthz')).json()).toEqual({ status: 'alive' })
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' })
  expect((await app.inject('/')).body).toContain('Tutela is running')
  own.state = { kind: 'building' }
  expect((await app.inject('/readyz')).statusCode).toBe(503)
  expect((await app.inject('/healthz')).statusCode).toBe(200)
  for (const url of [
    '/v1/me',
    '/v1/lists',
    '/v1/lists/hotline',
    '/v1/entries/1',
    `/v1/match?pdq=${PDQ}&quality=90`,
  ]) {
    const answer = await app.inject(url)
    expect(answer.statusCode).toBe(401)
    expect(answer.body).not.toContain('hotline')
  }
})

test('what is counted is told to this machine or to an administrator, never through a proxy', async () => {
  await app.inject({ url: `/v1/match?pdq=${PDQ}&quality=90`, headers: bearer('gate') })
  const near = await app.inject('/metrics')
  expect(near.body).toContain('tutela_verdicts_total{verdict="match",decision="hold",because=""} 1')
  expect(near.body).not.toContain('hotline')
  const ask = (headers: Record<string, string>, remoteAddress?: string) =>
    app.inject({ url: '/metrics', headers, ...(remoteAddress && { remoteAddress }) })
  expect((await ask({ 'x-forwarded-for': '10.0.0.1' })).statusCode).toBe(401)
  expect((await ask({}, '192.0.2.7')).statusCode).toBe(401)
  expect((await ask(bearer('gate'), '192.0.2.7')).statusCode).toBe(403)
  expect((await ask(bearer('ruler'), '192.0.2.7')).statusCode).toBe(200)
})

test('a request has a number, its own where it gives one, and a problem names it', async () => {
  const own = await app.inject({ url: '/nowhere', headers: { 'x-request-id': 'upload-17' } })
  expect(own.headers['x-request-id']).toBe('upload-17')
  expect(own.headers['content-type']).toBe('application/problem+json')
  expect(own.json()).toMatchObject({ status: 404, requestId: 'upload-17' })
  const strange = await app.inject({ url: '/nowhere', headers: { 'x-request-id': '<script>' } })
  expect(strange.json().requestId).toMatch(/^[a-z0-9-]+$/)
})

test('a bug is told by its number and nothing else, and the log has where it was, without the hash asked for', async () => {
  const broken = index()
  broken.hits = () => {
    throw new TypeError(`bad ${PDQ}`)
  }
  const written: string[] = []
  const log = openLog({ level: 'info', destination: { write: (line) => written.push(line) } })
  const app = serverFor({ index: broken, clients, log })
  const answer = await app.inject({ url: `/v1/match?pdq=${PDQ}&quality=90`, headers: bearer('gate') })
  expect(answer.statusCode).toBe(500)
  expect(answer.json()).toMatchObject({ type: 'urn:tutela:bug' })
  expect(answer.body).not.toContain('TypeError')
  const lines = written.join('')
  expect(lines).toContain('TypeError')
  for (const secret of [PDQ, 'tut_gate']) expect(lines).not.toContain(secret)
})

test('a look-up in the address is the same as one in a body, and takes quality with PDQ', async () => {
  const get = (query: string) => app.inject({ url: `/v1/match?${query}`, headers: bearer('desk') })
  const posted = await app.inject({
    method: 'POST',
    url: '/v1/match',
    headers: bearer('desk'),
    payload: { pdq: [{ hash: PDQ, quality: 90 }] },
  })
  expect((await get(`pdq=${PDQ}&quality=90`)).json()).toEqual(posted.json())
  for (const query of [
    '',
    `pdq=${PDQ}`,
    'quality=90',
    'pdq=xy&quality=90',
    `pdq=${PDQ}&quality=101`,
    `pdq=${PDQ}&quality=90&x=1`,
  ])
    expect((await get(query)).statusCode).toBe(400)
})

test('the reference is OpenAPI 3.1 with every route, and is read without anything from elsewhere', async () => {
  const api = (await app.inject('/openapi.json')).json()
  expect(api.openapi).toBe('3.1.0')
  const routes = Object.entries(api.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(routes).toEqual(
    expect.arrayContaining([
      'post /v1/match',
      'get /v1/match',
      'post /v1/match/batch',
      'post /v1/hash',
      'get /v1/lists',
      'post /v1/lists/{name}/changes',
      'post /v1/entries/{entry}/judgement',
      'get /readyz',
    ]),
  )
  expect(Object.keys(api.paths['/v1/match'].post.requestBody.content)).toEqual([
    'application/json',
    'multipart/form-data',
    'application/octet-stream',
    'image/*',
  ])
  const told = Object.values(api.paths as Record<string, Record<string, { responses: object }>>)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ responses }) => Object.entries(responses as Record<string, { content?: object }>))
  for (const [status, { content = {} }] of told)
    if (/^[45]/.test(status)) expect(Object.keys(content)).toEqual(['application/problem+json'])
  expect(api.paths['/v1/lists/{name}/changes'].post.parameters).toMatchObject([
    { in: 'path', name: 'name' },
    { in: 'header', name: 'idempotency-key' },
    { in: 'header', name: 'if-match' },
  ])
  expect(api.paths['/v1/match'].post.parameters).toMatchObject([{ in: 'header', name: 'idempotency-key' }])
  for (const [path, methods] of Object.entries(api.paths as Record<string, object>))
    for (const { responses } of Object.values(methods)) expect(responses, path).toHaveProperty('default')
  const page = await app.inject('/docs/')
  expect(page.statusCode).toBe(200)
  expect(page.body).not.toMatch(/(src|href)="https?:/)
})

test('when it stops, what is in hand is finished and what comes later is told to come back', async () => {
  let release = (): void => {}
  const waiting = new Promise<void>((resolve) => (release = resolve))
  const slow = index()
  slow.hitsMany = async (fingerprints) => {
    await waiting
    return fingerprints.map((one) => slow.hits(one))
  }
  const app = serverFor({ index: slow, clients })
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const agent = new Agent({ keepAlive: true })
  const body = JSON.stringify({ items: [{ pdq: [{ hash: PDQ, quality: 90 }] }] })
  const inHand = asked(agent, url, 'POST', '/v1/match/batch', body)
  await expect.poll(() => app.service.stopping.inHand).toBe(1)
  const stopped = app.stopGently()
  const late = await asked(agent, url, 'GET', '/v1/me')
  expect(late).toMatchObject({ status: 503, retryAfter: '5' })
  expect((await app.inject('/readyz')).statusCode).toBe(503)
  release()
  expect((await inHand).status).toBe(200)
  expect(await stopped).toBe(0)
  agent.destroy()
})

test('what does not end in time is cut off, and counted', async () => {
  const stuck = index()
  stuck.hitsMany = () => new Promise(() => {})
  const app = serverFor({ index: stuck, clients, settings: { stopSecondsMax: 0.05 } })
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const body = JSON.stringify({ items: [{ pdq: [{ hash: PDQ, quality: 90 }] }] })
  const agent = new Agent()
  const lost = asked(agent, url, 'POST', '/v1/match/batch', body).catch((error: Error) => error)
  await expect.poll(() => app.service.stopping.inHand).toBe(1)
  expect(await app.stopGently()).toBe(1)
  expect(await lost).toBeInstanceOf(Error)
})

/** Asks over a real connection. */
function asked(
  agent: Agent,
  base: URL,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number | undefined; retryAfter: string | undefined }> {
  const headers = { ...bearer('gate'), ...(body && { 'content-type': 'application/json' }) }
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, base), { agent, method, headers }, (answer) => {
      answer.resume()
      answer.on('end', () =>
        resolve({ status: answer.statusCode, retryAfter: answer.headers['retry-after'] }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
