/** Credentials on record: by what somebody signs in is made and ended by events, and another row is named as forged. */
import { expect, test } from 'vitest'
import { addCredential, emptyCredentials, endCredentials, spend, takeStep } from '#store/credentials'
import type { Transaction } from '#store/database'
import { refold } from '#workflow/ledger/verify/refold'
import { PEOPLE_FOLDS } from '#workflow/people/folds'
import { temporaryDatabase } from '../../support/database.ts'
import { foundWith } from '../../support/folded.ts'
import { someone } from '../../support/people.ts'
import { signed } from '../../support/register.ts'

const FOLDS = PEOPLE_FOLDS.filter(({ prefix }) => prefix === 'credential:')
const secret = Buffer.from('a public key')

test('a passkey that somebody put into the tables, or made theirs, is found', async () => {
  const { database } = await temporaryDatabase()
  const found = (forge: (tx: Transaction) => Promise<unknown>) => foundWith(database, forge, FOLDS)
  const [{ id: person }, { id: other }] = [
    await someone(database, ['supervisor']),
    await someone(database, ['analyst']),
  ]
  const id = await database.transaction((tx) =>
    addCredential(tx, { id: 'pk-1', person, kind: 'passkey', secret, label: 'a key' }, signed),
  )
  await database.transaction((tx) => takeStep(tx, id, 7, signed.at)) // its use is no change of it
  expect(await found(async () => {})).toEqual([])
  const forged = `INSERT INTO credential (id, person, kind, secret, made_at)
    VALUES ('pk-2', '${person}', 'passkey', '\\x01', now())`
  expect(await found((tx) => tx.query(forged))).toEqual([
    'credential:pk-2: has a row, and no event ever made it',
  ])
  for (const [change, field] of [
    ["secret = '\\x01'", 'secret'],
    [`person = '${other}'`, 'person'],
    ["expires_at = now() + interval '1 year'", 'expiresAt'],
    ['ended_at = now()', 'endedAt'],
  ] as const)
    expect(await found((tx) => tx.query(`UPDATE credential SET ${change}`)), change).toEqual([
      `credential:pk-1: its state does not follow from its events: ${field}`,
    ])
  await database.transaction((tx) => endCredentials(tx, person, ['passkey'], signed))
  expect(await found((tx) => tx.query('UPDATE credential SET ended_at = NULL'))).toEqual([
    'credential:pk-1: its state does not follow from its events: endedAt',
  ])
})

test('what was spent is spent once, and of a person who was weeded no key and no label stays', async () => {
  const { database } = await temporaryDatabase()
  const { id: person } = await someone(database, ['analyst'])
  const add = (kind: 'recovery' | 'passkey') =>
    database.transaction((tx) => addCredential(tx, { person, kind, secret, label: 'Ada’s key' }, signed))
  const [code] = [await add('recovery'), await add('passkey')]
  const spent = () => database.transaction((tx) => spend(tx, code, signed))
  expect([await spent(), await spent()]).toEqual([true, false])
  await database.transaction((tx) => emptyCredentials(tx, person, signed))
  const kept = await database.query("SELECT kind FROM credential WHERE secret <> '' OR label IS NOT NULL")
  expect(kept.rows).toEqual([{ kind: 'passkey' }]) // it stands: only what has ended is emptied
  await database.transaction((tx) => endCredentials(tx, person, ['passkey'], signed))
  for (let times = 0; times < 2; times++)
    await database.transaction((tx) => emptyCredentials(tx, person, signed))
  const { rows } = await database.query('SELECT secret, label FROM credential')
  expect(rows).toEqual(Array(2).fill({ secret: Buffer.alloc(0), label: null }))
  expect((await refold(database, FOLDS)).faults).toEqual([])
})
