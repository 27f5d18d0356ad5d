/** Provider: an organisation's own sign-in, for whoever was invited and nobody else. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { OidcAsked, PeopleDesk } from '#workflow/people/desk'
import { inviteAgain } from '#workflow/people/invite'
import { beginOidc, finishOidc } from '#workflow/people/oidc'
import { beginSetup } from '#workflow/people/setup'
import { signIn } from '#workflow/people/sign-in'
import { someone } from '../support/people.ts'
import { PeopleServer } from '../support/people-server.ts'

let service: PeopleServer
beforeAll(async () => {
  service = await PeopleServer.open()
})
afterAll(() => service.close())

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
