/** What is offered of a list between two changes: nothing missed, nothing of what came later, each entry once. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { madeUpHex } from '#lists/exchanges/made-up'
import { createClient } from '#store/clients'
import type { Database } from '#store/database'
import { entriesOf } from '#store/entries'
import { judge } from '#store/judgements'
import { createList, listNamed } from '#store/lists'
import { countOffered, type OfferedEntry, offeredEntries, stretchBetween } from '#store/offered'
import { allOffers, endOffer, makeOffer, offersTo } from '#store/offers'
import { applySteps } from '#store/steps'
import { POLICY_DEFAULT } from '#terms/client'
import { sha256 } from '#terms/hash'
import type { EntryStep } from '#terms/register'
import { temporaryDatabase } from '../support/database.ts'

const SIGNED = { actor: 'operator:tester', at: new Date('2026-01-10T12:00:00Z') } as const
const TERMS = { kind: 'alert', publisher: 'Nobody', terms: 'For tests.', trust: 'confirmed' } as const

function put(number: number, version = 0): EntryStep {
  const hash = sha256(madeUpHex(`offered ${number}`, 64))
  return { kind: 'put', entry: { key: `k${number}`, ...(hash && { sha256: hash }), label: `v${version}` } }
}

async function apply(database: Database, name: string, ...steps: EntryStep[]): Promise<number> {
  const applied = await applySteps(database, name, [steps], { kind: 'import', signed: SIGNED })
  return 'number' in applied ? applied.number : 0
}

async function made(database: Database, name: string): Promise<number> {
  const list = await database.transaction((tx) =>
    createList(tx, name, { ...TERMS, uses: ['gate', 'export'] }, SIGNED),
  )
  return list.id
}

function told(entries: readonly OfferedEntry[]): string[] {
  return entries.map(({ kind, entry, trust }) => `${kind} ${entry.key} ${entry.label} ${trust}`).sort()
}

test('a stretch gives what changed in it, as it stood at its end, whatever came later', async () => {
  const { database } = await temporaryDatabase()
  const list = await made(database, 'one')
  const first = await apply(database, 'one', put(1), put(2), put(3), put(4))
  const second = await apply(
    database,
    'one',
    put(2, 1),
    { kind: 'withdraw', key: 'k3', because: 'x' },
    put(5),
  )
  const entry = await entryNumbered(database, 'one', 'k4')
  await database.transaction((tx) => judge(tx, entry, { trust: 'false-positive', because: 'x' }, SIGNED))
  const third = second + 1
  await apply(database, 'one', put(1, 2), { kind: 'withdraw', key: 'k5', because: 'y' })
  const between = async (after: number, upTo: number) =>
    told(await offeredEntries(database, [{ id: list, after }], upTo, 0, 100))
  expect(await between(0, first)).toHaveLength(4)
  expect(await between(first, third)).toEqual([
    'put k2 v1 confirmed',
    'put k4 v0 false-positive',
    'put k5 v0 confirmed',
    'withdrawn k3 v0 confirmed',
  ])
  expect(await between(first, second)).not.toContain('put k4 v0 false-positive')
  expect(await between(third, third)).toEqual([])
  expect(await countOffered(database, [{ id: list, after: first }], third)).toBe(4)
})

test('whoever follows by stretches of any length, page by page, has the list as it is', async () => {
  const { database } = await temporaryDatabase()
  let round = 0
  const step = fc.record({ key: fc.nat(6), version: fc.nat(2), isPut: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 1, max: 3 }),
      async (changes, pageSize) => {
        const name = `follow-${++round}`
        const list = await made(database, name)
        const copy = new Map<string, string | undefined>()
        let after = 0
        for (const [at, steps] of changes.entries()) {
          const upTo = await apply(
            database,
            name,
            ...steps.map(({ key, version, isPut }) =>
              isPut ? put(key, version) : ({ kind: 'withdraw', key: `k${key}`, because: 'x' } as const),
            ),
          )
          if (upTo === 0 || at % 2 === 1) continue // every other change is followed together with the next
          await follow(database, list, { after, upTo }, pageSize, copy)
          after = upTo
        }
        await follow(database, list, { after, upTo: 2 ** 31 - 1 }, pageSize, copy)
        const standing = new Map<string, string | undefined>()
        for await (const batch of entriesOf(database, await listNamed(database, name)))
          for (const { key, label } of batch) standing.set(key, label)
        expect(new Map([...copy].sort())).toEqual(new Map([...standing].sort()))
      },
    ),
    { numRuns: 6 },
  )
})

async function follow(
  database: Database,
  list: number,
  stretch: { after: number; upTo: number },
  pageSize: number,
  copy: Map<string, string | undefined>,
): Promise<void> {
  for (let row = 0; ; ) {
    const page = await offeredEntries(
      database,
      [{ id: list, after: stretch.after }],
      stretch.upTo,
      row,
      pageSize,
    )
    for (const { kind, entry } of page) {
      if (kind === 'put') copy.set(entry.key, entry.label)
      else copy.delete(entry.key)
    }
    const last = page.at(-1)
    if (!last) return
    row = last.entry.row
  }
}

async function entryNumbered(database: Database, name: string, key: string): Promise<number> {
  for await (const batch of entriesOf(database, await listNamed(database, name))) {
    const found = batch.find((entry) => entry.key === key)
    if (found) return found.entry
  }
  throw new Error('no such entry')
}

test('times lead to stretches: what is numbered once is never numbered earlier', async () => {
  const { database } = await temporaryDatabase()
  const before = new Date(Date.now() - 3_600_000)
  await made(database, 'timed')
  const number = await apply(database, 'timed', put(1))
  const { rows } = await database.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  const now = rows[0]?.now ?? before
  expect(await stretchBetween(database, before, now)).toEqual({ after: 0, upTo: number })
  expect(await stretchBetween(database, new Date(0), before)).toEqual({ after: 0, upTo: 0 })
  await expect(stretchBetween(database, before, new Date(Date.now() + 3_600_000))).rejects.toMatchObject({
    code: 'request.invalid',
  })
})

test('a list is offered only by its terms, to one client, once, until that is ended', async () => {
  const { database } = await temporaryDatabase()
  await made(database, 'open')
  const list = await listNamed(database, 'open')
  const { client } = await database.transaction((tx) =>
    createClient(tx, { name: 'partner', scopes: ['exchange'], policy: POLICY_DEFAULT }, SIGNED),
  )
  const closed = await database.transaction((tx) =>
    createList(tx, 'closed', { ...TERMS, uses: ['gate'] }, SIGNED),
  )
  const offer = (to: typeof list) => database.transaction((tx) => makeOffer(tx, to, client, SIGNED))
  await expect(offer(closed)).rejects.toMatchObject({ code: 'register.refused' })
  const id = await offer(list)
  await expect(offer(list)).rejects.toMatchObject({ code: 'register.exists' })
  expect((await offersTo(database, client.id)).map((one) => one.list.name)).toEqual(['open'])
  const end = () => database.transaction((tx) => endOffer(tx, id, 'the agreement ended', SIGNED))
  const ends = await Promise.allSettled([end(), end()])
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']) // it ends once
  expect(await offersTo(database, client.id)).toEqual([])
  expect(await allOffers(database)).toMatchObject([{ id, endedAt: SIGNED.at.toISOString() }])
})
