/** Curation over the HMA interface: banks made, renamed and removed; contents added, switched off and on, and taken out. */
import { expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { changesOf } from '#store/changes'
import { createList, listNamed } from '#store/lists'
import { hmaService, NOW } from '../../support/hma.ts'

const CREATED = { name: 'BANK_A', matching_enabled_ratio: 1 }

test('a bank is made, shown and listed, and is a list of the register', async () => {
  const hma = await hmaService()
  const made = await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  expect([made.statusCode, made.json()]).toEqual([201, CREATED])
  expect((await hma.get('/c/bank/BANK_A')).json()).toEqual(CREATED)
  expect((await hma.get('/c/banks')).json()).toEqual([CREATED])
  expect(await listNamed(hma.database, 'BANK_A')).toMatchObject({
    kind: 'alert',
    publisher: 'HMA client',
    uses: ['gate', 'scan'],
    trust: 'reported',
  })
})

test('the share is taken as a number or a text, and wins over enabled', async () => {
  const hma = await hmaService()
  const make = async (name: string, body: object) =>
    (await hma.send('POST', '/c/banks', { name, ...body })).json()
  expect(await make('BANK_A', { enabled_ratio: '1' })).toEqual(CREATED)
  expect(await make('BANK_B', { enabled_ratio: '0.25', enabled: true })).toMatchObject({
    matching_enabled_ratio: 0.25,
  })
  expect(await make('BANK_C', { enabled: false })).toMatchObject({ matching_enabled_ratio: 0 })
  expect(await make('BANK_D', { enabled: 'true' })).toMatchObject({ matching_enabled_ratio: 1 })
})

test('a bank that cannot be made is refused with one message', async () => {
  const hma = await hmaService()
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  const refused = async (body: object) => {
    const answer = await hma.send('POST', '/c/banks', body)
    expect(Object.keys(answer.json())).toEqual(['message'])
    return answer.statusCode
  }
  expect(await refused({ name: 'BANK_A' })).toBe(403)
  expect((await hma.send('POST', '/c/banks', { name: 'BANK_A' })).json()).toEqual({
    message: 'Bank already exists',
  })
  expect(await refused({ name: 'bank' })).toBe(400)
  expect(await refused({ name: '1BANK' })).toBe(400)
  expect(await refused({ name: 7 })).toBe(400)
  expect(await refused({})).toBe(400)
  expect(await refused([])).toBe(400)
  expect(await refused({ name: 'BANK_X', enabled_ratio: '1.5' })).toBe(400)
  expect(await refused({ name: 'BANK_X', enabled_ratio: 'much' })).toBe(400)
})

test('a bank is renamed and its share set, by one change each', async () => {
  const hma = await hmaService()
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  await hma.send('POST', '/c/banks', { name: 'BANK_B' })
  const change = async (name: string, body: object) => {
    const answer = await hma.send('PUT', `/c/bank/${name}`, body)
    return [answer.statusCode, answer.json()]
  }
  expect(await change('BANK_A', { enabled_ratio: 0.5 })).toEqual([
    200,
    { name: 'BANK_A', matching_enabled_ratio: 0.5 },
  ])
  expect(await change('BANK_A', { name: 'BANK_C', enabled: true })).toEqual([
    200,
    { name: 'BANK_C', matching_enabled_ratio: 1 },
  ])
  expect(await change('BANK_C', { name: 'BANK_B' })).toEqual([403, { message: 'Bank name already exists' }])
  expect(await change('BANK_C', { name: 'no' })).toMatchObject([400, {}])
  expect(await change('BANK_A', { enabled: false })).toEqual([404, { message: "bank 'BANK_A' not found" }])
  const { id } = await listNamed(hma.database, 'BANK_C')
  const events = await eventsOf(hma.database, `list:${id}`)
  expect(events.map(({ kind, actor }) => [kind, actor])).toEqual(
    Array.from({ length: 4 }, () => ['list.changed', 'client:keeper']),
  )
})

test('removing a bank is done, also when there is none', async () => {
  const hma = await hmaService()
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  for (const _ of ['there', 'gone']) {
    const removed = await hma.send('DELETE', '/c/bank/BANK_A')
    expect([removed.statusCode, removed.json()]).toEqual([200, { message: 'Done' }])
  }
  expect((await hma.get('/c/bank/BANK_A')).statusCode).toBe(404)
  expect((await hma.get('/c/banks')).json()).toEqual([])
})

test("another publisher's list is a bank that is looked at and sampled, but not filled, renamed or removed", async () => {
  const hma = await hmaService()
  const terms = {
    kind: 'alert',
    publisher: 'Hotline',
    terms: '',
    uses: ['gate'],
    trust: 'confirmed',
  } as const
  const signed = { actor: 'operator:test', at: NOW } as const
  await hma.database.transaction((tx) => createList(tx, 'hotline', terms, signed))
  await hma.database.transaction((tx) => createList(tx, 'harmless', { ...terms, kind: 'known-good' }, signed))
  expect((await hma.get('/c/banks')).json()).toEqual([{ name: 'hotline', matching_enabled_ratio: 1 }])
  expect((await hma.get('/c/bank/harmless')).statusCode).toBe(404)
  const statusOf = async (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: object) =>
    (await hma.send(method, url, body)).statusCode
  expect(await statusOf('PUT', '/c/bank/hotline', { enabled_ratio: 0.5 })).toBe(200)
  expect(await statusOf('PUT', '/c/bank/hotline', { name: 'HOTLINE' })).toBe(403)
  expect(await statusOf('POST', '/c/bank/hotline/signal', { pdq: '0'.repeat(64) })).toBe(403)
  expect(await statusOf('DELETE', '/c/bank/hotline')).toBe(403)
  expect((await listNamed(hma.database, 'hotline')).enabledRatio).toBe(0.5)
})

test('a key that is bound to lists sees and makes no other bank', async () => {
  const hma = await hmaService()
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  await hma.send('POST', '/c/banks', { name: 'BANK_B' })
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    hma.ask({ method, url, ...(payload && { payload }) }, 'bound')
  expect((await ask('GET', '/c/banks')).json()).toEqual([{ name: 'BANK_B', matching_enabled_ratio: 1 }])
  expect((await ask('GET', '/c/bank/BANK_A')).statusCode).toBe(404)
  expect((await ask('POST', '/c/banks', { name: 'BANK_C' })).statusCode).toBe(403)
  expect((await ask('DELETE', '/c/bank/BANK_A')).json()).toEqual({ message: 'Done' })
  expect((await hma.get('/c/bank/BANK_A')).statusCode).toBe(200)
})

const PDQ = '3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f'
const NEAR = `0${PDQ.slice(1)}`
const MD5 = '0123456789abcdef0123456789abcdef'
const SHA256 = 'ab'.repeat(32)
const LOOKUP = `/m/lookup?signal_type=pdq&signal=${NEAR}`

async function withBank(name = 'BANK_A') {
  const hma = await hmaService()
  await hma.send('POST', '/c/banks', { name })
  const add = async (body: object, bank = name): Promise<number> =>
    (await hma.send('POST', `/c/bank/${bank}/signal`, body)).json().id
  return { ...hma, add }
}

test('signals are added, answered back, and found at once', async () => {
  const hma = await withBank()
  const added = await hma.send('POST', '/c/bank/BANK_A/signal', {
    pdq: PDQ,
    video_md5: ` ${MD5.toUpperCase()} `,
    video_sha256: SHA256,
    note: 'seen twice',
  })
  const { id } = added.json()
  const signals = { pdq: PDQ, video_md5: MD5, video_sha256: SHA256 }
  expect([added.statusCode, added.json()]).toEqual([200, { id: expect.any(Number), signals }])
  expect((await hma.get(`/c/bank/BANK_A/content/${id}?include_signals=true`)).json()).toEqual({
    id,
    disable_until_ts: 1,
    original_media_uri: null,
    bank: { name: 'BANK_A', matching_enabled_ratio: 1 },
    signals,
    note: 'seen twice',
  })
  expect((await hma.get(LOOKUP)).json()).toEqual({ BANK_A: [{ bank_content_id: id, distance: '2' }] })
  for (const [type, signal] of Object.entries({ video_md5: MD5, video_sha256: SHA256 }))
    expect((await hma.get(`/m/lookup?signal_type=${type}&signal=${signal}`)).json()).toEqual({
      BANK_A: [{ bank_content_id: id, distance: '-' }],
    })
})

test('numbers grow across banks, and what is added twice has two', async () => {
  const hma = await withBank()
  await hma.send('POST', '/c/banks', { name: 'BANK_B' })
  const first = await hma.add({ pdq: PDQ })
  const second = await hma.add({ pdq: PDQ })
  const third = await hma.add({ pdq: PDQ }, 'BANK_B')
  expect(second).toBeGreaterThan(first)
  expect(third).toBeGreaterThan(second)
  expect((await hma.send('DELETE', `/c/bank/BANK_A/content/${first}`)).json()).toEqual({ deleted: 1 })
  expect((await hma.get(`/m/raw_lookup?signal_type=pdq&signal=${PDQ}`)).json()).toEqual({
    matches: [second, third],
  })
})

test('signals that are none are refused, and nothing is kept of them', async () => {
  const hma = await withBank()
  const refused = async (body: object) => {
    const { statusCode, json } = await hma.send('POST', '/c/bank/BANK_A/signal', body)
    return [statusCode, Object.keys(json())]
  }
  const bad = [
    { pdq: PDQ.toUpperCase() },
    { pdq: ` ${PDQ}` },
    { pdq: '' },
    { pdq: PDQ, video_md5: 'no' },
    { video_md5: 7 },
    { vpdq: '[]' },
    { nonsense: 'x' },
    {},
    [],
    { video_md5: 'd41d8cd98f00b204e9800998ecf8427e' },
    { pdq: PDQ, note: 'n'.repeat(256) },
    { pdq: PDQ, note: 7 },
  ]
  for (const body of bad) expect(await refused(body)).toEqual([400, ['message']])
  expect((await hma.get(LOOKUP)).json()).toEqual({})
  const list = await listNamed(hma.database, 'BANK_A')
  expect(list.entries).toBe(0)
  expect(await changesOf(hma.database, list.id, 10)).toHaveLength(1)
  expect((await hma.send('POST', '/c/bank/NOWHERE/signal', { pdq: PDQ })).statusCode).toBe(404)
})

test('a content is switched off for good, until a time, and on again', async () => {
  const hma = await withBank()
  const id = await hma.add({ pdq: PDQ })
  const seconds = NOW.getTime() / 1000
  const set = async (ts: unknown) => {
    const answer = await hma.send('PUT', `/c/bank/BANK_A/content/${id}`, { disable_until_ts: ts })
    return answer.statusCode === 200 ? answer.json().disable_until_ts : answer.statusCode
  }
  const isFound = async () => Object.keys((await hma.get(LOOKUP)).json()).length === 1
  expect([await set(0), await isFound()]).toEqual([0, false])
  expect([await set(1), await isFound()]).toEqual([1, true])
  expect([await set(seconds + 60), await isFound()]).toEqual([seconds + 60, false])
  expect([await set(String(seconds - 60)), await isFound()]).toEqual([seconds - 60, true])
  expect((await hma.get(`/m/raw_lookup?signal_type=pdq&signal=${PDQ}`)).json()).toEqual({ matches: [id] })
  await set(0)
  expect((await hma.get(`/m/raw_lookup?signal_type=pdq&signal=${PDQ}`)).json()).toEqual({ matches: [id] })
  for (const ts of [-1, 1.5, 'soon', seconds + 6 * 365 * 86_400, true]) expect(await set(ts)).toBe(400)
})

test('a note is changed and taken away, and the whole record answered', async () => {
  const hma = await withBank()
  const id = await hma.add({ pdq: PDQ, note: 'first' })
  const put = async (body: object) => (await hma.send('PUT', `/c/bank/BANK_A/content/${id}`, body)).json()
  const record = {
    id,
    disable_until_ts: 1,
    collab_metadata: {},
    original_media_uri: null,
    bank: { name: 'BANK_A', matching_enabled_ratio: 1 },
    user_metadata: null,
  }
  expect(await put({ note: 'second' })).toEqual({ ...record, note: 'second' })
  expect(await put({})).toEqual({ ...record, note: 'second' })
  expect(await put({ note: '' })).toEqual({ ...record, note: null })
  expect(await put({ note: 'é'.repeat(255) })).toMatchObject({ note: 'é'.repeat(255) })
  expect(await put({ note: null })).toEqual({ ...record, note: null })
})

test('what is in another bank, was taken out, or never was is not there', async () => {
  const hma = await withBank()
  await hma.send('POST', '/c/banks', { name: 'BANK_B' })
  const id = await hma.add({ pdq: PDQ, note: 'x' })
  const statusOf = async (method: 'GET' | 'PUT', url: string) =>
    (await hma.ask({ method, url, ...(method === 'PUT' && { payload: {} }) })).statusCode
  for (const method of ['GET', 'PUT'] as const) {
    expect(await statusOf(method, `/c/bank/BANK_B/content/${id}`)).toBe(404)
    expect(await statusOf(method, `/c/bank/NOWHERE/content/${id}`)).toBe(404)
    expect(await statusOf(method, '/c/bank/BANK_A/content/999999')).toBe(404)
    expect(await statusOf(method, '/c/bank/BANK_A/content/9999999999')).toBe(404)
    expect(await statusOf(method, '/c/bank/BANK_A/content/first')).toBe(404)
  }
  const remove = async (url: string) => {
    const answer = await hma.send('DELETE', url)
    return [answer.statusCode, answer.json().deleted]
  }
  expect(await remove(`/c/bank/BANK_B/content/${id}`)).toEqual([200, 0])
  expect(await remove(`/c/bank/BANK_A/content/${id}`)).toEqual([200, 1])
  expect(await remove(`/c/bank/BANK_A/content/${id}`)).toEqual([200, 0])
  expect(await remove(`/c/bank/NOWHERE/content/${id}`)).toEqual([404, undefined])
  expect(await statusOf('GET', `/c/bank/BANK_A/content/${id}`)).toBe(404)
  const { rows } = await hma.database.query('SELECT note, metadata FROM hma_content')
  expect(rows).toEqual([{ note: null, metadata: null }])
})
