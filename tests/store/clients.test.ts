/** Clients: keys shown once, kept as digests, changed and revoked on record. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { eventsOf, type Signed } from '#store/append'
import {
  allClients,
  clientNamed,
  createClient,
  revokeClient,
  StoredDirectory,
  setClient,
} from '#store/clients'
import { POLICY_DEFAULT } from '#terms/client'
import { temporaryDatabase } from '../support/database.ts'

const signed: Signed = { actor: 'operator:test', at: new Date('2026-05-01T10:00:00Z') }
const GIVEN = { name: 'gate', scopes: ['match'], policy: POLICY_DEFAULT } as const

test('a key is nowhere kept, and opens by its digest', async () => {
  const { database } = await temporaryDatabase()
  const { client, key } = await database.transaction((tx) => createClient(tx, GIVEN, signed))
  expect(key).toMatch(/^tut_[A-Za-z0-9_-]{43}$/)
  const { rows } = await database.query<{ all: string }>('SELECT client::text AS all FROM client')
  expect(rows[0]?.all).not.toContain(key)
  const directory = new StoredDirectory(database)
  await directory.refresh()
  expect(directory.find(createHash('sha256').update(key).digest('hex'))).toEqual(client)
  expect(directory.find(createHash('sha256').update(`${key}x`).digest('hex'))).toBeUndefined()
})

test('a change is on record, and one decided on an older version is refused', async () => {
  const { database } = await temporaryDatabase()
  const { client } = await database.transaction((tx) => createClient(tx, GIVEN, signed))
  const change = {
    lists: ['a', 'n'.repeat(200)],
    requestsPerMinute: 60,
    policy: { ...POLICY_DEFAULT, near: 'block' as const },
  }
  const next = await database.transaction((tx) => setClient(tx, client, change, signed))
  expect(await clientNamed(database, 'gate')).toEqual(next)
  expect(next).toMatchObject({
    version: 2,
    lists: [{ name: 'a' }, { name: 'n'.repeat(200) }],
    requestsPerMinute: 60,
    policy: { near: 'block' },
  })
  await expect(
    database.transaction((tx) => setClient(tx, client, { requestsPerMinute: null }, signed)),
  ).rejects.toMatchObject({ code: 'store.conflict' })
  const freed = await database.transaction((tx) =>
    setClient(tx, next, { lists: null, requestsPerMinute: null }, signed),
  )
  expect(freed).not.toHaveProperty('lists')
  expect(freed).not.toHaveProperty('requestsPerMinute')
  const events = await eventsOf(database, `client:${client.id}`)
  expect(events.map(({ kind, version }) => [kind, version])).toEqual([
    ['client.created', 1],
    ['client.changed', 2],
    ['client.changed', 3],
  ])
})

test('a revoked key opens nothing, and its name is free', async () => {
  const { database } = await temporaryDatabase()
  const { client, key } = await database.transaction((tx) => createClient(tx, GIVEN, signed))
  await expect(database.transaction((tx) => createClient(tx, GIVEN, signed))).rejects.toMatchObject({
    code: 'register.exists',
  })
  const directory = new StoredDirectory(database)
  await directory.refresh()
  await database.transaction((tx) => revokeClient(tx, client, signed))
  await directory.refresh()
  expect(directory.find(createHash('sha256').update(key).digest('hex'))).toBeUndefined()
  expect(await allClients(database)).toEqual([])
  await database.transaction((tx) => createClient(tx, GIVEN, signed))
})

test('what cannot be is refused', async () => {
  const { database } = await temporaryDatabase()
  const wrong = [
    { ...GIVEN, name: 'a b' },
    { ...GIVEN, scopes: [] },
    { ...GIVEN, lists: ['a/b'] },
    { ...GIVEN, requestsPerMinute: 0 },
    { ...GIVEN, requestsPerMinute: 1.5 },
  ]
  for (const given of wrong) {
    await expect(database.transaction((tx) => createClient(tx, given, signed))).rejects.toMatchObject({
      code: 'request.invalid',
    })
  }
})
