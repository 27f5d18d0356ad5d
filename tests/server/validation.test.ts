/** Validation over HTTP: what is wrong with a request's form is told by the field that is wrong. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { COMPILERS, compileBetween, uncompiled } from '#server/compilers'
import { LinearIndex } from '../support/linear-index.ts'
import { bearer, clientsOf, openServer } from '../support/server.ts'

const PDQ = 'a'.repeat(64)
let app: FastifyInstance
beforeAll(() => {
  const clients = clientsOf({ name: 'all', scopes: ['match', 'detail', 'curate'] })
  app = openServer({ index: new LinearIndex([{ id: 1, name: 'a' }], []), clients })
})
afterAll(() => app.close())

const detail = async (method: 'GET' | 'POST', url: string, payload?: object): Promise<string> => {
  const answer = await app.inject({ method, url, headers: bearer('all'), ...(payload && { payload }) })
  expect(answer.json()).toMatchObject({ type: 'urn:tutela:fault:request.invalid', status: 400 })
  return answer.json().detail
}

test.each([
  ['body/pdq/0/quality must be an integer', { pdq: [{ hash: PDQ, quality: '90' }] }],
  ['body/pdq/1/quality is missing', { pdq: [{ hash: PDQ, quality: 9 }, { hash: PDQ }] }],
  ['body/pdq/0/quality must be at most 100', { pdq: [{ hash: PDQ, quality: 101 }] }],
  ['body/pdq/0/hash must have 64 hexadecimal digits', { pdq: [{ hash: 'secret', quality: 1 }] }],
  ['body/pdq must have at least 1 items', { pdq: [] }],
  ['body/digests/md6 is not known here', { digests: { md6: 'x' } }],
  [`body/${'?'.repeat(64)}… is not known here`, { ['\n'.repeat(500)]: 1 }],
  ['body/reference must be a string', { reference: 7 }],
  ['body must be an object', []],
])('%s', async (words, payload) => {
  expect(await detail('POST', '/v1/match', payload)).toBe(words)
})

test('of a field that may have several forms each is told', async () => {
  const orientation = { pdq: [{ hash: PDQ, quality: 1, orientation: 'turned' }] }
  expect(await detail('POST', '/v1/match', orientation)).toMatch(
    /^body\/pdq\/0\/orientation must be one of orig, rot90, /,
  )
  const trust = await detail('POST', '/v1/entries/1/judgement', { trust: 'sure', because: 'x' })
  expect(trust).toMatch(/^body\/trust must be one of confirmed, .* or be null$/)
  const change = (...steps: object[]) => detail('POST', '/v1/lists/a/changes', { steps })
  expect(await change({ kind: 'put', entry: { md5: 'no' } })).toBe(
    'body/steps/0/entry/md5 must have 32 hexadecimal digits',
  )
  expect(await change({ kind: 'withdraw', key: 'k' })).toContain('body/steps/0/because is missing')
})

test('what is wrong in the address is told as well, and no value is repeated', async () => {
  expect(await detail('GET', '/v1/match?md5=secret')).toBe('query/md5 must have 32 hexadecimal digits')
  expect(await detail('GET', '/v1/entries/0')).toBe('path/entry must match ^[1-9][0-9]{0,9}$')
})

test('a schema is compiled once, however many routes and servers have it, and no other is taken for it', () => {
  type Build = (shared: object, options: object) => (route: object) => (value: unknown) => boolean
  const build = COMPILERS.buildValidator as unknown as Build
  const compile = build({}, { customOptions: {} })
  const at = (schema: object) => compile({ schema, method: 'GET', url: '/', httpPart: 'body' })
  expect(at({ type: 'string', maxLength: 3 })).toBe(at({ type: 'string', maxLength: 3 }))
  expect(build({}, { customOptions: {} })).toBe(compile)
  expect([
    at({ type: 'string', maxLength: 3 })('four'),
    at({ type: 'string', maxLength: 4 })('four'),
  ]).toEqual([false, true])
})

test('what no request asked for yet is compiled between requests, once the service is ready; none of it fails', async () => {
  await app.ready()
  type Build = (shared: object, options: object) => (route: object) => (value: unknown) => boolean
  const build = COMPILERS.buildValidator as unknown as Build
  // Of this test alone: what other servers of this process have compiled is nothing to it.
  const compile = build({}, { customOptions: { $comment: true } })
  const made = Array.from({ length: 20 }, (_, at) =>
    compile({ schema: { type: 'string', maxLength: at }, method: 'GET', url: '/', httpPart: 'body' }),
  )
  expect(uncompiled()).toBeGreaterThanOrEqual(made.length)
  let asked = 0
  onTestFinished(compileBetween(() => ++asked > 1))
  await expect.poll(uncompiled, { timeout: 30_000 }).toBe(0)
  expect(asked).toBeGreaterThan(made.length)
  expect(made.map((valid) => valid('1234567890'))).toEqual(made.map((_, at) => at >= 10))
})
