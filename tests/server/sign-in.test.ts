/** Signing in over HTTP: by a code, by a passkey and through a provider, and what no trick opens. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { OidcAsked, PeopleDesk } from '#workflow/people/desk'
import { inviteAgain } from '#workflow/people/invite'
import { beginOidc, finishOidc } from '#workflow/people/oidc'
import { beginSetup } from '#workflow/people/setup'
import { signIn } from '#workflow/people/sign-in'
import { SoftAuthenticator } from '../support/authenticator.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { someone } from '../support/people.ts'
import { PASSWORD, PeopleServer } from '../support/people-server.ts'
import { clientsOf, openServer } from '../support/server.ts'

let service: PeopleServer
beforeAll(async () => {
  service = await PeopleServer.open()
})
afterAll(() => service.close())

describe('signing in', () => {
  test('takes a code once, also when it is sent many times at the same moment', async () => {
    const who = await service.newcomer(['analyst'])
    service.now += 60_000
    const asked = { name: who.name, password: PASSWORD, code: service.codeOf(who.secret), as: 'bearer' }
    const answers = await Promise.all([1, 2, 3, 4].map(() => service.post('/v1/sign-in', asked)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 401, 401, 401])
    expect((await service.post('/v1/sign-in', asked)).statusCode).toBe(401)
    service.now += 30_000
    expect((await service.post('/v1/sign-in', asked)).statusCode).toBe(401) // still in the window, and taken
  })

  test('lets in by a recovery code once', async () => {
    const who = await service.newcomer(['analyst'])
    const code = who.recoveryCodes[0]?.toUpperCase()
    expect((await service.signIn(who, { code })).statusCode).toBe(200)
    expect((await service.signIn(who, { code })).statusCode).toBe(401)
    expect(
      (await service.signIn(who, { code: who.recoveryCodes[1], password: 'not the password' })).statusCode,
    ).toBe(401)
    expect((await service.signIn(who, { code: who.recoveryCodes[1] })).statusCode).toBe(200)
  })

  test('makes whoever fails wait, says how long, and keeps to it', async () => {
    const who = await service.newcomer(['analyst'])
    for (let tries = 0; tries < 5; tries++)
      expect((await service.signIn(who, { password: 'wrong words here' })).statusCode).toBe(401)
    service.now -= 30_000
    const waits = await service.signIn(who)
    expect(waits.statusCode).toBe(429)
    const seconds = Number(waits.headers['retry-after'])
    expect(waits.json().detail).toContain(`${seconds} seconds`)
    expect(seconds).toBe(15)
    const code = who.recoveryCodes[0] ?? ''
    const here = { name: who.name, password: PASSWORD, code, address: 'local' }
    expect(await signIn(service.desk, here)).toMatchObject({ kind: 'signed-in' }) // nobody out there closes the machine
    service.now += (seconds - 1) * 1000 - 30_000
    expect((await service.signIn(who)).statusCode).toBe(429)
    service.now += 1000 - 30_000
    expect((await service.signIn(who)).statusCode).toBe(200)
    const nobody = await service.signIn(who, { name: 'nobody-at-all' })
    const wrong = await service.signIn(who, { password: 'wrong words here' })
    expect(nobody.json().detail).toBe(wrong.json().detail)
  })

  test('makes an address wait that tries many names', async () => {
    const who = await service.newcomer(['analyst'])
    const headers = { 'x-test': 'address' }
    const from = (remoteAddress: string, body: object) =>
      service.app.inject({ method: 'POST', url: '/v1/sign-in', headers, remoteAddress, payload: body })
    const asked = { password: 'wrong words here', code: '000000', as: 'bearer' }
    const statuses: number[] = []
    for (let tries = 0; tries < 21; tries++)
      statuses.push((await from('2001:db8::1', { ...asked, name: `guess-${tries}` })).statusCode)
    expect(statuses).toEqual([...Array(20).fill(401), 429])
    expect((await from('2001:db8::2', { ...asked, name: 'guess-x' })).statusCode).toBe(429)
    service.now += 30_000
    const right = { name: who.name, password: PASSWORD, code: service.codeOf(who.secret), as: 'bearer' }
    expect((await from('192.0.2.7', right)).statusCode).toBe(200)
  })

  test('forgets of an address no failure on other names by signing in with an account of one’s own', async () => {
    const who = await service.newcomer(['analyst'])
    const remoteAddress = '192.0.2.80'
    const from = (payload: object) =>
      service.app.inject({ method: 'POST', url: '/v1/sign-in', remoteAddress, payload })
    const guess = { password: 'wrong words here', code: '000000', as: 'bearer' }
    const own = () => {
      service.now += 30_000
      return { name: who.name, password: PASSWORD, code: service.codeOf(who.secret), as: 'bearer' }
    }
    for (let tries = 0; tries < 30; tries++) expect((await from(own())).statusCode).toBe(200) // none is a failure
    const statuses: number[] = []
    for (let tries = 0; tries < 20; tries++) {
      statuses.push((await from({ ...guess, name: `another-${tries}` })).statusCode)
      if (tries % 7 === 0) expect((await from(own())).statusCode).toBe(200)
    }
    expect(statuses).toEqual(Array(20).fill(401))
    expect((await from({ ...guess, name: 'another-last' })).statusCode).toBe(429)
  })

  test('counts the address that the nearest proxy saw, whatever is written further left', async () => {
    const { desk } = service
    const app = openServer({
      ...{ index: new LinearIndex([], []), clients: clientsOf(), database: desk.database },
      ...{ people: desk, now: desk.now, settings: { trustProxy: true } },
    })
    onTestFinished(() => void app.close())
    const statuses: number[] = []
    for (let tries = 0; tries < 21; tries++) {
      const headers = { 'x-forwarded-for': `198.51.100.${tries}, 192.0.2.90`, 'x-forwarded-proto': 'https' }
      const payload = { name: `far-${tries}`, password: 'wrong words', code: '000000', as: 'bearer' }
      statuses.push((await app.inject({ method: 'POST', url: '/v1/sign-in', headers, payload })).statusCode)
    }
    expect(statuses).toEqual([...Array(20).fill(401), 429])
  })
})

describe('a passkey', () => {
  test('is a whole sign-in, of its own challenge, origin and counter, once', async () => {
    const who = await service.newcomer(['analyst'])
    const device = new SoftAuthenticator('http://localhost')
    const options = (await service.post('/v1/passkeys/options', undefined, who.headers)).json()
    const add = (response: object) => service.post('/v1/passkeys', { label: 'key', response }, who.headers)
    expect((await add(device.register(options.challenge, 'http://evil.example'))).statusCode).toBe(401)
    const fresh = (await service.post('/v1/passkeys/options', undefined, who.headers)).json()
    expect((await add(device.register(fresh.challenge))).statusCode).toBe(204)
    expect((await add(device.register(fresh.challenge))).statusCode).toBe(401)
    const challenge = async () =>
      (await service.post('/v1/sign-in/passkey/options', undefined)).json().challenge
    const shown = (response: object) => service.post('/v1/sign-in/passkey', { response, as: 'bearer' })
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
    service.now += 6 * 60_000
    device.counter = 10
    expect((await shown(device.authenticate(late))).statusCode).toBe(401)
  })
})

test('a passkey is added after a recent sign-in, shown, and removed by its person or by an administrator', async () => {
  const who = await service.newcomer(['analyst'])
  const administrator = await service.newcomer(['administrator'])
  const call = (method: 'GET' | 'DELETE', url: string, headers: { authorization: string }) =>
    service.app.inject({ method, url, headers })
  const add = async (headers: { authorization: string }, device: SoftAuthenticator) => {
    const { challenge } = (await service.post('/v1/passkeys/options', undefined, headers)).json()
    return service.post('/v1/passkeys', { label: 'key', response: device.register(challenge) }, headers)
  }
  const signInBy = async (device: SoftAuthenticator) => {
    const { challenge } = (await service.post('/v1/sign-in/passkey/options', undefined)).json()
    const payload = { response: device.authenticate(challenge), as: 'bearer' }
    const remoteAddress = '192.0.2.100'
    return service.app.inject({ method: 'POST', url: '/v1/sign-in/passkey', remoteAddress, payload })
  }
  const [first, second] = [
    new SoftAuthenticator('http://localhost'),
    new SoftAuthenticator('http://localhost'),
  ]
  expect((await add(who.headers, first)).statusCode).toBe(204)
  expect((await add(administrator.headers, first)).statusCode).toBe(409) // another's key is nobody else's
  expect((await add(who.headers, second)).statusCode).toBe(204)
  const { passkeys } = (await call('GET', '/v1/passkeys', who.headers)).json()
  expect(passkeys).toHaveLength(2)
  const thief = { authorization: `Bearer ${(await signInBy(first)).json().token}` }
  expect((await call('DELETE', `/v1/passkeys/${passkeys[0].key}`, administrator.headers)).statusCode).toBe(
    404,
  )
  expect((await call('DELETE', `/v1/passkeys/${passkeys[0].key}`, who.headers)).statusCode).toBe(204)
  expect((await signInBy(first)).statusCode).toBe(401)
  expect((await call('GET', '/v1/session', thief)).statusCode).toBe(401)
  expect((await call('GET', '/v1/session', who.headers)).statusCode).toBe(200)
  for (const step of [20, 20, 21]) {
    service.now += step * 60_000
    await call('GET', '/v1/session', who.headers)
    await call('GET', '/v1/session', administrator.headers)
  }
  const stale = await service.post('/v1/passkeys/options', undefined, who.headers)
  expect(stale.json().detail).toContain('session-old')
  const of = `/v1/people/${who.id}/passkeys`
  expect((await call('DELETE', of, administrator.headers)).json().detail).toContain('session-old')
  const again = { authorization: `Bearer ${(await service.signIn(administrator)).json().token}` }
  expect((await call('DELETE', of, again)).statusCode).toBe(204)
  expect((await signInBy(second)).statusCode).toBe(401)
  expect((await call('GET', '/v1/session', who.headers)).statusCode).toBe(401)
})

describe('a provider', () => {
  test('lets in whoever was invited by a link, and nobody else, and no answer twice', async () => {
    const joined = await joinedDesk()
    const person = await someone(service.desk.database, ['analyst'])
    const { token } = await inviteAgain(joined, person.id, { actor: 'tutela', at: new Date() })

    const password = 'prepared by another'
    const asked = { token, name: 'whoever-saw-the-link', password }
    const { secret } = await beginSetup(joined, asked) // and never confirmed
    const first = await beginOidc(joined, 'local', token)
    const back = await throughProvider(first.url, 'ada')
    await expect(finishOidc(joined, back, 'another state')).rejects.toMatchObject({ code: 'people.sign-in' })
    expect((await finishOidc(joined, back, first.state)).person).toBe(person.id)
    await expect(finishOidc(joined, back, first.state)).rejects.toMatchObject({ code: 'people.sign-in' })

    const code = generateSync({ secret })
    expect(await signIn(joined, { name: asked.name, password, code, address: 'local' })).toEqual({
      kind: 'refused',
    })

    const again = await beginOidc(joined, 'local')
    expect((await finishOidc(joined, await throughProvider(again.url, 'ada'), again.state)).person).toBe(
      person.id,
    )
    const stranger = await beginOidc(joined, 'local')
    const strangers = await throughProvider(stranger.url, 'eve')
    await expect(finishOidc(joined, strangers, stranger.state)).rejects.toMatchObject({
      code: 'people.sign-in',
    })
    await expect(beginOidc(joined, 'local', token)).rejects.toMatchObject({ code: 'people.sign-in' })
  })

  test('lets nobody in who signed in there longer ago than is set', async () => {
    const joined = await joinedDesk()
    const late = { ...joined, now: () => new Date(Date.now() + 721 * 60_000 + 60_000) }
    const finished = async (desk: PeopleDesk) => {
      const { url, state } = await beginOidc(desk, 'local')
      return { url, done: finishOidc(desk, await throughProvider(url, 'carol'), state) }
    }
    const person = await someone(service.desk.database, ['analyst'])
    const { token } = await inviteAgain(joined, person.id, { actor: 'tutela', at: new Date() })
    const first = await beginOidc(joined, 'local', token)
    await finishOidc(joined, await throughProvider(first.url, 'carol'), first.state)
    const stale = await finished(late)
    expect(new URL(stale.url).searchParams.get('max_age')).toBe('43200')
    await expect(stale.done).rejects.toThrow('too old')
    const patient = await finished({ ...late, oidc: { ...joined.oidc, maxAgeMinutes: 1440 } })
    expect((await patient.done).person).toBe(person.id)
    const ahead = await finished({ ...joined, now: () => new Date(Date.now() - 3_600_000) })
    await expect(ahead.done).rejects.toThrow('too old') // it says of a sign-in that it is to come
  })

  test('joins one person to an account, also where two come at once', async () => {
    const joined = await joinedDesk()
    const coming = [1, 2, 3].map(async () => {
      const { id } = await someone(service.desk.database, ['analyst'])
      const { token } = await inviteAgain(joined, id, { actor: 'tutela', at: new Date() })
      const { url, state } = await beginOidc(joined, 'local', token)
      return { back: await throughProvider(url, 'dan'), state }
    })
    const came = await Promise.all(coming)
    const ended = await Promise.allSettled(came.map(({ back, state }) => finishOidc(joined, back, state)))
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
  })
})

/** A desk whose people sign in by a provider of the test, by the clock of this machine. */
async function joinedDesk(): Promise<PeopleDesk & { readonly oidc: OidcAsked }> {
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
  return { ...service.desk, oidc, now: () => new Date() }
}

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
