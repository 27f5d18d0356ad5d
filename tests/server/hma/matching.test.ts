/** Matching over the HMA interface: look-ups, sampling, comparison, and what is refused. */
import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judge } from '#store/judgements'
import { createList, listNamed } from '#store/lists'
import { applySteps } from '#store/steps'
import { Fault } from '#terms/fault'
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type { EntryPut } from '#terms/register'
import { compareSignals, parseSignal } from '#workflow/hma/signals'
import { type HmaService, hmaService, NOW } from '../../support/hma.ts'
import { bearer, clientsOf, serverFor } from '../../support/server.ts'

const PDQ = '3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f'
const SHA256 = 'ab'.repeat(32)
const signed = { actor: 'operator:test', at: NOW } as const
const TERMS = { kind: 'alert', publisher: 'Hotline', terms: '', uses: ['gate'], trust: 'confirmed' } as const

/** Puts entries into a list that somebody else publishes. */
async function publish(
  { database }: HmaService,
  name: string,
  entries: readonly EntryPut[],
  terms: Partial<Parameters<typeof createList>[2]> = {},
) {
  await database.transaction((tx) => createList(tx, name, { ...TERMS, ...terms }, signed))
  const steps = entries.map((entry) => ({ kind: 'put', entry }) as const)
  await applySteps(database, name, [steps], { kind: 'import', signed })
  return listNamed(database, name)
}

function hashes(given: { pdq?: string; sha256?: string; md5?: string }): EntryPut {
  const pdq = pdqHash(given.pdq ?? '')
  const digest = sha256(given.sha256 ?? '')
  const short = md5(given.md5 ?? '')
  return { ...(pdq && { pdq }), ...(digest && { sha256: digest }), ...(short && { md5: short }) }
}

test('every list that may be used at the gate answers, by its own name, and no other', async () => {
  const hma = await hmaService()
  const unknown = await hma.ask({ method: 'GET', url: `/m/lookup?signal_type=pdq&signal=${PDQ}` }, 'bound')
  expect([unknown.statusCode, Object.keys(unknown.json())]).toEqual([403, ['message']])
  await publish(hma, 'hotline', [hashes({ pdq: PDQ })])
  await publish(hma, 'police.only', [hashes({ pdq: PDQ })], { uses: ['scan'] })
  await publish(hma, 'BANK_B', [hashes({ pdq: PDQ })])
  const lookup = `/m/lookup?signal_type=pdq&signal=${PDQ}`
  const matched = async (url: string, key?: string) =>
    Object.keys((await hma.ask({ method: 'GET', url }, key)).json())
  expect(await matched(lookup)).toEqual(['hotline', 'BANK_B'])
  expect(await matched(lookup, 'bound')).toEqual(['BANK_B'])
  expect(await matched(`${lookup}&banks=hotline,NOWHERE`)).toEqual(['hotline'])
  expect(await matched(`${lookup}&banks=NOWHERE`)).toEqual([])
})

test('a file that a list has by SHA-1 alone is found, once', async () => {
  const hma = await hmaService()
  const file = Buffer.from('a generated file')
  const digest = (kind: string) => hash(kind, file)
  const entry = hashes({ md5: digest('md5') })
  const weak = sha1(digest('sha1'))
  if (!weak) throw new Error('no digest')
  await publish(hma, 'hotline', [
    { key: 'a', sha1: weak },
    { key: 'b', ...entry, sha1: weak },
  ])
  const head = '--b\r\nContent-Disposition: form-data; name="video"; filename="v"\r\n\r\n'
  const answer = await hma.ask({
    method: 'POST',
    url: '/m/lookup',
    payload: `${head}${file}\r\n--b--\r\n`,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
  const { video_md5: found } = answer.json()
  expect(found.hotline.map((one: { bank_content_id: number }) => one.bank_content_id).length).toBe(2)
})

test('a key that is bound to a list that is not there is refused rather than told of no match', async () => {
  const hma = await hmaService()
  const clients = clientsOf({
    name: 'two',
    scopes: ['match', 'detail'],
    lists: [{ name: 'hotline' }, { name: 'police' }],
  })
  const app = serverFor({ index: hma.index, database: hma.database, clients, now: () => NOW })
  await publish(hma, 'hotline', [hashes({ pdq: PDQ })])
  const ask = async (signal: string) => {
    await hma.index.catchUp()
    const url = `/m/lookup?signal_type=pdq&signal=${signal}`
    return app.inject({ url, headers: bearer('two') })
  }
  expect((await ask('f'.repeat(64))).statusCode).toBe(403)
  expect(Object.keys((await ask(PDQ)).json())).toEqual(['hotline'])
  await publish(hma, 'police', [])
  expect((await ask('f'.repeat(64))).json()).toEqual({})
})

test('a raw look-up gives numbers, or distances as texts', async () => {
  const hma = await hmaService()
  await publish(hma, 'hotline', [hashes({ pdq: PDQ }), hashes({ pdq: `0${PDQ.slice(1)}` })])
  const raw = async (query: string) => (await hma.get(`/m/raw_lookup?${query}`)).json()
  const { matches } = await raw(`signal_type=pdq&signal=${PDQ}&include_distance=true`)
  expect(matches.map(({ distance }: { distance: string }) => distance)).toEqual(['0', '2'])
  expect(await raw(`signal_type=pdq&signal=${PDQ}`)).toEqual({
    matches: matches.map((match: { bank_content_id: number }) => match.bank_content_id),
  })
  expect(await raw(`signal_type=pdq&signal=${PDQ}&banks=NOWHERE`)).toEqual({ matches: [] })
  expect(await raw(`signal_type=pdq&signal=${'f'.repeat(64)}`)).toEqual({ matches: [] })
})

test('a bank takes part by its share, the same for the same seed, and always where the draw is passed over', async () => {
  const hma = await hmaService()
  await hma.send('POST', '/c/banks', { name: 'BANK_A', enabled_ratio: 0.5 })
  await hma.send('POST', '/c/bank/BANK_A/signal', { pdq: PDQ })
  const isFound = async (seed: number) => {
    const url = `/m/lookup?signal_type=pdq&signal=${PDQ}&seed=${seed}`
    return 'BANK_A' in (await hma.app.inject({ url, headers: { authorization: 'Bearer tut_asker' } })).json()
  }
  await hma.index.catchUp()
  const first = await Promise.all(Array.from({ length: 200 }, (_, seed) => isFound(seed)))
  const again = await Promise.all(Array.from({ length: 200 }, (_, seed) => isFound(seed)))
  expect(again).toEqual(first)
  const share = first.filter(Boolean).length / first.length
  expect(share).toBeGreaterThan(0.3)
  expect(share).toBeLessThan(0.7)
  await hma.send('PUT', '/c/bank/BANK_A', { enabled: false })
  expect(await isFound(1)).toBe(false)
  const raw = `/m/raw_lookup?signal_type=pdq&signal=${PDQ}`
  expect((await hma.get(raw)).json().matches).toHaveLength(1)
})

test('entries that are judged or published as false positives do not match, and a known-good file matches nothing', async () => {
  const hma = await hmaService()
  const list = await publish(hma, 'hotline', [
    hashes({ pdq: PDQ }),
    { ...hashes({ pdq: `0${PDQ.slice(1)}` }), trust: 'false-positive' },
    hashes({ sha256: SHA256 }),
  ])
  const lookup = async (type: string, signal: string) =>
    (await hma.get(`/m/lookup?signal_type=${type}&signal=${signal}`)).json()
  const found = (await lookup('pdq', PDQ)).hotline
  expect(found).toEqual([{ bank_content_id: expect.any(Number), distance: '0' }])
  const entry = found[0].bank_content_id
  await hma.database.transaction((tx) =>
    judge(tx, entry, { trust: 'false-positive', because: 'a cat' }, signed),
  )
  expect(await lookup('pdq', PDQ)).toEqual({})
  expect((await hma.get(`/m/raw_lookup?signal_type=pdq&signal=${PDQ}`)).json()).toEqual({ matches: [] })
  expect(Object.keys(await lookup('video_sha256', SHA256))).toEqual([list.name])
  await publish(hma, 'harmless', [hashes({ sha256: SHA256 })], { kind: 'known-good' })
  expect(await lookup('video_sha256', SHA256)).toEqual({})
})

test('what cannot be looked up is refused', async () => {
  const hma = await hmaService()
  const refused = async (url: string) => {
    const answer = await hma.get(url)
    return [answer.statusCode, answer.json().message]
  }
  expect(await refused(`/m/lookup?signal_type=nonsense&signal=${PDQ}`)).toEqual([
    400,
    "No such SignalType 'nonsense'",
  ])
  expect(await refused(`/m/raw_lookup?signal_type=vpdq&signal=${PDQ}`)).toEqual([
    400,
    "SignalType 'vpdq' is not enabled",
  ])
  expect(await refused(`/m/raw_lookup?signal_type=pdq&signal=${PDQ.toUpperCase()}`)).toEqual([
    400,
    'invalid signal: a PDQ hash is 64 lower-case hexadecimal digits',
  ])
  expect(await refused(`/m/lookup?signal=${PDQ}`)).toEqual([
    400,
    'Either url or both signal and signal_type are required',
  ])
  expect(await refused('/m/lookup')).toMatchObject([400, expect.any(String)])
  expect(await refused('/m/raw_lookup?signal_type=pdq')).toEqual([400, 'signal is required'])
  expect(await refused('/m/lookup?url=https://example.org/a.jpg')).toMatchObject([403, expect.any(String)])
  expect(await refused('/h/hash')).toEqual([400, 'url is required'])
  expect(await refused('/h/hash?url=https://example.org/a.jpg')).toMatchObject([403, expect.any(String)])
  hma.index.catchUp = async () => {}
  hma.index.state = { kind: 'building' }
  const later = await hma.get(`/m/lookup?signal_type=pdq&signal=${PDQ}`)
  expect([later.statusCode, later.json()]).toEqual([503, { message: 'index not yet ready' }])
  expect(later.headers['retry-after']).toBeDefined()
})

test('look-ups go on while the database is away', async () => {
  let seconds = 0
  const hma = await hmaService({}, { now: () => new Date(NOW.getTime() + seconds * 1000) })
  await publish(hma, 'hotline', [hashes({ pdq: PDQ })])
  const url = `/m/lookup?signal_type=pdq&signal=${PDQ}`
  const before = (await hma.get(url)).json()
  hma.database.query = async () => {
    throw new Fault('store.unreachable', 'away')
  }
  seconds = 60
  const answer = await hma.app.inject({ url, headers: { authorization: 'Bearer tut_asker' } })
  expect([answer.statusCode, answer.json()]).toEqual([200, before])
  expect(Object.keys(before)).toEqual(['hotline'])
  const banks = await hma.app.inject({ url: '/c/banks', headers: { authorization: 'Bearer tut_keeper' } })
  expect([banks.statusCode, Object.keys(banks.json())]).toEqual([503, ['message']])
})

test('signals are compared: the published vector, and digests without a distance', async () => {
  const hma = await hmaService()
  const compare = async (body: unknown) => {
    const answer = await hma.ask({
      ...{ method: 'POST', url: '/m/compare', payload: JSON.stringify(body) },
      headers: { 'content-type': 'application/json' },
    })
    return answer.statusCode === 200 ? answer.json() : answer.statusCode
  }
  const a = 'facd8bcb2a49bcebdec1985298d5fe84bcd006c187c598c720c3c087b3fdb318'
  const b = 'facd8bcb2a49bcebdec1985228d5ae84bcd006c187c598c720c2b087b3fdb318'
  expect(await compare({ pdq: [a, b] })).toEqual({ pdq: [true, { distance: 9 }] })
  expect(await compare({ pdq: [a, 'f'.repeat(64)], video_sha256: [SHA256, SHA256.toUpperCase()] })).toEqual({
    pdq: [false, { distance: expect.any(Number) }],
    video_sha256: [true, {}],
  })
  const bad = [[], 'text', { pdq: a }, { pdq: [a] }, { pdq: [a, b, a] }, { pdq: [a, 7] }, { pdq: [a, 'x'] }]
  for (const body of [...bad, { vpdq: [a, b] }, { nonsense: [a, b] }]) expect(await compare(body)).toBe(400)
})

test('a signal is read whatever is sent, and compares with itself as the same', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const kinds = (['pdq', 'video_md5', 'video_sha256'] as const).map(
        (type) => parseSignal(type, text).kind,
      )
      expect(kinds.every((kind) => kind === 'signal' || kind === 'invalid')).toBe(true)
    }),
  )
  const hex = fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
  fc.assert(
    fc.property(hex, hex, (a, b) => {
      expect(compareSignals('pdq', a, a)).toEqual([true, { distance: 0 }])
      expect(compareSignals('pdq', a, b)).toEqual(compareSignals('pdq', b, a))
    }),
  )
})
