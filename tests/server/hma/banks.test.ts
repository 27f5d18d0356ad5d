/** Banks over the HMA interface: made, renamed, sampled and removed as HMA does it. */
import { expect, test } from 'vitest'
import { eventsOf } from '#store/append'
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
