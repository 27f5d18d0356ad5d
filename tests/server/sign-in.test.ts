import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { signIn } from '#workflow/people/sign-in'
import { SoftAuthenticator } from '../support/authenticator.ts'
import { LinearIndex } from '../support/linear-index.ts'
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
  const [first, second] = [
    new SoftAuthenticator('http://localhost'),
    new SoftAuthenticator('http://localhost'),
  ]
  const call = (method: 'GET' | 'DELETE', url: string, headers: { authorization: string }) =>
    service.app.inject({ method, url, headers })
  const add = async (headers: { authorization: string }, device: SoftAuthenticator) => {
    const { challenge } = (await service.post('/v1/passkeys/options', undefined, headers)).json()
    const label = device === first ? 'first' : 'second'
    return service.post('/v1/passkeys', { label, response: device.register(challenge) }, headers)
  }
  const signInBy = async (device: SoftAuthenticator) => {
    const { challenge } = (await service.post('/v1/sign-in/passkey/options', undefined)).json()
    const payload = { response: device.authenticate(challenge), as: 'bearer' }
    const remoteAddress = '192.0.2.100'
    return service.app.inject({ method: 'POST', url: '/v1/sign-in/passkey', remoteAddress, payload })
  }
  expect((await add(who.headers, first)).statusCode).toBe(204)
  expect((await add(administrator.headers, first)).statusCode).toBe(409) // another's key is nobody else's
  expect((await add(who.headers, second)).statusCode).toBe(204)
  const { passkeys } = (await call('GET', '/v1/passkeys', who.headers)).json()
  expect(passkeys).toHaveLength(2)
  const { key } = passkeys.find(({ label }: { label: string }) => label === 'first')
  const thief = { authorization: `Bearer ${(await signInBy(first)).json().token}` }
  expect((await call('DELETE', `/v1/passkeys/${key}`, administrator.headers)).statusCode).toBe(404)
  expect((await call('DELETE', `/v1/passkeys/${key}`, who.headers)).statusCode).toBe(204)
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
