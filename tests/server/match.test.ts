/** Match over HTTP: what is answered to whom, by hashes. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { LinearIndex } from '../support/linear-index.ts'
import { bearer, clientsOf, openServer } from '../support/server.ts'

const PDQ = '3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f'
const NEAR = `0${PDQ.slice(1)}`
const FAR = 'f'.repeat(64)
const MD5 = '0123456789abcdef0123456789abcdef'

const clients = clientsOf(
  { name: 'desk', scopes: ['match', 'detail'] },
  { name: 'gate', scopes: ['match'] },
  { name: 'keeper', scopes: ['curate'] },
  { name: 'bound', scopes: ['match', 'detail'], lists: [{ name: 'hotline' }, { name: 'police' }] },
)
const index = new LinearIndex([], [])
let app: FastifyInstance
beforeAll(() => {
  app = openServer({ index, clients })
})
afterAll(() => app.close())
beforeEach(() => keep([{ id: 1, name: 'hotline' }], [{ list: 1, pdq: PDQ, categories: { own: ['A'] } }]))

let number = 0
/** Has the register hold these lists and entries. */
function keep(lists: LinearIndex['stated'], entries: LinearIndex['entries']): void {
  number += 1
  index.state = { kind: 'ready', number }
  index.stated.splice(0, Number.POSITIVE_INFINITY, ...lists)
  index.entries.splice(0, Number.POSITIVE_INFINITY, ...entries)
}

test('a picture that looks alike is a match, with its entry and distance for whoever may see them', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/match',
    headers: bearer('desk'),
    payload: { reference: 'upload-7', pdq: [{ hash: NEAR.toUpperCase(), quality: 90 }] },
  })
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toEqual({
    reference: 'upload-7',
    verdict: 'match',
    decision: 'hold',
    checked: [{ basis: 'pdq', orientations: ['orig'], regions: ['whole'], frames: 1 }],
    matches: [
      {
        list: 'hotline',
        entry: 1,
        trust: 'confirmed',
        categories: { own: ['A'] },
        basis: 'pdq',
        distance: 2,
        orientation: 'orig',
        region: 'whole',
        frame: 0,
      },
    ],
    more: false,
  })
})

test('without the scope for it nothing of lists, entries or distances is answered', async () => {
  const ask = (hash: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/match',
      headers: bearer('gate'),
      payload: { pdq: [{ hash, quality: 90 }] },
    })
  const checked = [{ basis: 'pdq', orientations: ['orig'], regions: ['whole'], frames: 1 }]
  expect((await ask(NEAR)).json()).toEqual({ verdict: 'match', decision: 'hold', checked })
  const none = (await ask(FAR)).json()
  expect(none).toMatchObject({ verdict: 'none', decision: 'allow', checked })
  expect(none.noneMeans).toContain('one list, last changed from 2026-03-01')
  expect(none.noneMeans).not.toContain('hotline')
})

test('digests alone are unknown where the list has pictures that are found by PDQ only', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/match',
    headers: bearer('gate'),
    payload: { digests: { md5: MD5 } },
  })
  expect(answer.json()).toEqual({ verdict: 'unknown', because: 'not-given', decision: 'hold', checked: [] })
})

test('a batch is answered in its order', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/match/batch',
    headers: bearer('gate'),
    payload: {
      items: [
        { pdq: [{ hash: FAR, quality: 90 }] },
        { reference: 'b', pdq: [{ hash: NEAR, quality: 90 }] },
        { pdq: [{ hash: NEAR, quality: 49 }] },
      ],
    },
  })
  const { items, noneMeans } = answer.json()
  expect(items.map((item: { verdict: string }) => item.verdict)).toEqual(['none', 'match', 'unknown'])
  expect(items[1].reference).toBe('b')
  expect(items[2]).toMatchObject({ because: 'plain', checked: [] })
  expect(noneMeans).toContain('None means')
})

test('while the index is built the gate says so and when to ask again, never none', async () => {
  index.state = { kind: 'building' }
  for (const [url, payload] of [
    ['/v1/match', { pdq: [{ hash: FAR, quality: 90 }] }],
    ['/v1/match/batch', { items: [{ pdq: [{ hash: FAR, quality: 90 }] }] }],
  ] as const) {
    const answer = await app.inject({ method: 'POST', url, headers: bearer('gate'), payload })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.json()).toMatchObject({ type: 'urn:tutela:fault:index.not-ready', status: 503 })
  }
})

test('a client without any list that could alert is told unknown', async () => {
  keep([{ id: 1, name: 'police', uses: ['scan'] }], [{ list: 1, pdq: FAR }])
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/match',
    headers: bearer('gate'),
    payload: { pdq: [{ hash: FAR, quality: 90 }] },
  })
  expect(answer.json()).toMatchObject({ verdict: 'unknown', because: 'no-list', decision: 'hold' })
})

test('where nothing that the lists hold can be looked up, nothing is said to be none', async () => {
  keep([{ id: 1, name: 'hotline' }], [{ list: 1, photodna: '1,2,3' }])
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/match',
    headers: bearer('gate'),
    payload: { digests: { md5: MD5 }, pdq: [{ hash: FAR, quality: 90 }] },
  })
  expect(answer.json()).toMatchObject({ verdict: 'unknown', because: 'no-list', decision: 'hold' })
})

test('a key that is bound to a list that is not there is never told none, and still told of matches', async () => {
  const ask = async (hash: string, quality = 90) => {
    const payload = { pdq: [{ hash, quality }] }
    const answer = await app.inject({ method: 'POST', url: '/v1/match', headers: bearer('bound'), payload })
    return answer.json()
  }
  expect(await ask(FAR)).toMatchObject({ verdict: 'unknown', because: 'no-list', decision: 'hold' })
  expect(await ask(FAR, 3)).toMatchObject({ verdict: 'unknown', because: 'no-list' })
  expect(await ask(NEAR)).toMatchObject({ verdict: 'match', matches: [{ list: 'hotline' }] })
  keep(
    [
      { id: 1, name: 'hotline' },
      { id: 2, name: 'police' },
    ],
    [{ list: 1, pdq: PDQ }],
  )
  expect(await ask(FAR)).toMatchObject({ verdict: 'none', decision: 'allow' })
})

test('a list that is switched off, or not for the gate any more, is missed by the keys bound to it and by no other', async () => {
  const ask = async (who: string) => {
    const payload = { pdq: [{ hash: FAR, quality: 90 }] }
    return (await app.inject({ method: 'POST', url: '/v1/match', headers: bearer(who), payload })).json()
  }
  for (const lost of [{ enabledRatio: 0 }, { uses: ['scan'] as const }]) {
    const police = { id: 2, name: 'police', ...lost }
    keep([{ id: 1, name: 'hotline' }, police], [{ list: 1, pdq: PDQ }])
    expect(await ask('bound')).toMatchObject({ verdict: 'unknown', because: 'no-list', decision: 'hold' })
    const none = await ask('desk')
    expect(none).toMatchObject({ verdict: 'none', decision: 'allow' })
    expect(none.noneMeans).toContain('hotline')
    expect(none.noneMeans).not.toContain('police')
  }
})

test('who sends no known key, or one without the scope, is not answered', async () => {
  const payload = { pdq: [{ hash: PDQ, quality: 90 }] }
  const ask = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/v1/match', headers, payload })
  for (const headers of [
    {},
    { authorization: 'Bearer tut_nobody' },
    { authorization: 'Basic dDp0' },
  ] as Record<string, string>[]) {
    const answer = await ask(headers)
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="tutela"')
    expect(answer.json()).toMatchObject({ type: 'urn:tutela:fault:request.unauthenticated' })
  }
  expect((await ask(bearer('keeper'))).statusCode).toBe(403)
})
