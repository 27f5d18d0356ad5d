/** Bound lists: a client keeps the lists that it is bound to, whatever they are called, and gets no other by an old name. */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { clientNamed, createClient, StoredDirectory, setClient } from '#store/clients'
import { createList, listNamed, removeList, renameList } from '#store/lists'
import { migrate, migrateWithin } from '#store/migrate'
import { type Client, isAnyMissing, isAwaitedBy, isBoundTo, POLICY_DEFAULT } from '#terms/client'
import { emptyDatabase } from '../support/database.ts'
import { databaseOfFile, madeList, signed } from '../support/register.ts'

const file = databaseOfFile()
const TERMS = { kind: 'alert', publisher: 'P', terms: '', uses: ['gate'], trust: 'reported' } as const

const named = (word: string): string => `${word}-${randomBytes(6).toString('hex')}`

async function boundTo(...lists: string[]): Promise<Client> {
  const given = { name: named('client'), scopes: ['match'], policy: POLICY_DEFAULT, lists } as const
  return (await file.database.transaction((tx) => createClient(tx, given, signed))).client
}
const make = (name: string) => file.database.transaction((tx) => createList(tx, name, TERMS, signed))
const now = ({ name }: Client) => clientNamed(file.database, name)
const rename = (from: string, to: string) =>
  file.database.transaction(async (tx) => renameList(tx, await listNamed(tx, from), to, signed))
const remove = (name: string) =>
  file.database.transaction(async (tx) => removeList(tx, await listNamed(tx, name), 'over', signed))

test('a client keeps its list through a renaming, and does not see another that takes the old name', async () => {
  const { name, id } = await madeList(file.database)
  const client = await boundTo(name)
  expect(client.lists).toEqual([{ name, list: id }])
  const next = `${name}-b`
  await rename(name, next)
  const impostor = await make(name)
  const after = await now(client)
  expect(after.lists).toEqual([{ name: next, list: id }])
  expect(isBoundTo(after, { id, name: next })).toBe(true)
  expect(isBoundTo(after, impostor)).toBe(false)
  // Also one that was read before, as in a service that is just being told.
  expect(isBoundTo(client, impostor)).toBe(false)
  expect(isAnyMissing(client, [{ id, name: next }])).toBe(false)
})

test('a list that was removed is missed, and one made by its name is not taken for it', async () => {
  const { name, id } = await madeList(file.database)
  const client = await boundTo(name)
  await remove(name)
  const impostor = await make(name)
  const after = await now(client)
  expect(after.lists).toEqual([{ name, list: id, isGone: true }])
  expect(isBoundTo(after, impostor)).toBe(false)
  expect(isAnyMissing(after, [impostor])).toBe(true)
  expect(isAwaitedBy(after, name)).toBe(false)
  const again = await file.database.transaction((tx) => setClient(tx, after, { lists: [name] }, signed))
  expect(again.lists).toEqual([{ name, list: impostor.id }])
})

test('a change of something else leaves a client bound as it was', async () => {
  const { name, id } = await madeList(file.database)
  const client = await boundTo(name)
  await rename(name, `${name}-b`)
  await make(name)
  const before = await now(client)
  const change = { requestsPerMinute: 60 }
  const after = await file.database.transaction((tx) => setClient(tx, before, change, signed))
  expect(after.lists).toEqual([{ name: `${name}-b`, list: id }])
})

test('a list that is awaited is bound on record when it comes, by being made or by taking the name', async () => {
  const [first, second] = [named('made'), named('taken')]
  const client = await boundTo(first, second)
  expect(client.lists).toEqual([{ name: first }, { name: second }])
  expect(isAwaitedBy(client, first)).toBe(true)
  const directory = new StoredDirectory(file.database)
  await directory.refresh()
  const made = await make(first)
  const { name, id } = await madeList(file.database)
  await rename(name, second)
  const after = await now(client)
  expect(after).toMatchObject({ version: 3, lists: [{ list: made.id }, { name: second, list: id }] })
  const events = await eventsOf(file.database, `client:${client.id}`)
  expect(events.map(({ kind, body }) => [kind, body['list']])).toEqual([
    ['client.created', undefined],
    ['client.bound', made.id],
    ['client.bound', id],
  ])
  await remove(first)
  const impostor = await make(first)
  expect(isBoundTo(await now(client), impostor)).toBe(false)
})

test('a list that is made while clients are bound to its name is missed by none of them', async () => {
  for (let round = 0; round < 5; round++) {
    const name = named('raced')
    const [one, list, two] = await Promise.all([boundTo(name), make(name), boundTo(name)])
    for (const client of [one, two]) expect((await now(client)).lists).toEqual([{ name, list: list.id }])
  }
})

test('clients of the form before are bound to the lists that have their names', async () => {
  const { database } = await emptyDatabase()
  await database.transaction((tx) => migrateWithin(tx, 1))
  await database.query(
    `INSERT INTO list (name, kind, publisher, terms, uses, trust, version, changed_at)
     VALUES ('here', 'alert', 'P', '', '{gate}', 2, 0, now())`,
  )
  for (const [name, lists] of [
    ['bound', ['here', 'later', 'here']],
    ['free', null],
    ['none', []],
  ])
    await database.query(
      `INSERT INTO client (name, key_hash, scopes, lists, policy, created_at, version)
       VALUES ($1::text, sha256(convert_to($1::text, 'UTF8')), '{match}', $2, '{}', now(), 1)`,
      [name, lists],
    )
  expect((await migrate(database))[0]).toBe(2)
  expect((await clientNamed(database, 'bound')).lists).toEqual([{ name: 'here', list: 1 }, { name: 'later' }])
  expect(await clientNamed(database, 'free')).not.toHaveProperty('lists')
  expect((await clientNamed(database, 'none')).lists).toEqual([])
})
