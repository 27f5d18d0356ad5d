/** Offers over HTTP: only by a standing offer, only with a key for it; two registers in step by our own NCMEC client. */
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { madeUpHex } from '#lists/exchanges/made-up'
import { eventsOf } from '#store/append'
import { createClient, StoredDirectory } from '#store/clients'
import type { Database } from '#store/database'
import { entriesOf } from '#store/entries'
import { judge } from '#store/judgements'
import { createList, listNamed } from '#store/lists'
import { endOffer, makeOffer } from '#store/offers'
import { applySteps } from '#store/steps'
import { POLICY_DEFAULT, type Scope } from '#terms/client'
import { sha256 } from '#terms/hash'
import type { EntryStep } from '#terms/register'
import { enable } from '#workflow/pull/enable'
import { pull } from '#workflow/pull/pull'
import { temporaryDatabase } from '../support/database.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { serverFor } from '../support/server.ts'
import { testDesk, testSource } from '../support/source.ts'

const SIGNED = { actor: 'operator:tester', at: new Date('2026-01-10T12:00:00Z') } as const

function put(number: number, version = 0): EntryStep {
  const hash = sha256(madeUpHex(`given ${number} ${version}`, 64))
  const categories = { 'ncmec-industry': ['A1'] }
  return { kind: 'put', entry: { key: `k ${number}/&<`, ...(hash && { sha256: hash }), categories } }
}

async function change(database: Database, ...steps: EntryStep[]): Promise<void> {
  await applySteps(database, 'given', [steps], { kind: 'import', signed: SIGNED })
}

async function setUp() {
  const { database } = await temporaryDatabase()
  const terms = {
    kind: 'alert',
    publisher: 'A & B',
    terms: 'For the partner alone.',
    trust: 'confirmed',
  } as const
  const list = await database.transaction((tx) =>
    createList(tx, 'given', { ...terms, uses: ['gate', 'export'] }, SIGNED),
  )
  const made = async (name: string, scopes: readonly Scope[]) =>
    database.transaction((tx) => createClient(tx, { name, scopes, policy: POLICY_DEFAULT }, SIGNED))
  const partner = await made('partner', ['exchange'])
  const other = await made('other', ['exchange'])
  const asker = await made('asker', ['match', 'detail', 'curate'])
  const offer = await database.transaction(async (tx) =>
    makeOffer(tx, await listNamed(tx, 'given'), partner.client, { ...SIGNED, at: new Date() }),
  )
  const clients = new StoredDirectory(database)
  await clients.refresh()
  const app = serverFor({ index: new LinearIndex([], []), clients, database, now: () => new Date() })
  const get = (url: string, key: string) => app.inject({ url, headers: { authorization: `Bearer ${key}` } })
  return {
    database,
    app,
    get,
    list,
    offer,
    keys: { partner: partner.key, other: other.key, asker: asker.key },
  }
}

function lines(body: string): Record<string, unknown>[] {
  return body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('the plain form gives what changed since a number, withdrawals among it, and each fetch is on record', async () => {
  const { database, get, keys, offer } = await setUp()
  expect((await get(`/v1/offers/${'n'.repeat(200)}`, keys.partner)).statusCode).toBe(404)
  await change(database, put(1), put(2), put(3))
  const first = await get('/v1/offers/given?after=0', keys.partner)
  const all = lines(first.body)
  expect(all.map(({ kind }) => kind)).toEqual(['put', 'put', 'put', 'end'])
  expect(all[0]).toMatchObject({
    key: 'k 1/&<',
    trust: 'confirmed',
    categories: { 'ncmec-industry': ['A1'] },
  })
  const next = Number(all.at(-1)?.['next'])
  expect(first.headers['tutela-next']).toBe(String(next))
  await change(database, put(4), put(2, 1), {
    kind: 'withdraw',
    key: 'k 1/&<',
    because: 'not what it was taken for',
  })
  const then = lines((await get(`/v1/offers/given?after=${next}`, keys.partner)).body)
  expect(then.map(({ kind, key }) => [kind, key])).toEqual(
    [
      ['withdrawn', 'k 1/&<'],
      ['put', 'k 4/&<'],
      ['put', 'k 2/&<'],
      ['end', undefined],
    ].sort(byRow(then)),
  )
  expect(then.find(({ kind }) => kind === 'withdrawn')).toMatchObject({
    because: 'not what it was taken for',
  })
  const csv = await get(`/v1/offers/given?after=${next}&format=csv`, keys.partner)
  expect(csv.body.split('\n')).toHaveLength(6)
  expect(csv.body).toMatch(/^kind,key,entry,/)
  const events = await eventsOf(database, `offer:${offer}`)
  expect(events.map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
    'offer.made operator:tester',
    ...Array<string>(3).fill('offer.fetched client:partner'),
  ])
  expect(events[2]?.body).toMatchObject({ form: 'plain', after: next, entries: 3 })
})

/** The order of the lines is that of rows, which is not promised; the last line is. */
function byRow(given: readonly Record<string, unknown>[]) {
  const at = ([kind, key]: (string | undefined)[]) =>
    given.findIndex((line) => line['kind'] === kind && line['key'] === key)
  return (a: (string | undefined)[], b: (string | undefined)[]) => at(a) - at(b)
}

test('nothing is given to anybody else, and nothing is said of what there is', async () => {
  const { database, get, app, keys, offer } = await setUp()
  await change(database, put(1))
  const statuses = async (url: string) => ({
    nobody: (await app.inject({ url })).statusCode,
    asker: (await get(url, keys.asker)).statusCode,
    other: (await get(url, keys.other)).statusCode,
    partner: (await get(url, keys.partner)).statusCode,
  })
  const window = `from=2020-01-01T00:00:00Z&to=${new Date(Date.now() - 3000).toISOString().slice(0, 19)}Z`
  const refused = { nobody: 401, asker: 403, other: 404, partner: 200 }
  expect(await statuses('/v1/offers/given')).toEqual(refused)
  expect(await statuses(`/exchange/ncmec/v2/entries?${window}`)).toEqual(refused)
  expect(await statuses('/exchange/ncmec/v2/status')).toEqual(refused)
  expect(await statuses('/v1/offers/nothing')).toEqual({ ...refused, partner: 404 })
  expect((await get('/v1/offers', keys.other)).json()).toMatchObject({ offers: [] })
  for (const bad of ['after=-1', 'after=x', 'after=99999', 'format=xml', 'more=1'])
    expect((await get(`/v1/offers/given?${bad}`, keys.partner)).statusCode, bad).toBe(400)
  for (const bad of [
    'from=x&to=y',
    'from=2020-01-01T00:00:00Z',
    `${window}&start=x`,
    'from=2020-01-01T00:00:00Z&to=2999-01-01T00:00:00Z',
  ])
    expect((await get(`/exchange/ncmec/v2/entries?${bad}`, keys.partner)).statusCode, bad).toBe(400)
  await database.transaction((tx) => endOffer(tx, offer, 'ended', SIGNED))
  expect((await get('/v1/offers/given', keys.partner)).statusCode).toBe(404)
})

test('two registers are in step: changes, withdrawals and judgements come over, page by page', async () => {
  const here = await setUp()
  const { database: there } = await temporaryDatabase()
  // Its clock as its answers say it, as far ahead as what settles: nothing is read beyond it.
  here.app.addHook('onSend', async (_request, reply) => {
    reply.header('date', new Date(Date.now() + 5_000).toUTCString())
  })
  await here.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => here.app.close())
  const { port } = here.app.addresses()[0] as AddressInfo
  const base = `http://127.0.0.1:${port}/exchange/ncmec`
  const secrets = { username: 'partner', password: here.keys.partner }
  const source = await testSource('ncmec', base, secrets, {
    assertions: { shrinkMax: 1, growMax: 1_000, staleAfterDays: 3 },
  })
  const desk = testDesk(there)
  // This one's clock too, so that nothing waits until what was changed has settled.
  const ahead = { ...desk, now: () => new Date(Date.now() + 5_000) }
  await enable(ahead, source, { ...SIGNED, at: ahead.now() })
  const standing = async (): Promise<string[]> => {
    const keys: string[] = []
    for await (const batch of entriesOf(there, await listNamed(there, 'tried')))
      for (const { key, sha256: hash } of batch) keys.push(`${key} ${hash?.slice(0, 8)}`)
    return keys.sort()
  }
  const expected = async (): Promise<string[]> => {
    const keys: string[] = []
    for await (const batch of entriesOf(here.database, here.list))
      for (const { key, sha256: hash } of batch)
        keys.push(`image:${here.list.id}:${key} ${hash?.slice(0, 8)}`)
    return keys.sort()
  }
  await change(here.database, ...Array.from({ length: 1500 }, (_, number) => put(number)))
  const settle = async () => {
    const second = Math.ceil(Date.now() / 1000) * 1000
    await expect.poll(() => Date.now() > second + 50, { timeout: 3000, interval: 20 }).toBe(true)
  }
  await settle()
  expect(await pull(ahead, source, SIGNED)).toMatchObject({
    kind: 'applied',
    counts: { added: 1500 },
    fetched: { pages: 2 },
  })
  expect(await standing()).toEqual(await expected())
  await change(here.database, put(2000), put(7, 1), { kind: 'withdraw', key: 'k 8/&<', because: 'x' })
  await settle()
  expect(await pull(ahead, source, SIGNED)).toMatchObject({
    kind: 'applied',
    counts: { added: 1, replaced: 1, withdrawn: 1 },
  })
  expect(await standing()).toEqual(await expected())
  const [entry] = await firstOf(here.database, here.list)
  await here.database.transaction((tx) => judge(tx, entry, { trust: 'false-positive', because: 'x' }, SIGNED))
  await settle()
  expect(await pull(ahead, source, SIGNED)).toMatchObject({ kind: 'applied', counts: { withdrawn: 1 } })
})

async function firstOf(database: Database, list: Parameters<typeof entriesOf>[1]): Promise<[number]> {
  for await (const batch of entriesOf(database, list)) if (batch[0]) return [batch[0].entry]
  throw new Error('the list is empty')
}

test('feedback of a partner is taken once it names an entry and a reason that there is', async () => {
  const { database, app, keys, list, offer } = await setUp()
  await change(database, put(1))
  const tell = async (id: string, inner: string) =>
    (
      await app.inject({
        method: 'PUT',
        url: `/exchange/ncmec/v2/entries/${list.id}/${encodeURIComponent(id)}/SHA256/feedback`,
        headers: {
          authorization: `Basic ${Buffer.from(`partner:${keys.partner}`).toString('base64')}`,
          'content-type': 'application/xml; charset=utf-8',
        },
        body: `<feedbackSubmission xmlns="https://hashsharing.ncmec.org/hashsharing/v2">${inner}</feedbackSubmission>`,
      })
    ).statusCode
  expect(await tell('k 1/&<', '<affirmative/>')).toBe(200)
  expect(await tell('k 9', '<affirmative/>')).toBe(404)
  expect(await tell('k 1/&<', '<negative><reasonIds><guid>00</guid></reasonIds></negative>')).toBe(400)
  const reason =
    '<negative><reasonIds><guid>6f1d3c52-6d0b-4b57-9f5c-1c6a2b7d0003</guid></reasonIds></negative>'
  expect(await tell('k 1/&<', reason)).toBe(200)
  const events = (await eventsOf(database, `offer:${offer}`)).filter(({ kind }) => kind === 'offer.feedback')
  expect(events.map(({ body }) => [body['kind'], body['hashKind'], body['reason']])).toEqual([
    ['affirm', 'sha256', undefined],
    ['dispute', 'sha256', 'The hash is of something else'],
  ])
})
