/** Sessions of people over HTTP: when they end, where a browser holds them, and what no forgery opens. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Pending } from '#workflow/people/pending'
import { PASSWORD, PeopleServer } from '../support/people-server.ts'
import { bearer } from '../support/server.ts'

let service: PeopleServer
beforeAll(async () => {
  service = await PeopleServer.open()
})
afterAll(() => service.close())

describe('a session', () => {
  test('ends by itself when it is left alone, at its limit, and when its person signs out', async () => {
    const who = await service.newcomer(['analyst'])
    const me = (headers: Record<string, string>) =>
      service.app.inject({ url: '/v1/session', headers }).then(({ statusCode }) => statusCode)
    const session = async () => ({ authorization: `Bearer ${(await service.signIn(who)).json().token}` })
    const idle = await session()
    service.now += 29 * 60_000
    expect(await me(idle)).toBe(200)
    service.now += 29 * 60_000
    expect(await me(idle)).toBe(200)
    service.now += 30 * 60_000
    expect(await me(idle)).toBe(401)
    const long = await session()
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      service.now += 20 * 60_000
      expect(await me(long)).toBe(200)
    }
    service.now += 20 * 60_000
    expect(await me(long)).toBe(401)
    const out = await session()
    expect((await service.post('/v1/sign-out', undefined, out)).statusCode).toBe(204)
    expect(await me(out)).toBe(401)
  })

  test('is held by a browser where no script reaches it, and heeds no other site', async () => {
    const who = await service.newcomer(['administrator'])
    const signedIn = await service.signIn(who, { as: 'cookie' })
    expect(signedIn.json()).not.toHaveProperty('token')
    const set = String(signedIn.headers['set-cookie'])
    expect(set).toMatch(/^tutela=tus_[^;]+;.*HttpOnly/)
    expect(set).toContain('SameSite=Strict')
    const cookie = set.split(';')[0] ?? ''
    const get = (headers: Record<string, string>) =>
      service.app.inject({ url: '/v1/session', headers }).then(({ statusCode }) => statusCode)
    expect(await get({ cookie })).toBe(200)
    const body = { name: 'A Name', roles: ['analyst'], departments: [] }
    const from = (headers: Record<string, string>) =>
      service.post('/v1/people', body, { cookie, ...headers }).then(({ statusCode }) => statusCode)
    expect(await from({ origin: 'http://localhost:80' })).toBe(201)
    for (const headers of [
      {},
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:81' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ])
      expect([headers, await from(headers as Record<string, string>)]).toEqual([headers, 403])
    const forwarded = await service.post(
      '/v1/sign-in',
      { name: who.name, password: PASSWORD, code: who.recoveryCodes[0], as: 'cookie' },
      { 'x-forwarded-for': '192.0.2.1' },
    )
    expect(String(forwarded.headers['set-cookie'])).toMatch(/^__Host-tutela=.*Secure/)
  })

  test('opens to nothing that is forged, altered, of another kind, or of somebody suspended', async () => {
    const who = await service.newcomer(['analyst'])
    const supervisor = await service.newcomer(['supervisor'])
    const token = who.headers.authorization.slice('Bearer '.length)
    const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
    const forged = [
      { authorization: `Bearer ${flipped}` },
      { authorization: `Bearer ${token}x` },
      { authorization: `Basic ${token}` },
      { authorization: 'Bearer tus_' },
      bearer('gate'),
      { cookie: `tutela=${flipped}` },
      { cookie: `__Host-tutela=${who.id}` },
      { cookie: 'tutela=' },
      { cookie: `tutela=s:${token}.sig` },
    ]
    const paths = [
      '/v1/session',
      '/v1/people',
      '/v1/refusals',
      '/v1/authorities',
      `/v1/people/${who.id}/records`,
    ]
    for (const url of paths)
      for (const headers of forged)
        expect((await service.app.inject({ url, headers: headers as never })).statusCode).toBe(401)
    const match = await service.app.inject({ url: '/v1/lists', headers: who.headers })
    expect(match.statusCode).toBe(401) // a person's session is no client's key
    console.log(`forged sessions: ${paths.length * forged.length + 1}`)
    expect((await service.app.inject({ url: '/v1/session', headers: who.headers })).statusCode).toBe(200)
    expect(
      (await service.post(`/v1/people/${who.id}/suspend`, undefined, supervisor.headers)).statusCode,
    ).toBe(200)
    expect((await service.app.inject({ url: '/v1/session', headers: who.headers })).statusCode).toBe(401)
    expect((await service.signIn(who)).statusCode).toBe(401)
    expect(
      (await service.post(`/v1/people/${who.id}/resume`, undefined, supervisor.headers)).statusCode,
    ).toBe(200)
    expect((await service.app.inject({ url: '/v1/session', headers: who.headers })).statusCode).toBe(401)
    expect((await service.signIn(who)).statusCode).toBe(200)
  })
})

test('thousands of sign-ins that one begins take nothing from what others began', () => {
  const pending = new Pending()
  const at = new Date('2026-05-01T08:00:00Z')
  const mine = pending.begin({ kind: 'passkey' }, 'here', at)
  const added = pending.begin({ kind: 'passkey-added', person: 'p-1' }, 'p-1', at)
  const flood = Array.from({ length: 10_100 }, () => pending.begin({ kind: 'passkey' }, 'there', at))
  expect(pending.take(mine, 'passkey', at)).toEqual({ kind: 'passkey' })
  expect(pending.take(flood.at(-1) ?? '', 'passkey', at)).toEqual({ kind: 'passkey' })
  expect(pending.take(flood[0] ?? '', 'passkey', at)).toBeUndefined()
  for (let from = 0; from < 10_100; from++) pending.begin({ kind: 'passkey' }, `${from}`, at)
  expect(pending.take(added, 'passkey-added', at)).toEqual({ kind: 'passkey-added', person: 'p-1' })
})

test('whoever sends more than anybody could is told to wait, and others are not', async () => {
  const [who, other] = [await service.newcomer(['analyst']), await service.newcomer(['analyst'])]
  const { quotas } = service.app.service
  for (let sent = 0; sent < 1200; sent++) quotas.take({ id: who.id, requestsPerMinute: 1200 }, service.now)
  const session = (headers: { authorization: string }) => service.app.inject({ url: '/v1/session', headers })
  const refused = await session(who.headers)
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1'])
  expect((await session(other.headers)).statusCode).toBe(200)
  service.now += 1000
  expect((await session(who.headers)).statusCode).toBe(200)
})
