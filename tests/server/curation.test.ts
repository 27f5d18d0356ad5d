/** Curation over HTTP: lists made, changed on a version, judged, and answers that are given once. */

import { hash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ServerDesk } from '#server/desk'
import { clientNamed, createClient, StoredDirectory, setClient } from '#store/clients'
import type { Database } from '#store/database'
import { type BegunRequest, forgetRequest } from '#store/idempotency'
import { POLICY_DEFAULT, type Scope } from '#terms/client'
import { temporaryDatabase } from '../support/database.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { openServer } from '../support/server.ts'

const PDQ = 'a'.repeat(64)
const TERMS = { kind: 'alert', publisher: 'Hotline', terms: 'free', uses: ['gate'], trust: 'confirmed' }

interface Bench {
  readonly database: Database
  readonly keys: Readonly<Record<string, string>>
  ask(who: string, method: 'GET' | 'POST', url: string, payload?: object, headers?: object): Promise<Answer>
}
interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  json(): Record<string, unknown> & { lists?: { name: string }[] }
}

const index = new LinearIndex([{ id: 1, name: 'hotline' }], [])
let app: FastifyInstance
/** The database and the clients of the running test: all tests share one server, which takes some time to put together. */
let now: Pick<ServerDesk, 'database' | 'clients'>
beforeAll(() => {
  const database: Pick<Database, 'query' | 'transaction'> = {
    query: (...given) => now.database.query(...given),
    transaction: (work) => now.database.transaction(work),
  }
  const clients = { find: (keyHash: string) => now.clients.find(keyHash) }
  app = openServer({ index, clients, database: database as Database, now: () => new Date() })
})
afterAll(() => app.close())

async function bench(): Promise<Bench> {
  const { database } = await temporaryDatabase()
  const keys: Record<string, string> = {}
  const signed = { actor: 'operator:test', at: new Date() } as const
  for (const [name, scopes, lists] of [
    ['steward', ['curate', 'match'], undefined],
    ['kept', ['curate'], ['other']],
    ['desk', ['match', 'detail'], undefined],
    ['gate', ['match'], undefined],
  ] as [string, Scope[], string[] | undefined][]) {
    const given = { name, scopes, policy: POLICY_DEFAULT, ...(lists && { lists }) }
    const made = await database.transaction((tx) => createClient(tx, given, signed))
    keys[name] = made.key
  }
  const clients = new StoredDirectory(database)
  await clients.refresh()
  index.entries.splice(0, Number.POSITIVE_INFINITY, { list: 1, pdq: PDQ })
  now = { database, clients }
  const ask: Bench['ask'] = (who, method, url, payload, headers) =>
    app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${keys[who]}`, ...headers },
      ...(payload && { payload }),
    })
  return { database, keys, ask }
}

test('a list is made, filled on its version, and shown', async () => {
  const { ask } = await bench()
  const made = await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  expect(made.statusCode).toBe(201)
  expect(made.json()).toMatchObject({ name: 'own', version: 1, entries: 0, uses: ['gate'] })
  const steps = [{ kind: 'put', entry: { key: 'k1', pdq: PDQ.toUpperCase(), categories: { own: ['A'] } } }]
  const changed = await ask('steward', 'POST', '/v1/lists/own/changes', { steps }, { 'if-match': '"1"' })
  expect(changed.json()).toMatchObject({ kind: 'edit', added: 1, searchable: true })
  const late = await ask('steward', 'POST', '/v1/lists/own/changes', { steps }, { 'if-match': '"1"' })
  expect(late.statusCode).toBe(412)
  const shown = await ask('desk', 'GET', '/v1/lists/own')
  expect(shown.headers['etag']).toBe('"2"')
  expect(shown.json()).toMatchObject({ entries: 1 })
})

test('a dry run counts and keeps nothing', async () => {
  const { ask } = await bench()
  await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  const steps = [{ kind: 'put', entry: { md5: 'ab'.repeat(16) } }]
  const counted = await ask('steward', 'POST', '/v1/lists/own/changes', { steps, dryRun: true })
  expect(counted.json()).toMatchObject({ kind: 'dry-run', added: 1 })
  expect((await ask('steward', 'GET', '/v1/lists/own')).json()).toMatchObject({ version: 1, entries: 0 })
})

test('an entry is withdrawn with its reason, and judged beside its publisher', async () => {
  const { ask } = await bench()
  await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  const put = [{ kind: 'put', entry: { key: 'k', sha256: 'cd'.repeat(32), label: 'a note' } }]
  await ask('steward', 'POST', '/v1/lists/own/changes', { steps: put })
  const judged = await ask('steward', 'POST', '/v1/entries/1/judgement', {
    trust: 'false-positive',
    because: 'a landscape',
  })
  expect(judged.json()).toMatchObject({ kind: 'judge' })
  expect((await ask('steward', 'GET', '/v1/entries/1')).json()).toMatchObject({
    entry: 1,
    list: 'own',
    trust: 'confirmed',
    stands: true,
    judgement: { trust: 'false-positive', because: 'a landscape' },
    sha256: 'cd'.repeat(32),
    key: 'k',
  })
  const withdraw = [{ kind: 'withdraw', key: 'k', because: 'an error' }]
  await ask('steward', 'POST', '/v1/lists/own/changes', { steps: withdraw })
  expect((await ask('steward', 'GET', '/v1/entries/1')).json()).toMatchObject({
    stands: false,
    because: 'an error',
  })
})

test('a reason that the database cannot keep as it is, is refused', async () => {
  const { ask } = await bench()
  await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  const put = [{ kind: 'put', entry: { key: 'k', sha256: 'cd'.repeat(32) } }]
  await ask('steward', 'POST', '/v1/lists/own/changes', { steps: put })
  for (const because of ['a\0', 'half \ud83d']) {
    const asked = [
      ['/v1/entries/1/judgement', { trust: 'disputed', because }],
      ['/v1/entries/1/feedback', { kind: 'dispute', because }],
      ['/v1/lists/own/changes', { steps: put, because }],
    ] as const
    for (const [url, payload] of asked)
      expect((await ask('steward', 'POST', url, payload)).statusCode).toBe(400)
  }
})

test('feedback on an entry is written down, by whoever may see it', async () => {
  const { ask, database } = await bench()
  await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  const put = [{ kind: 'put', entry: { key: 'k', md5: 'ab'.repeat(16) } }]
  await ask('steward', 'POST', '/v1/lists/own/changes', { steps: put })
  const feedback = { kind: 'dispute', hashKind: 'md5', because: 'a landscape' }
  expect((await ask('steward', 'POST', '/v1/entries/1/feedback', feedback)).statusCode).toBe(202)
  expect((await ask('kept', 'POST', '/v1/entries/1/feedback', feedback)).statusCode).toBe(404)
  const { rows } = await database.query('SELECT entry, kind, hash_kind, reason, actor FROM feedback')
  expect(rows).toEqual([
    { entry: 1, kind: 'dispute', hash_kind: 'md5', reason: 'a landscape', actor: 'client:steward' },
  ])
})

test('who may see entries but not curate is shown no hash, and nothing of lists that are not for the gate', async () => {
  const { ask } = await bench()
  await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  await ask('steward', 'POST', '/v1/lists', { name: 'police', ...TERMS, uses: ['scan'] })
  const put = [{ kind: 'put', entry: { key: 'k', md5: 'ab'.repeat(16), label: 'a note' } }]
  await ask('steward', 'POST', '/v1/lists/own/changes', { steps: put })
  await ask('steward', 'POST', '/v1/lists/police/changes', { steps: put })
  expect((await ask('desk', 'GET', '/v1/entries/1')).json()).toEqual({
    entry: 1,
    list: 'own',
    trust: 'confirmed',
    categories: {},
    stands: true,
  })
  expect((await ask('desk', 'GET', '/v1/lists/police')).statusCode).toBe(404)
  const second = (await ask('steward', 'GET', '/v1/lists')).json().lists?.map((list) => list.name)
  expect(second).toEqual(['own', 'police'])
  expect((await ask('desk', 'GET', '/v1/lists')).json().lists?.map((list) => list.name)).toEqual(['own'])
  for (const url of ['/v1/lists', '/v1/lists/own', '/v1/entries/1'])
    expect((await ask('gate', 'GET', url)).statusCode).toBe(403)
})

test('a steward who is kept to some lists neither sees nor changes others', async () => {
  const { ask } = await bench()
  await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  const steps = [{ kind: 'put', entry: { md5: 'ab'.repeat(16) } }]
  expect((await ask('kept', 'POST', '/v1/lists/own/changes', { steps })).statusCode).toBe(404)
  expect((await ask('kept', 'GET', '/v1/lists/own')).statusCode).toBe(404)
  expect((await ask('kept', 'POST', '/v1/lists', { name: 'mine', ...TERMS })).statusCode).toBe(404)
  expect((await ask('kept', 'POST', '/v1/lists', { name: 'other', ...TERMS })).statusCode).toBe(201)
})

test('a request with an idempotency key is answered once, and its repeat gets the same answer', async () => {
  const { ask } = await bench()
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
  const { ask } = await bench()
  const payload = { pdq: [{ hash: PDQ, quality: 90 }] }
  const match = (who: string) => ask(who, 'POST', '/v1/match', payload, { 'idempotency-key': 'k' })
  const first = await match('gate')
  expect(first.json()).toMatchObject({ verdict: 'match' })
  index.entries.splice(0)
  index.entries.push({ list: 1, pdq: '5'.repeat(64) })
  expect((await match('gate')).body).toBe(first.body)
  expect((await match('desk')).json()).toMatchObject({ verdict: 'none' })
})

test('a request that is still in work is told so, and one that was given up can be sent again', async () => {
  const { ask, database } = await bench()
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
  const made = await bench()
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
  const { clients } = now
  const query: Database['query'] = (statement, values) =>
    /^(UPDATE|DELETE FROM) idempotent/.test(String(statement))
      ? Promise.reject(new Error('the service has ended'))
      : database.query(statement, values)
  now = { clients, database: { query, transaction: (work) => database.transaction(work) } as Database }
  await send('feedback', { kind: 'dispute' })
  now = { clients, database }
  await database.query(AGED)
  const again = await send('feedback', { kind: 'dispute' })
  expect([again.statusCode, again.json()]).toEqual([202, { feedback: 1 }])
  expect(await count('feedback')).toBe(1)
})

test('a change whose request was given up and sent again meanwhile is made by one of the two', async () => {
  const { database, send, count } = await withEntry()
  const { clients } = now
  const others: Answer[] = []
  const transaction: Database['transaction'] = async (work) => {
    now = { clients, database }
    await database.query(AGED)
    others.push(await send('feedback', { kind: 'dispute' }))
    return database.transaction(work)
  }
  now = { clients, database: { query: database.query.bind(database), transaction } as Database }
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
  const { ask, database } = await bench()
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
  await (now.clients as StoredDirectory).refresh()
  const again = await all()
  for (const [at, answer] of again.entries()) {
    expect(answer.headers['idempotency-replayed']).toBe('true')
    expect(answer.body).not.toMatch(/hotline|"matches"|"more"|"distance"/)
    expect(answer.body.match(/"verdict":"\w+"/g)).toEqual(first[at]?.body.match(/"verdict":"\w+"/g))
  }
  expect(again[1]?.json()['noneMeans']).toContain('one list, last changed from 2026-03-01')
})

test('an answer that is kept names no key of a client', async () => {
  const { ask, database, keys } = await bench()
  await ask('gate', 'POST', '/v1/match', { pdq: [{ hash: PDQ, quality: 90 }] }, { 'idempotency-key': 'k' })
  const { rows } = await database.query<{ all: string }>('SELECT idempotent::text AS all FROM idempotent')
  expect(rows).toHaveLength(1)
  expect(rows[0]?.all).not.toContain(keys['gate'])
  expect(rows[0]?.all).not.toContain(hash('sha256', keys['gate'] ?? ''))
})
