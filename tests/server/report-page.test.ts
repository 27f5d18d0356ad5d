/** Report page: anybody reports without a script; nothing is set, kept or told beyond what the page says. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { KeyedDigests } from '#ground/digest-key'
import type { IntakeConfig } from '#ground/intake-config'
import { openPersonKeys, type PersonKeys } from '#ground/person-keys'
import { Crowd } from '#server/report-page/crowd'
import { Database } from '#store/database'
import { SESSION_LIMITS } from '#store/sessions'
import { wordsOf } from '#workflow/intake/words'
import { Pending } from '#workflow/people/pending'
import { sharedDatabase } from '../support/database.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { clientsOf, openServer } from '../support/server.ts'

const BEGUN = Date.parse('2026-05-01T08:00:00Z')
const HOUR = 3_600_000
const SET: IntakeConfig = {
  publicPage: true,
  organisation: 'A hotline <of ours>',
  contacts: [
    { name: 'Support for children', phone: '0800 1111', for: 'child', checkedOn: '2026-04-01' },
    { name: 'Never checked', phone: '0800 2222', for: 'child' },
    { name: 'Checked long ago', phone: '0800 3333', for: 'child', checkedOn: '2024-04-01' },
    { name: 'Police', phone: '999', for: 'danger', checkedOn: '2026-04-30' },
  ],
}

let now = BEGUN
let place = 0
let folder: string
let database: Database
let keys: PersonKeys
let app: FastifyInstance
let drop: () => Promise<void>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tutela-page-'))
  const shared = await sharedDatabase()
  drop = shared.drop
  database = new Database(shared.config, { connectionsMax: 6, digests: new KeyedDigests(folder) })
  keys = await openPersonKeys(folder)
  app = serverWith(SET)
  await app.ready()
})

beforeEach(() => {
  now += 24 * HOUR // each test begins where everything of the one before is forgotten
  place++
})

afterAll(async () => {
  await app.close()
  await database.close()
  await drop()
  await rm(folder, { recursive: true })
})

function serverWith(intake: IntakeConfig): FastifyInstance {
  const clock = () => new Date(now)
  const ground = { database, keys, now: clock, profiles: async () => new Map() }
  const people = { ...ground, limits: SESSION_LIMITS, pending: new Pending() }
  const index = new LinearIndex([], [])
  return openServer({ index, clients: clientsOf(), database, people, intake, now: clock })
}

const page = (url = '/report') => app.inject({ method: 'GET', url })
const send = (fields: Record<string, string>, url = '/report') =>
  app.inject({
    ...{ method: 'POST', url, remoteAddress: `198.51.100.${place}` },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  })
const onceIn = (html: string): string => /name="once" value="([^"]+)"/.exec(html)?.[1] ?? ''
const fresh = async (): Promise<string> => onceIn((await page()).body)
const codeIn = (html: string): string => /class="code">([^<]+)</.exec(html)?.[1] ?? ''
const count = async (): Promise<number | null> => (await database.query('SELECT FROM report')).rowCount

test('the page has no script, no cookie and nothing from elsewhere, and each field has its label', async () => {
  const { body, headers, statusCode } = await page()
  expect(statusCode).toBe(200)
  expect(headers).not.toHaveProperty('set-cookie')
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[^ ]+'; form-action 'self'/,
  )
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  expect(body).not.toMatch(/<script|<img|<link|<iframe|type="file"|src=|\son[a-z]+=/i)
  for (const [, id = ''] of body.matchAll(/<(?:input|textarea) id="(\w+)"/g))
    expect(body).toContain(`label for="${id}"`)
  for (const [, id = ''] of body.matchAll(/aria-describedby="([\w-]+)"/g))
    expect(body).toContain(`id="${id}"`)
  expect(body.indexOf('Leave this page')).toBeLessThan(body.indexOf('<h1>'))
  expect(body).toContain('A hotline &lt;of ours&gt;')
})

test('a child reads first who is there; a contact that nobody checked of late is not shown', async () => {
  const { body } = await page()
  expect(body).toContain('Support for children')
  expect(body).toContain('href="tel:08001111"')
  expect(body).not.toMatch(/Never checked|Checked long ago/)
  expect(body.indexOf('under 18')).toBeLessThan(body.indexOf('<form'))
})

test('a form sent is a report of nobody, with its reference; sent twice, or reloaded, it is one', async () => {
  const before = (await count()) ?? 0
  const fields = {
    once: await fresh(),
    address: 'https://example.org/p',
    words: 'An <album> & more',
    contact: 'a@example.org',
  }
  const [first, second] = await Promise.all([send(fields), send(fields)])
  expect([first.statusCode, second.statusCode]).toEqual([200, 200])
  expect(codeIn(first.body)).toMatch(/^....-....-....$/)
  expect(codeIn(second.body)).toBe(codeIn(first.body))
  expect(await count()).toBe(before + 1)
  const { rows } = await database.query<{ id: `r-${string}` }>(
    'SELECT id FROM report ORDER BY received_at DESC LIMIT 1',
  )
  const { once: _, ...told } = fields
  expect(rows[0] && (await wordsOf({ database, keys }, rows[0].id))).toEqual(told)
  const found = await send({ reference: codeIn(first.body).toLowerCase() }, '/report/outcome')
  expect([found.statusCode, found.body]).toEqual([200, expect.stringContaining('It was received.')])
  expect((await send({ reference: '1111-1111-1111' }, '/report/outcome')).statusCode).toBe(404)
})

test('what somebody wrote comes back with what is wrong, and nothing is kept', async () => {
  const before = await count()
  const once = await fresh()
  const empty = await send({ once, address: ' ', words: '', contact: '"><b>x' })
  expect([empty.statusCode, empty.body]).toEqual([422, expect.stringContaining('role="alert"')])
  expect(empty.body).toContain('value="&quot;&gt;&lt;b&gt;x"')
  const long = await send({ once, address: 'x'.repeat(4001) })
  expect([long.statusCode, long.body]).toEqual([422, expect.stringContaining('4000')])
  for (const forged of ['', 'x', `${once.slice(0, -1)}_`, once.replace(/\..*\./, '.zzzzzz.')]) {
    const answer = await send({ once: forged, words: 'still <here>' })
    expect([answer.statusCode, answer.body]).toEqual([409, expect.stringContaining('still &lt;here&gt;')])
  }
  now += 25 * HOUR
  const old = await send({ once, words: 'kept', atRisk: 'yes' })
  expect([old.statusCode, old.body]).toEqual([409, expect.stringContaining('checked')])
  expect((await send({ once: onceIn(old.body), words: 'kept' })).statusCode).toBe(200)
  expect(await count()).toBe((before ?? 0) + 1)
})

test('a body that is no form, too large or of another kind is answered in words, with whom to call', async () => {
  const before = await count()
  const forms = [
    [415, 'application/json', '{"words":"x"}'],
    [415, 'multipart/form-data; boundary=x', '--x--'],
    [413, 'application/x-www-form-urlencoded', `words=${'x'.repeat(70_000)}`],
  ] as const
  for (const [status, type, payload] of forms) {
    const answer = await app.inject({
      method: 'POST',
      url: '/report',
      headers: { 'content-type': type },
      payload,
    })
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
      status,
      'text/html; charset=utf-8',
      expect.stringContaining('If a child is in danger now'),
    ])
  }
  expect(await count()).toBe(before)
})

test('with a child in danger the receipt says whom to call, and the case stands first', async () => {
  const answer = await send({ once: await fresh(), words: 'it goes on now', atRisk: 'yes' })
  expect(answer.body).toMatch(/Call the emergency number[\s\S]*Police[\s\S]*Your reference/)
  const { rows } = await database.query('SELECT state FROM desk_case WHERE at_risk AND received_at = $1', [
    new Date(now),
  ])
  expect(rows).toEqual([{ state: 'waiting' }])
})

test('from one place ten are taken in ten minutes, with a child in danger one more; of the place nothing is known', async () => {
  const statuses: number[] = []
  for (let at = 0; at < 11; at++)
    statuses.push((await send({ once: await fresh(), words: `w${at}` })).statusCode)
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429])
  const limited = await send({ once: await fresh(), words: 'again' })
  expect(limited.headers['retry-after']).toBe('600')
  expect((await send({ once: await fresh(), words: 'now', atRisk: 'yes' })).statusCode).toBe(200)
  place++
  expect((await send({ once: await fresh(), words: 'elsewhere' })).statusCode).toBe(200)
  place--
  now += 10 * 60_000
  expect((await send({ once: await fresh(), words: 'later' })).statusCode).toBe(200)
  const { rows } = await database.query<{ row: string }>('SELECT to_jsonb(t)::text AS row FROM report t')
  for (const { row } of rows) expect(row).not.toContain('198.51.100')
})

test('addresses of one IPv6 network are one place', () => {
  const crowd = new Crowd()
  const places = [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff::9',
    '2001:db8:1:2:a:b:c:d',
    '2001:db8:1:3::1',
    '::1',
    '::ffff:192.0.2.1',
  ]
  const heard = places.map((address) => {
    let taken = 0
    while (crowd.take('report', address, BEGUN)) taken++
    return taken
  })
  expect(heard).toEqual([10, 0, 0, 10, 10, 10])
})

test('where the page is not switched on there is none', async () => {
  const other = serverWith({})
  expect((await other.inject({ method: 'GET', url: '/report' })).statusCode).toBe(404)
  await other.close()
})
