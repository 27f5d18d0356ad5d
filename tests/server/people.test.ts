/** People over HTTP: setting up, signing in and out, what no trick opens, and the acts on people. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openPersonKeys } from '#ground/person-keys'
import { Database } from '#store/database'
import { SESSION_LIMITS } from '#store/sessions'
import type { PersonId, Role } from '#terms/people'
import { pass } from '#workflow/door'
import { refold } from '#workflow/ledger/verify/refold'
import type { PeopleDesk } from '#workflow/people/desk'
import { PEOPLE_FOLDS } from '#workflow/people/folds'
import { identityOf } from '#workflow/people/identity'
import { inviteAgain, inviteFirst } from '#workflow/people/invite'
import { beginOidc, finishOidc } from '#workflow/people/oidc'
import { Pending } from '#workflow/people/pending'
import { SoftAuthenticator } from '../support/authenticator.ts'
import { sharedDatabase } from '../support/database.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { someone } from '../support/people.ts'
import { bearer, clientsOf, openServer } from '../support/server.ts'

const PASSWORD = 'four plain words here'
const START = Date.parse('2026-05-01T08:00:00Z')

let now = START
let desk: PeopleDesk
let app: FastifyInstance
let drop: () => Promise<void>
const folder = mkdtempSync(join(tmpdir(), 'people-'))

beforeAll(async () => {
  const { config, drop: dropped } = await sharedDatabase()
  drop = dropped
  const database = new Database(config, { connectionsMax: 6 })
  desk = {
    ...{ database, keys: await openPersonKeys(folder), limits: SESSION_LIMITS, pending: new Pending() },
    passwordCost: { memoryCost: 256, timeCost: 1, parallelism: 1 },
    ...{ origin: 'http://localhost', now: () => new Date(now) },
  }
  const clients = clientsOf({ name: 'gate', scopes: ['match', 'curate'] })
  app = openServer({ index: new LinearIndex([], []), clients, database, people: desk, now: desk.now })
  await app.ready()
})

afterAll(async () => {
  expect((await refold(desk.database, PEOPLE_FOLDS)).faults).toEqual([]) // all that was done here follows from its events
  await app.close()
  await desk.database.close()
  await drop()
  rmSync(folder, { recursive: true })
})

/** Somebody who has set up their sign-in. */
interface Someone {
  readonly id: PersonId
  readonly name: string
  readonly secret: string
  readonly recoveryCodes: readonly string[]
  readonly headers: { authorization: string }
}

let count = 0

async function setUp(token: string): Promise<Someone> {
  const name = `someone-${++count}`
  const begun = await post('/v1/setup', { token, name, password: PASSWORD })
  expect(begun.statusCode).toBe(200)
  const { secret } = begun.json()
  const done = await post('/v1/setup/confirm', { token, code: codeOf(secret), as: 'bearer' })
  expect(done.statusCode).toBe(200)
  const { person: id, recoveryCodes, token: session } = done.json()
  return { id, name, secret, recoveryCodes, headers: { authorization: `Bearer ${session}` } }
}

async function newcomer(roles: readonly Role[]): Promise<Someone> {
  const person = await someone(desk.database, roles)
  const signed = { actor: 'operator:test', at: desk.now() } as const
  return setUp((await inviteAgain(desk, person.id, signed)).token)
}

function codeOf(secret: string): string {
  return generateSync({ secret, epoch: Math.floor(now / 1000) })
}

function post(url: string, body: object | undefined, headers: Record<string, string> = {}) {
  const payload = body === undefined ? {} : { payload: body }
  return app.inject({ method: 'POST', url, headers, ...payload } as InjectOptions)
}

function signIn(who: Someone, more: object = {}, headers = {}) {
  now += 30_000 // the next code
  return post(
    '/v1/sign-in',
    { name: who.name, password: PASSWORD, code: codeOf(who.secret), as: 'bearer', ...more },
    headers,
  )
}

describe('the first start', () => {
  test('gives a one-time link, again while nobody used it, and none afterwards', async () => {
    const signed = { actor: 'operator:test', at: desk.now() } as const
    const first = await inviteFirst(desk, signed)
    const second = await inviteFirst(desk, signed)
    expect(second?.person).toBe(first?.person)
    const old = await post('/v1/setup', { token: first?.token, name: 'root', password: PASSWORD })
    expect(old.json()).toMatchObject({ type: 'urn:tutela:fault:people.sign-in' })
    const administrator = await setUp(second?.token ?? '')
    expect(await inviteFirst(desk, signed)).toBeUndefined()
    const again = await post('/v1/setup', { token: second?.token, name: 'other', password: PASSWORD })
    expect(again.statusCode).toBe(401)
    const me = await app.inject({ url: '/v1/session', headers: administrator.headers })
    expect(me.json()).toMatchObject({ person: administrator.id, roles: ['administrator'], how: 'setup' })
  })

  test('takes no short password, and no second person of the same name', async () => {
    const one = await newcomer(['analyst'])
    const person = await someone(desk.database, ['analyst'])
    const { token } = await inviteAgain(desk, person.id, { actor: 'tutela', at: desk.now() })
    const asked = (name: string, password: string) => post('/v1/setup', { token, name, password })
    expect((await asked('new', 'short')).statusCode).toBe(400)
    expect((await asked('somebody', 'somebody is in it')).statusCode).toBe(400)
    expect((await asked(one.name.toUpperCase(), PASSWORD)).statusCode).toBe(409)
    const late = await asked('later', PASSWORD)
    expect(late.statusCode).toBe(200)
    now += 25 * 3_600_000
    expect(
      (await post('/v1/setup/confirm', { token, code: codeOf(late.json().secret), as: 'bearer' })).statusCode,
    ).toBe(401)
  })
})

test('the page of the link runs its own script alone, and asks nobody else', async () => {
  const { body, headers } = await app.inject({ url: '/setup' })
  const policy = String(headers['content-security-policy'])
  for (const [, name, text = ''] of body.matchAll(/<(script|style)>((?:.|\n)*?)<\/\1>/g))
    expect([name, policy]).toEqual([
      name,
      expect.stringContaining(createHash('sha256').update(text).digest('base64')),
    ])
  expect(policy).toMatch(/^default-src 'none'; connect-src 'self';/)
  expect(body).not.toMatch(/https?:/)
})

describe('signing in', () => {
  test('takes a code once, also when it is sent many times at the same moment', async () => {
    const who = await newcomer(['analyst'])
    now += 60_000
    const asked = { name: who.name, password: PASSWORD, code: codeOf(who.secret), as: 'bearer' }
    const answers = await Promise.all([1, 2, 3, 4].map(() => post('/v1/sign-in', asked)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 401, 401, 401])
    expect((await post('/v1/sign-in', asked)).statusCode).toBe(401)
    now += 30_000
    expect((await post('/v1/sign-in', asked)).statusCode).toBe(401) // still in the window, and taken
  })

  test('lets in by a recovery code once', async () => {
    const who = await newcomer(['analyst'])
    const code = who.recoveryCodes[0]?.toUpperCase()
    expect((await signIn(who, { code })).statusCode).toBe(200)
    expect((await signIn(who, { code })).statusCode).toBe(401)
    expect((await signIn(who, { code: who.recoveryCodes[1], password: 'not the password' })).statusCode).toBe(
      401,
    )
    expect((await signIn(who, { code: who.recoveryCodes[1] })).statusCode).toBe(200)
  })

  test('makes whoever fails wait, says how long, and keeps to it', async () => {
    const who = await newcomer(['analyst'])
    for (let tries = 0; tries < 5; tries++)
      expect((await signIn(who, { password: 'wrong words here' })).statusCode).toBe(401)
    now -= 30_000
    const waits = await signIn(who)
    expect(waits.statusCode).toBe(429)
    const seconds = Number(waits.headers['retry-after'])
    expect(waits.json().detail).toContain(`${seconds} seconds`)
    expect(seconds).toBe(15)
    now += (seconds - 1) * 1000 - 30_000
    expect((await signIn(who)).statusCode).toBe(429)
    now += 1000 - 30_000
    expect((await signIn(who)).statusCode).toBe(200)
    const nobody = await signIn(who, { name: 'nobody-at-all' })
    const wrong = await signIn(who, { password: 'wrong words here' })
    expect(nobody.json().detail).toBe(wrong.json().detail)
  })

  test('makes an address wait that tries many names', async () => {
    const who = await newcomer(['analyst'])
    const headers = { 'x-test': 'address' }
    const from = (remoteAddress: string, body: object) =>
      app.inject({ method: 'POST', url: '/v1/sign-in', headers, remoteAddress, payload: body })
    const asked = { password: 'wrong words here', code: '000000', as: 'bearer' }
    const statuses: number[] = []
    for (let tries = 0; tries < 21; tries++)
      statuses.push((await from('2001:db8::1', { ...asked, name: `guess-${tries}` })).statusCode)
    expect(statuses).toEqual([...Array(20).fill(401), 429])
    expect((await from('2001:db8::2', { ...asked, name: 'guess-x' })).statusCode).toBe(429)
    now += 30_000
    const right = { name: who.name, password: PASSWORD, code: codeOf(who.secret), as: 'bearer' }
    expect((await from('192.0.2.7', right)).statusCode).toBe(200)
  })
})

describe('a session', () => {
  test('ends by itself when it is left alone, at its limit, and when its person signs out', async () => {
    const who = await newcomer(['analyst'])
    const me = (headers: Record<string, string>) =>
      app.inject({ url: '/v1/session', headers }).then(({ statusCode }) => statusCode)
    const session = async () => ({ authorization: `Bearer ${(await signIn(who)).json().token}` })
    const idle = await session()
    now += 29 * 60_000
    expect(await me(idle)).toBe(200)
    now += 29 * 60_000
    expect(await me(idle)).toBe(200)
    now += 30 * 60_000
    expect(await me(idle)).toBe(401)
    const long = await session()
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      now += 20 * 60_000
      expect(await me(long)).toBe(200)
    }
    now += 20 * 60_000
    expect(await me(long)).toBe(401)
    const out = await session()
    expect((await post('/v1/sign-out', undefined, out)).statusCode).toBe(204)
    expect(await me(out)).toBe(401)
  })

  test('is held by a browser where no script reaches it, and heeds no other site', async () => {
    const who = await newcomer(['administrator'])
    const signedIn = await signIn(who, { as: 'cookie' })
    expect(signedIn.json()).not.toHaveProperty('token')
    const set = String(signedIn.headers['set-cookie'])
    expect(set).toMatch(/^tutela=tus_[^;]+;.*HttpOnly/)
    expect(set).toContain('SameSite=Strict')
    const cookie = set.split(';')[0] ?? ''
    const get = (headers: Record<string, string>) =>
      app.inject({ url: '/v1/session', headers }).then(({ statusCode }) => statusCode)
    expect(await get({ cookie })).toBe(200)
    const body = { name: 'A Name', roles: ['analyst'], departments: [] }
    const from = (headers: Record<string, string>) =>
      post('/v1/people', body, { cookie, ...headers }).then(({ statusCode }) => statusCode)
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
    const forwarded = await post(
      '/v1/sign-in',
      { name: who.name, password: PASSWORD, code: who.recoveryCodes[0], as: 'cookie' },
      { 'x-forwarded-for': '192.0.2.1' },
    )
    expect(String(forwarded.headers['set-cookie'])).toMatch(/^__Host-tutela=.*Secure/)
  })

  test('opens to nothing that is forged, altered, of another kind, or of somebody suspended', async () => {
    const who = await newcomer(['analyst'])
    const supervisor = await newcomer(['supervisor'])
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
        expect((await app.inject({ url, headers: headers as never })).statusCode).toBe(401)
    const match = await app.inject({ url: '/v1/lists', headers: who.headers })
    expect(match.statusCode).toBe(401) // a person's session is no client's key
    console.log(`forged sessions: ${paths.length * forged.length + 1}`)
    expect((await app.inject({ url: '/v1/session', headers: who.headers })).statusCode).toBe(200)
    expect((await post(`/v1/people/${who.id}/suspend`, undefined, supervisor.headers)).statusCode).toBe(200)
    expect((await app.inject({ url: '/v1/session', headers: who.headers })).statusCode).toBe(401)
    expect((await signIn(who)).statusCode).toBe(401)
    expect((await post(`/v1/people/${who.id}/resume`, undefined, supervisor.headers)).statusCode).toBe(200)
    expect((await app.inject({ url: '/v1/session', headers: who.headers })).statusCode).toBe(401)
    expect((await signIn(who)).statusCode).toBe(200)
  })
})

describe('people', () => {
  test('are admitted by an administrator, who gives no role to themself and sees no name without a reason', async () => {
    const administrator = await newcomer(['administrator'])
    const given = {
      name: 'Ada Example',
      contact: 'ada@example.org',
      roles: ['analyst'],
      departments: ['desk'],
    }
    const admitted = await post('/v1/people', given, administrator.headers)
    const { person, token } = admitted.json()
    const analyst = await setUp(token)
    expect(analyst.id).toBe(person)
    const all = await app.inject({ url: '/v1/people', headers: administrator.headers })
    expect(all.body).not.toContain('Ada')
    expect(all.json().people).toContainEqual(
      expect.objectContaining({ id: person, roles: ['analyst'], state: 'active' }),
    )
    expect((await post('/v1/people', given, analyst.headers)).json()).toMatchObject({
      type: 'urn:tutela:fault:people.refused',
    })
    const put = (id: string) =>
      app.inject({
        method: 'PUT',
        url: `/v1/people/${id}/roles`,
        headers: administrator.headers,
        payload: { roles: ['reviewer'] },
      })
    expect((await put(administrator.id)).statusCode).toBe(403)
    expect((await put(person)).json()).toMatchObject({ roles: ['reviewer'] })
    const reveal = (body: object) => post(`/v1/people/${person}/reveal`, body, administrator.headers)
    expect((await reveal({ purpose: 'assess' })).statusCode).toBe(403)
    expect((await reveal({ purpose: 'integrity' })).json()).toEqual({
      name: 'Ada Example',
      contact: 'ada@example.org',
    })
    const refusals = (await app.inject({ url: '/v1/refusals', headers: administrator.headers })).json()
      .refusals
    expect(refusals[0]).toMatchObject({
      act: 'reveal-identity',
      because: 'purpose-not-for-role',
      by: administrator.id,
    })
    now += 3_600_001
    const fresh = await signIn(administrator)
    const old = { ...administrator, headers: { authorization: `Bearer ${fresh.json().token}` } }
    expect((await post(`/v1/people/${person}/weed`, undefined, old.headers)).statusCode).toBe(204)
    expect(await identityOf(desk, person)).toBeUndefined()
    expect(readdirSync(folder)).not.toContain(`${person}.key`)
    expect((await app.inject({ url: '/v1/session', headers: analyst.headers })).statusCode).toBe(401)
    const dump = await desk.database.query<{ text: string }>(
      `SELECT string_agg(event::text, ' ') || (SELECT string_agg(person::text, ' ') FROM person) AS text FROM event`,
    )
    expect(dump.rows[0]?.text).not.toMatch(/Ada|ada@example/)
  })

  test('have their names in no table and no event, and a sealed name opens for nobody else', async () => {
    const [one, other] = [await newcomer(['analyst']), await newcomer(['analyst'])]
    const sealed = await desk.keys.seal(one.id, 'identity', 'a name')
    await expect(desk.keys.open(other.id, 'identity', sealed)).rejects.toMatchObject({
      code: 'store.damaged',
    })
    await expect(desk.keys.open(one.id, 'totp', sealed)).rejects.toMatchObject({ code: 'store.damaged' })
    expect(await desk.keys.open(one.id, 'identity', sealed)).toBe('a name')
    expect(readFileSync(join(folder, `${one.id}.key`))).toHaveLength(32)
  })

  test('who are reset sign in by nothing that they had', async () => {
    const [administrator, who] = [await newcomer(['administrator']), await newcomer(['analyst'])]
    const anew = await post(`/v1/people/${who.id}/reset`, undefined, administrator.headers)
    expect((await app.inject({ url: '/v1/session', headers: who.headers })).statusCode).toBe(401)
    expect((await signIn(who)).statusCode).toBe(401)
    expect((await signIn(who, { code: who.recoveryCodes[0] })).statusCode).toBe(401)
    expect((await setUp(anew.json().token)).id).toBe(who.id)
    expect(
      (await post(`/v1/people/${administrator.id}/reset`, undefined, administrator.headers)).statusCode,
    ).toBe(403)
    now += 3_600_001
    const idle = await post(`/v1/people/${who.id}/reset`, undefined, administrator.headers)
    expect(idle.statusCode).toBe(401)
  })

  test('find the advice that they were given beside their next like act, and say that they read it', async () => {
    const [supervisor, analyst] = [await newcomer(['supervisor']), await newcomer(['analyst'])]
    const words = 'Do not follow links from the reported page.'
    const advice = { officer: 'DC 1234', acts: ['seal', 'view'], words }
    const { id } = (await post(`/v1/people/${analyst.id}/advice`, advice, supervisor.headers)).json()
    const seal = { by: analyst.id, act: 'seal', purpose: 'report', at: desk.now() } as const
    const grant = await pass(desk.database, seal, async (_tx, granted) => granted)
    expect(grant.advice).toMatchObject([{ id, words }])
    expect((await post(`/v1/advice/${id}/acknowledge`, undefined, supervisor.headers)).statusCode).toBe(404)
    expect((await post(`/v1/advice/${id}/acknowledge`, undefined, analyst.headers)).statusCode).toBe(204)
    const shown = await app.inject({ url: `/v1/people/${analyst.id}/records`, headers: supervisor.headers })
    expect(shown.json().advice).toMatchObject([{ id, acknowledgedAt: desk.now().toISOString() }])
    const other = await newcomer(['analyst'])
    expect(
      (await app.inject({ url: `/v1/people/${analyst.id}/records`, headers: other.headers })).statusCode,
    ).toBe(403)
    const events = await desk.database.query<{ body: string }>(
      `SELECT body::text FROM event WHERE kind LIKE 'advice.%'`,
    )
    expect(JSON.stringify(events.rows)).not.toContain('links')
  })
})

describe('a passkey', () => {
  test('is a whole sign-in, of its own challenge, origin and counter, once', async () => {
    const who = await newcomer(['analyst'])
    const device = new SoftAuthenticator('http://localhost')
    const options = (await post('/v1/passkeys/options', undefined, who.headers)).json()
    const add = (response: object) => post('/v1/passkeys', { label: 'key', response }, who.headers)
    expect((await add(device.register(options.challenge, 'http://evil.example'))).statusCode).toBe(401)
    const fresh = (await post('/v1/passkeys/options', undefined, who.headers)).json()
    expect((await add(device.register(fresh.challenge))).statusCode).toBe(204)
    expect((await add(device.register(fresh.challenge))).statusCode).toBe(401)
    const challenge = async () => (await post('/v1/sign-in/passkey/options', undefined)).json().challenge
    const shown = (response: object) => post('/v1/sign-in/passkey', { response, as: 'bearer' })
    const proof = device.authenticate(await challenge())
    const signedIn = await shown(proof)
    expect(signedIn.json()).toMatchObject({ person: who.id })
    expect((await shown(proof)).statusCode).toBe(401)
    expect((await shown(device.authenticate(await challenge(), 'http://evil.example'))).statusCode).toBe(401)
    expect((await shown(device.authenticate('AAAA'))).statusCode).toBe(401)
    device.counter = 0 // a copy of the key that was left behind
    expect((await shown(device.authenticate(await challenge()))).statusCode).toBe(401)
    const stranger = new SoftAuthenticator('http://localhost')
    expect((await shown(stranger.authenticate(await challenge()))).statusCode).toBe(401)
    const late = await challenge()
    now += 6 * 60_000
    device.counter = 10
    expect((await shown(device.authenticate(late))).statusCode).toBe(401)
  })
})

describe('a provider', () => {
  test('lets in whoever was invited by a link, and nobody else, and no answer twice', async () => {
    const { Provider } = await import('oidc-provider')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = {
      client_id: 'tutela',
      client_secret: 'a secret of the test',
      redirect_uris: ['http://localhost/v1/sign-in/oidc/return'],
    }
    const provider = new Provider(issuer, {
      clients: [{ ...client, grant_types: ['authorization_code'], response_types: ['code'] }],
      features: { devInteractions: { enabled: true } },
      findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    })
    server.on('request', provider.callback())
    const oidc = { issuer, clientId: client.client_id, clientSecret: client.client_secret }
    const joined: PeopleDesk = { ...desk, oidc, now: () => new Date() }
    const person = await someone(desk.database, ['analyst'])
    const { token } = await inviteAgain(joined, person.id, { actor: 'tutela', at: new Date() })

    const first = await beginOidc(joined, token)
    const back = await throughProvider(first.url, 'ada')
    await expect(finishOidc(joined, back, 'another state')).rejects.toMatchObject({ code: 'people.sign-in' })
    expect((await finishOidc(joined, back, first.state)).person).toBe(person.id)
    await expect(finishOidc(joined, back, first.state)).rejects.toMatchObject({ code: 'people.sign-in' })

    const again = await beginOidc(joined)
    expect((await finishOidc(joined, await throughProvider(again.url, 'ada'), again.state)).person).toBe(
      person.id,
    )
    const stranger = await beginOidc(joined)
    const strangers = await throughProvider(stranger.url, 'eve')
    await expect(finishOidc(joined, strangers, stranger.state)).rejects.toMatchObject({
      code: 'people.sign-in',
    })
    await expect(beginOidc(joined, token)).rejects.toMatchObject({ code: 'people.sign-in' })
  })
})

/** Goes through a provider's pages as a browser would. @returns the query that it comes back with */
async function throughProvider(start: string, login: string): Promise<string> {
  const jar = new Map<string, string>()
  const step = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const body = form && new URLSearchParams(form)
    const answer = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie },
      ...(body && { body }),
    })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      jar.set(name, value)
    }
    return answer
  }
  let url = start
  for (let steps = 0; steps < 12; steps++) {
    const answer = await step(url)
    const next = answer.headers.get('location')
    if (next !== null) {
      url = new URL(next, url).href
      if (url.startsWith('http://localhost/')) return new URL(url).search
      continue
    }
    const page = await answer.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? ''
    const action = /action="([^"]+)"/.exec(page)?.[1] ?? url
    const posted = await step(
      new URL(action, url).href,
      prompt === 'login' ? { prompt, login, password: 'x' } : { prompt },
    )
    url = new URL(posted.headers.get('location') ?? '', url).href
  }
  throw new Error('the provider never came back')
}
