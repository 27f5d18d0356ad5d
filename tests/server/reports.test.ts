/** Reports over HTTP: by a key, by a person, by a moderation tool; in forms that are read as they arrive. */
import { hash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import { expect, test } from 'vitest'
import { TutelaClient } from '#client/client'
import type { IntakeConfig } from '#ground/intake-config'
import { openPersonKeys } from '#ground/person-keys'
import { itemsInCase } from '#store/case-items'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { FileReading } from '#terms/media'
import type { PersonId } from '#terms/people'
import { wordsOf } from '#workflow/intake/words'
import { Pending } from '#workflow/people/pending'
import { reportScan } from '#workflow/report-scan'
import { temporaryFolder } from '../support/folder.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { someone } from '../support/people.ts'
import { bearer, clientsOf, keyOf, serverFor } from '../support/server.ts'
import { vaultRoom } from '../support/vault.ts'

const NOW = new Date('2026-05-01T08:00:00Z')
const FILE = Buffer.alloc(3000, 5)
const DIGESTS = {
  ...{ md5: hash('md5', FILE), sha1: hash('sha1', FILE), sha256: hash('sha256', FILE) },
  bytes: FILE.length,
}
const DECODERS = {
  readBytes: async () => ({ kind: 'read', digests: DIGESTS, content: { kind: 'other' } }) as FileReading,
}

async function opened(intake: IntakeConfig = {}) {
  const room = await vaultRoom()
  const keys = await openPersonKeys(join(room.data, 'keys'))
  const evidence = await room.open()
  const { database } = room
  const now = () => NOW
  const profiles = async () => evidence.profiles
  const people = { database, keys, now, profiles, limits: SESSION_LIMITS, pending: new Pending() }
  const index = new LinearIndex(
    [{ id: 1, name: 'own' }],
    [{ list: 1, md5: DIGESTS.md5, sha256: DIGESTS.sha256 }],
  )
  const clients = clientsOf(
    { name: 'chat', scopes: ['report'] },
    { name: 'partner', scopes: ['report', 'detail'] },
    { name: 'gate', scopes: ['match'] },
  )
  const app = serverFor({
    ...{ index, clients, decoders: DECODERS, database, people, evidence, intake, now },
    settings: { uploadBytesMax: 10_000 },
  })
  const post = (url: string, payload: InjectOptions['payload'], headers: object = bearer('chat')) =>
    app.inject({ method: 'POST', url, headers: { ...headers }, ...(payload !== undefined && { payload }) })
  const session = async (person: PersonId) => {
    const given = { person, how: 'password', limits: SESSION_LIMITS } as const
    const { token } = await database.transaction((tx) => beginSession(tx, given, NOW))
    return { authorization: `Bearer ${token}` }
  }
  return { app, database, keys, post, session }
}

/** A form as programs send it. */
function form(...parts: readonly { name: string; type?: string; file?: string; body: string | Buffer }[]) {
  const pieces = parts.flatMap(({ name, type, file, body }) => [
    `--edge\r\ncontent-disposition: form-data; name="${name}"${file ? `; filename="${file}"` : ''}\r\n`,
    `${type ? `content-type: ${type}\r\n` : ''}\r\n`,
    body,
    '\r\n',
  ])
  return Buffer.concat([...pieces, '--edge--\r\n'].map((piece) => Buffer.from(piece)))
}
const FORM = { 'content-type': 'multipart/form-data; boundary=edge' }
const JSON_PART = { name: 'report', type: 'application/json', body: '{"kind":"material","id":"a-1"}' }
const FILE_PART = { name: 'file', type: 'image/png', file: 'x.png', body: FILE }

test('a key with the scope is told a reference, and of cases nothing; one that sees details, that too', async () => {
  const { post, database, keys } = await opened({
    reporters: { partner: { channel: 'partner', trust: 'high' } },
  })
  const body = { kind: 'page', address: 'https://example.org/x', words: 'an album', about: { account: 'u1' } }
  const first = await post('/v1/reports', body)
  expect(first.statusCode).toBe(201)
  expect(Object.keys(first.json())).toEqual(['report', 'reference'])
  expect(await wordsOf({ database, keys }, first.json().report)).toEqual({
    address: body.address,
    words: body.words,
    about: body.about,
  })
  const second = await post('/v1/reports', body, bearer('partner'))
  expect(second.json()).toMatchObject({ joined: true, case: expect.stringMatching(/^....-....$/) })
  const { rows } = await database.query('SELECT channel, trust, from_actor FROM report ORDER BY trust')
  expect(rows).toEqual([
    { channel: 'platform', trust: 1, from_actor: 'client:chat' },
    { channel: 'partner', trust: 2, from_actor: 'client:partner' },
  ])
  expect((await post('/v1/reports', body, bearer('gate'))).statusCode).toBe(403)
  expect((await post('/v1/reports', body, {})).statusCode).toBe(401)
})

test('a form brings the report first, as a field or as a file, and its file goes into the vault', async () => {
  const { post, database } = await opened()
  const given = { ...bearer('partner'), ...FORM }
  const first = await post('/v1/reports', form(JSON_PART, FILE_PART), given)
  expect(first.statusCode).toBe(201)
  const asFile = await post('/v1/reports', form({ ...JSON_PART, file: 'report.json' }, FILE_PART), given)
  expect([asFile.statusCode, asFile.json()]).toEqual([200, first.json()])
  const [item] = await itemsInCase(database, first.json().case, 10)
  expect(item).toMatchObject({ item: expect.stringMatching(/^v-/), hashes: { sha256: expect.any(String) } })
  expect((await database.query('SELECT FROM vault_item')).rowCount).toBe(1)
})

test('a form that is none leaves nothing behind: of a wrong order, too large, empty, broken off, or for a child', async () => {
  const { post, database } = await opened()
  const young = { ...JSON_PART, body: '{"kind":"material","caseKind":"young-people"}' }
  const whole = form(JSON_PART, FILE_PART)
  const cases: readonly (readonly [number, Buffer])[] = [
    [400, form(FILE_PART, JSON_PART)],
    [400, form(FILE_PART)],
    [400, form(JSON_PART)],
    [400, form({ ...JSON_PART, body: '{"kind":"material","extra":1}' }, FILE_PART)],
    [400, form({ ...JSON_PART, type: 'text/plain', body: '{"kind":' }, FILE_PART)],
    [413, form(JSON_PART, { ...FILE_PART, body: Buffer.alloc(10_001) })],
    [400, form(JSON_PART, { ...FILE_PART, body: '' })],
    [400, whole.subarray(0, whole.length - 900)],
    [409, form(young, FILE_PART)],
  ]
  for (const [status, body] of cases) {
    const answer = await post('/v1/reports', body, { ...bearer('chat'), ...FORM })
    expect([answer.statusCode, answer.json()]).toMatchObject([status, { status }])
  }
  for (const table of ['report', 'desk_case', 'vault_item', 'sealing'])
    expect([table, (await database.query(`SELECT FROM ${table}`)).rowCount]).toEqual([table, 0])
})

test('a body that is no report is refused by the field that is wrong; a key that makes it safe to repeat names it', async () => {
  const { post } = await opened()
  const wrong = [
    {},
    { kind: 'other' },
    { kind: 'page' },
    { kind: 'page', address: '' },
    { kind: 'page', hashes: [{}] },
  ]
  for (const body of wrong) expect((await post('/v1/reports', body)).statusCode).toBe(400)
  expect((await post('/v1/reports', undefined)).statusCode).toBe(400)
  const keyed = { ...bearer('chat'), 'idempotency-key': 'abc' }
  const body = { kind: 'concern', words: 'somebody may be in danger' }
  const [one, two] = [await post('/v1/reports', body, keyed), await post('/v1/reports', body, keyed)]
  expect([one.statusCode, two.statusCode, two.json()]).toEqual([201, 200, one.json()])
})

test('a person brings what they were told, and a child at risk is declared; who has no part in it is refused', async () => {
  const { post, session, database } = await opened()
  const analyst = await someone(database, ['analyst'])
  const steward = await someone(database, ['steward'])
  const body = { kind: 'live-abuse', words: 'a stream that goes on', atRisk: true }
  const told = await post('/v1/desk/reports', body, await session(analyst.id))
  expect([told.statusCode, told.json()]).toMatchObject([201, { joined: false, case: expect.any(String) }])
  const risk = await database.query('SELECT subject FROM risk_override')
  expect(risk.rows).toEqual([{ subject: told.json().case }])
  expect((await post('/v1/desk/reports', body, await session(steward.id))).statusCode).toBe(403)
  expect((await post('/v1/desk/reports', body)).statusCode).toBe(401)
})

test('an action of a moderation tool is one report however often it is sent, and all of it is kept sealed', async () => {
  const { post, database, keys } = await opened()
  const action = {
    item: {
      id: 'm-1',
      typeId: 't-2',
      data: { text: 'x'.repeat(2500), image: 'https://cdn.example.org/1.png', md5: 'AB'.repeat(16) },
    },
    policies: [{ id: 'p-1', name: 'CSAM' }],
    action: { id: 'escalate' },
    custom: { unknown: true },
  }
  const first = await post('/v1/reports/coop', action)
  expect(first.statusCode).toBe(201)
  expect((await post('/v1/reports/coop', action)).json()).toEqual(first.json())
  const other = await post('/v1/reports/coop', { ...action, action: { id: 'close' } })
  expect(other.json().report).not.toBe(first.json().report)
  const words = await wordsOf({ database, keys }, first.json().report)
  expect(words).toMatchObject({
    address: 'https://cdn.example.org/1.png',
    about: { 'policies.0.name': 'CSAM', 'custom.unknown': 'true', 'item.data.text#2': 'x'.repeat(500) },
  })
  const { rows } = await database.query('SELECT hashes FROM case_item')
  expect(rows).toEqual([{ hashes: { md5: 'ab'.repeat(16) } }])
  const plain = await post('/v1/reports/coop', { item: { id: 'm-2' } })
  expect(plain.statusCode).toBe(201)
  expect((await post('/v1/reports/coop', { item: {} })).statusCode).toBe(400)
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`n${at}`, at]))
  expect((await post('/v1/reports/coop', { item: { id: 'm-3' }, many })).statusCode).toBe(413)
})

test('by its reference a report’s outcome is told, and by none nothing', async () => {
  const { post } = await opened()
  const { reference } = (await post('/v1/reports', { kind: 'concern', words: 'a concern' })).json()
  const told = await post('/v1/reports/outcome', { reference: reference.toLowerCase() })
  expect([told.statusCode, told.json()]).toEqual([200, { stage: 'received', receivedAt: NOW.toISOString() }])
  for (const code of ['0000-0000-0000', 'x'])
    expect((await post('/v1/reports/outcome', { reference: code })).statusCode).toBe(404)
})

test('what the gate stops is a report behind the answer: its file, or its hashes; what it lets through is none', async () => {
  const { app, post, database } = await opened({ reportGate: 'block' })
  await app.ready()
  const gate = bearer('gate')
  const listed = (await post('/v1/match', FILE, { ...gate, 'content-type': 'image/png' })).json()
  expect(listed).toMatchObject({ verdict: 'match', decision: 'block' })
  const [sha256, near] = [DIGESTS.sha256, { digests: { md5: DIGESTS.md5 } }]
  for (const body of [
    { digests: { sha256 }, reference: 'u-7' },
    { digests: { sha256 }, reference: 'u-7' },
    near,
  ])
    expect((await post('/v1/match', body, gate)).json()).toMatchObject({ verdict: 'match' })
  await post('/v1/match', { digests: { sha256: 'ee'.repeat(32) } }, gate)
  await app.close()
  const { rows } = await database.query(
    'SELECT channel, from_actor, has_joined FROM report ORDER BY has_joined',
  )
  const brought = { channel: 'gate', from_actor: 'client:gate' }
  expect(rows).toEqual([
    { ...brought, has_joined: false },
    { ...brought, has_joined: true },
  ])
  expect((await database.query('SELECT FROM vault_item')).rowCount).toBe(1)
})

test('what a scan matched is brought by its hashes, or whole, each file once', async () => {
  const { app, database } = await opened()
  const folder = await temporaryFolder()
  const [path, gone] = [join(folder, 'x.bin'), join(folder, 'gone')]
  await writeFile(path, FILE)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const client = new TutelaClient({ url, key: keyOf('chat') })
  const read = async (one: string | Buffer): Promise<FileReading> =>
    String(one) === gone ? { kind: 'unread', because: 'vanished' } : DECODERS.readBytes()
  const desk = { client, decoders: { read }, stop: new AbortController().signal }
  const paths = [path, gone, path].map((one) => Buffer.from(one))
  for (const sendsBytes of [false, true, true])
    expect(await reportScan(paths, { ...desk, sendsBytes })).toEqual({ sent: 2, unread: 1 })
  const { rows } = await database.query('SELECT channel, has_joined FROM report ORDER BY has_joined')
  expect(rows).toEqual([
    { channel: 'scan', has_joined: false },
    { channel: 'scan', has_joined: true },
  ])
  const items = await database.query('SELECT item IS NOT NULL AS held FROM case_item ORDER BY held')
  expect(items.rows).toEqual([{ held: false }, { held: true }])
})
