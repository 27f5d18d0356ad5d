/** Idempotency over HTTP: answers that are given once, and what their repeats show. */
import { hash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientNamed, type StoredDirectory, setClient } from '#store/clients'
import type { Database } from '#store/database'
import { type BegunRequest, forgetRequest } from '#store/idempotency'
import { type Answer, CurationServer, PDQ, TERMS } from '../support/curation.ts'

let service: CurationServer
beforeAll(() => {
  service = new CurationServer()
})
afterAll(() => service.close())

test('a request with an idempotency key is answered once, and its repeat gets the same answer', async () => {
  const { ask } = await service.bench()
  const make = (name: string, key: string, who = 'steward') =>
    ask(who, 'POST', '/v1/lists', { name, ...TERMS }, { 'idempotency-key': key })
  const first = await make('own', 'one')
  const again = await make('own', 'one')
  expect([first.statusCode, again.statusCode]).toEqual([201, 201])
  expect(again.body).toBe(first.body)
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(first.headers['idempotency-replayed']).toBeUndefined()
  expect((await make('another', 'one')).json()).toMatchObject({
    type: 'urn:tutela:fault:request.reused',
    status: 422,
  })
  expect((await make('own', 'two')).json()).toMatchObject({ type: 'urn:tutela:fault:register.exists' })
  expect((await make('own', 'two')).json()).toMatchObject({ type: 'urn:tutela:fault:register.exists' })
})

test('a match with an idempotency key is answered the same whatever changed since, and by whom it was asked', async () => {
  const { ask } = await service.bench()
  const payload = { pdq: [{ hash: PDQ, quality: 90 }] }
  const match = (who: string) => ask(who, 'POST', '/v1/match', payload, { 'idempotency-key': 'k' })
  const first = await match('gate')
  expect(first.json()).toMatchObject({ verdict: 'match' })
  service.index.entries.splice(0)
  service.index.entries.push({ list: 1, pdq: '5'.repeat(64) })
  expect((await match('gate')).body).toBe(first.body)
  expect((await match('desk')).json()).toMatchObject({ verdict: 'none' })
})

test('a request that is still in work is told so, and one that was given up can be sent again', async () => {
  const { ask, database } = await service.bench()
  const payload = { items: [{ pdq: [{ hash: PDQ, quality: 90 }] }] }
  const batch = () => ask('gate', 'POST', '/v1/match/batch', payload, { 'idempotency-key': 'k' })
  await batch()
  await database.query('UPDATE idempotent SET status = NULL, body = NULL')
  expect((await batch()).json()).toMatchObject({ type: 'urn:tutela:fault:request.conflict', status: 409 })
  const { rows } = await database.query<BegunRequest>('SELECT client, key, at FROM idempotent')
  for (const row of rows) await forgetRequest(database, row)
  expect((await batch()).statusCode).toBe(200)
  await database.query(`UPDATE idempotent SET status = NULL, body = NULL, at = at - interval '5 minutes'`)
  expect((await batch()).statusCode).toBe(200)
})

const AGED = `UPDATE idempotent SET at = at - interval '5 minutes' WHERE status IS NULL`

async function withEntry() {
  const made = await service.bench()
  await made.ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  const put = [{ kind: 'put', entry: { key: 'k', md5: 'ab'.repeat(16) } }]
  await made.ask('steward', 'POST', '/v1/lists/own/changes', { steps: put })
  const send = (what: string, payload: object) =>
    made.ask('steward', 'POST', `/v1/entries/1/${what}`, payload, { 'idempotency-key': what })
  const count = async (table: string) =>
    (await made.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]
      ?.count
  return { ...made, send, count }
}

test('a change is not made again by its repeat, also where the service ended right after its commit', async () => {
  const { database, send, count } = await withEntry()
  const { clients } = service.now
  const query: Database['query'] = (statement, values) =>
    /^(UPDATE|DELETE FROM) idempotent/.test(String(statement))
      ? Promise.reject(new Error('the service has ended'))
      : database.query(statement, values)
  service.now = {
    clients,
    database: { query, transaction: (work) => database.transaction(work) } as Database,
  }
  await send('feedback', { kind: 'dispute' })
  service.now = { clients, database }
  await database.query(AGED)
  const again = await send('feedback', { kind: 'dispute' })
  expect([again.statusCode, again.json()]).toEqual([202, { feedback: 1 }])
  expect(await count('feedback')).toBe(1)
})

test('a change whose request was given up and sent again meanwhile is made by one of the two', async () => {
  const { database, send, count } = await withEntry()
  const { clients } = service.now
  const others: Answer[] = []
  const transaction: Database['transaction'] = async (work) => {
    service.now = { clients, database }
    await database.query(AGED)
    others.push(await send('feedback', { kind: 'dispute' }))
    return database.transaction(work)
  }
  service.now = { clients, database: { query: database.query.bind(database), transaction } as Database }
  const slow = await send('feedback', { kind: 'dispute' })
  expect([slow.statusCode, ...others.map(({ statusCode }) => statusCode)]).toEqual([409, 202])
  expect(await count('feedback')).toBe(1)
  expect((await send('feedback', { kind: 'dispute' })).json()).toEqual({ feedback: 1 })
})

test('a judgement that is answered again names its entry and is one change, heeded or not yet', async () => {
  const { send, count } = await withEntry()
  const first = await send('judgement', { trust: 'disputed', because: 'blurred' })
  expect(first.json()).toMatchObject({ kind: 'judge', entry: 1, searchable: true })
  expect((await send('judgement', { trust: 'disputed', because: 'blurred' })).body).toBe(first.body)
  expect(await count('judgement')).toBe(1)
})

test('an answer that is given again shows nothing of lists to a key that may not see them any more', async () => {
  const { ask, database } = await service.bench()
  const asked = [
    ['/v1/match', { pdq: [{ hash: PDQ, quality: 90 }] }],
    ['/v1/match', { pdq: [{ hash: '5'.repeat(64), quality: 90 }] }],
    ['/v1/match/batch', { items: [PDQ, '5'.repeat(64)].map((hash) => ({ pdq: [{ hash, quality: 90 }] })) }],
  ] as const
  const all = () =>
    Promise.all(
      asked.map(([url, payload], at) => ask('desk', 'POST', url, payload, { 'idempotency-key': `k${at}` })),
    )
  const first = await all()
  for (const answer of first) expect(answer.body).toContain('hotline')
  const client = await clientNamed(database, 'desk')
  const signed = { actor: 'operator:test', at: new Date() } as const
  await database.transaction((tx) => setClient(tx, client, { scopes: ['match'] }, signed))
  await (service.now.clients as StoredDirectory).refresh()
  const again = await all()
  for (const [at, answer] of again.entries()) {
    expect(answer.headers['idempotency-replayed']).toBe('true')
    expect(answer.body).not.toMatch(/hotline|"matches"|"more"|"distance"/)
    expect(answer.body.match(/"verdict":"\w+"/g)).toEqual(first[at]?.body.match(/"verdict":"\w+"/g))
  }
  expect(again[1]?.json()['noneMeans']).toContain('one list, last changed from 2026-03-01')
})

test('an answer that is kept names no key of a client', async () => {
  const { ask, database, keys } = await service.bench()
  await ask('gate', 'POST', '/v1/match', { pdq: [{ hash: PDQ, quality: 90 }] }, { 'idempotency-key': 'k' })
  const { rows } = await database.query<{ all: string }>('SELECT idempotent::text AS all FROM idempotent')
  expect(rows).toHaveLength(1)
  expect(rows[0]?.all).not.toContain(keys['gate'])
  expect(rows[0]?.all).not.toContain(hash('sha256', keys['gate'] ?? ''))
})
