/** Access to the HMA interface: by key, or from this machine where that was set; and whatever is sent, it stands. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildServer } from '#server/server'
import { eventsOf } from '#store/append'
import { listNamed } from '#store/lists'
import { hmaService } from '../../support/hma.ts'
import { LinearIndex } from '../../support/linear-index.ts'
import { bearer, clientsOf, serverFor } from '../../support/server.ts'

const PDQ = '3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f'
const LOOKUP = `/m/lookup?signal_type=pdq&signal=${PDQ}`
const ROUTES = [
  ['GET', '/h/hash'],
  ['POST', '/h/hash'],
  ['GET', '/m/raw_lookup'],
  ['GET', '/m/lookup'],
  ['POST', '/m/lookup'],
  ['POST', '/m/compare'],
  ['GET', '/m/index/status'],
  ['GET', '/c/banks'],
  ['POST', '/c/banks'],
  ['GET', '/c/bank/B'],
  ['PUT', '/c/bank/B'],
  ['DELETE', '/c/bank/B'],
  ['POST', '/c/bank/B/content'],
  ['GET', '/c/bank/B/content/1'],
  ['PUT', '/c/bank/B/content/1'],
  ['DELETE', '/c/bank/B/content/1'],
  ['POST', '/c/bank/B/signal'],
  ['GET', '/c/exchanges/apis'],
  ['GET', '/c/exchanges/api/ncmec'],
  ['POST', '/c/exchanges/api/ncmec'],
  ['GET', '/c/exchanges/api/ncmec/schema'],
  ['GET', '/c/exchanges'],
  ['POST', '/c/exchanges'],
  ['GET', '/c/exchange/B'],
  ['PUT', '/c/exchange/B'],
  ['DELETE', '/c/exchange/B'],
  ['GET', '/c/exchange/B/status'],
  ['GET', '/c/signal_type'],
  ['PUT', '/c/signal_type/pdq'],
  ['GET', '/c/signal_type/index'],
  ['GET', '/c/content_type'],
] as const

test('without a key, or with one that nobody has, every route but the status is refused', async () => {
  const app = serverFor({ index: new LinearIndex([], []), clients: clientsOf({ name: 'asker' }) })
  for (const [method, url] of ROUTES) {
    for (const headers of [{}, { authorization: 'Bearer tut_nobody' }, { authorization: 'Basic !' }]) {
      const answer = await app.inject({ method, url, headers })
      expect([url, answer.statusCode, Object.keys(answer.json())]).toEqual([url, 401, ['message']])
      expect(answer.headers['www-authenticate']).toContain('Basic')
    }
  }
  expect((await app.inject('/status/live')).body).toBe('I-AM-ALIVE')
})

test('a key is taken as a bearer token or as the password of any user', async () => {
  const app = serverFor({
    index: new LinearIndex([], []),
    clients: clientsOf({ name: 'gate', scopes: ['match'] }),
  })
  const compare = async (authorization: string) =>
    (await app.inject({ method: 'POST', url: '/m/compare', headers: { authorization }, payload: [] }))
      .statusCode
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
  for (const good of ['Bearer tut_gate', basic('hma:tut_gate'), basic(':tut_gate')])
    expect(await compare(good)).not.toBe(401)
  for (const bad of [basic('tut_gate:'), basic('a:b'), 'Basic', `Basic ${'A'.repeat(5000)}`])
    expect(await compare(bad)).toBe(401)
})

test('each scope opens its own routes: entries and distances take theirs', async () => {
  const hma = await hmaService()
  const status = async (key: string, url: string) => (await hma.ask({ method: 'GET', url }, key)).statusCode
  expect(await status('gate', LOOKUP)).toBe(403)
  expect(await status('gate', `/m/raw_lookup?signal_type=pdq&signal=${PDQ}`)).toBe(403)
  expect(await status('gate', '/m/index/status')).toBe(200)
  expect(await status('asker', LOOKUP)).toBe(200)
  expect(await status('asker', '/c/banks')).toBe(403)
  expect(await status('keeper', '/c/banks')).toBe(200)
})

test('opened to this machine it serves programs here without a key, under one name', async () => {
  const hma = await hmaService({ open: 'loopback' })
  const made = await hma.app.inject({ method: 'POST', url: '/c/banks', payload: { name: 'BANK_A' } })
  expect(made.statusCode).toBe(201)
  const { id } = await listNamed(hma.database, 'BANK_A')
  const [event] = await eventsOf(hma.database, `list:${id}`)
  expect(event?.actor).toBe('client:hma-loopback')
  const ask = async (headers: Record<string, string>, remoteAddress?: string) =>
    (await hma.app.inject({ url: LOOKUP, headers, ...(remoteAddress && { remoteAddress }) })).statusCode
  expect(await ask({})).toBe(200)
  expect(await ask({}, '::1')).toBe(200)
  expect(await ask({ authorization: 'Bearer tut_nobody' })).toBe(401)
  for (const address of ['10.0.0.7', '203.0.113.9', '::ffff:10.0.0.7', '128.0.0.1'])
    expect(await ask({}, address)).toBe(401)
  expect(await ask({ authorization: 'Bearer tut_asker' }, '10.0.0.7')).toBe(200)
})

test('opened to this machine it refuses whatever was forwarded, key or not, and every web page', async () => {
  const hma = await hmaService({ open: 'loopback' })
  const ask = async (headers: Record<string, string>, url = LOOKUP) =>
    (await hma.app.inject({ url, headers })).statusCode
  const forwarding = [
    ...['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded'],
    ...['x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip', 'x-original-forwarded-for'],
  ]
  for (const name of forwarding) {
    expect(await ask({ [name]: '127.0.0.1' })).toBe(403)
    expect(await ask({ [name]: '127.0.0.1', authorization: 'Bearer tut_asker' })).toBe(403)
    expect(await ask({ [name]: '127.0.0.1' }, '/status')).toBe(403)
  }
  expect(await ask({ origin: 'https://example.org' })).toBe(403)
  expect(await ask({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await ask({ host: 'rebound.example.org' })).toBe(403)
  expect(await ask({ host: 'localhost:8787' })).toBe(200)
})

test('it does not start open behind a proxy', async () => {
  const hma = await hmaService()
  const { service } = hma.app
  expect(() =>
    buildServer({ ...service, hma: { open: 'loopback' }, settings: { trustProxy: true } }),
  ).toThrow(expect.objectContaining({ code: 'config.invalid' }))
})

test('a quota holds here too', async () => {
  const app = serverFor({
    index: new LinearIndex([{ id: 1, name: 'hotline' }], []),
    clients: clientsOf({ name: 'slow', scopes: ['match'], requestsPerMinute: 2 }),
  })
  const ask = async () =>
    (await app.inject({ method: 'POST', url: '/m/compare', headers: { authorization: 'Bearer tut_slow' } }))
      .statusCode
  await ask()
  await ask()
  expect(await ask()).toBe(429)
})

const PATHS = [
  ...['/h/hash', '/m/raw_lookup', '/m/lookup', '/m/compare', '/m/index/status', '/c/banks', '/c/bank/BANK_A'],
  ...['/c/bank/BANK_A/content', '/c/bank/BANK_A/content/1', '/c/bank/BANK_A/signal', '/c/exchanges/apis'],
  ...['/c/exchanges/api/ncmec', '/c/exchanges/api/ncmec/schema', '/c/exchanges', '/c/exchange/X'],
  ...[
    '/c/exchange/X/status',
    '/c/signal_type',
    '/c/signal_type/pdq',
    '/c/signal_type/index',
    '/c/content_type',
  ],
]
const NAMES = [
  'url',
  'signal',
  'signal_type',
  'banks',
  'seed',
  'types',
  'content_type',
  'include_signals',
  '__proto__',
]
const VALUES = ['pdq', 'video_md5', '0'.repeat(64), 'photo', '', 'true', '1', '\0', '💥', 'http://[::1]/']

/** A text in an address, also one that is no whole text. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
}

const word = fc.oneof(fc.constantFrom(...VALUES), fc.string({ maxLength: 40 }))
const query = fc.array(fc.tuple(fc.constantFrom(...NAMES), word), { maxLength: 4 }).map((pairs) => {
  const text = pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&')
  return text === '' ? '' : `?${text}`
})
const path = fc.oneof(
  fc.constantFrom(...PATHS),
  word.map((name) => `/c/bank/${encoded(name)}`),
  word.map((name) => `/c/bank/BANK_A/content/${encoded(name)}`),
  word.map((name) => `/c/exchange/${encoded(name)}`),
  word.map((name) => `/c/signal_type/${encoded(name)}`),
)
const MEMBERS = [
  'name',
  'enabled',
  'enabled_ratio',
  'pdq',
  'note',
  'metadata',
  'disable_until_ts',
  'bank',
  'api',
]
const json = fc
  .dictionary(
    fc.oneof(fc.constantFrom(...MEMBERS, 'api_json', 'credential_json', '__proto__'), fc.string()),
    fc.jsonValue(),
  )
  .map((object) => JSON.stringify(object))
const body = fc.oneof(
  json.map((payload) => ({ type: 'application/json', payload })),
  fc.string().map((payload) => ({ type: 'application/json', payload })),
  fc
    .string()
    .map((payload) => ({ type: 'multipart/form-data; boundary=b', payload: `--b\r\n${payload}\r\n--b--` })),
  fc.string().map((payload) => ({ type: 'text/plain', payload })),
)
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH')

test('no request fails in any way that was not meant', async () => {
  const { app } = await hmaService({ foldMetadata: true })
  await fc.assert(
    fc.asyncProperty(method, path, query, body, async (how, to, asked, { type, payload }) => {
      const isSent = how !== 'GET'
      const answer = await app.inject({
        method: how as 'GET',
        url: `${to}${asked}`,
        headers: { ...bearer('keeper'), ...(isSent && { 'content-type': type }) },
        ...(isSent && { payload }),
      })
      const isMeant = answer.statusCode < 500 || answer.json().message === 'index not yet ready'
      expect(isMeant, `${how} ${to}${asked} ${payload}: ${answer.body}`).toBe(true)
    }),
    { numRuns: 400 },
  )
})
