/** Curation over HTTP: lists made, changed on a version and judged, and who may see and change them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CurationServer, PDQ, TERMS } from '../support/curation.ts'

let service: CurationServer
beforeAll(() => {
  service = new CurationServer()
})
afterAll(() => service.close())

test('a list is made, filled on its version, and shown', async () => {
  const { ask } = await service.bench()
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
  const { ask } = await service.bench()
  await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  const steps = [{ kind: 'put', entry: { md5: 'ab'.repeat(16) } }]
  const counted = await ask('steward', 'POST', '/v1/lists/own/changes', { steps, dryRun: true })
  expect(counted.json()).toMatchObject({ kind: 'dry-run', added: 1 })
  expect((await ask('steward', 'GET', '/v1/lists/own')).json()).toMatchObject({ version: 1, entries: 0 })
})

test('an entry is withdrawn with its reason, and judged beside its publisher', async () => {
  const { ask } = await service.bench()
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
  const { ask } = await service.bench()
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
  const { ask, database } = await service.bench()
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
  const { ask } = await service.bench()
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
  const { ask } = await service.bench()
  await ask('steward', 'POST', '/v1/lists', { name: 'own', ...TERMS })
  const steps = [{ kind: 'put', entry: { md5: 'ab'.repeat(16) } }]
  expect((await ask('kept', 'POST', '/v1/lists/own/changes', { steps })).statusCode).toBe(404)
  expect((await ask('kept', 'GET', '/v1/lists/own')).statusCode).toBe(404)
  expect((await ask('kept', 'POST', '/v1/lists', { name: 'mine', ...TERMS })).statusCode).toBe(404)
  expect((await ask('kept', 'POST', '/v1/lists', { name: 'other', ...TERMS })).statusCode).toBe(201)
})
