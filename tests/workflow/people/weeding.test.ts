/** Weeding: names of people who left go when they are due, and are gone for good once no copy of their key is left. */
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { caseKey, personKeyFolder } from '#ground/person-keys'
import { retentionJob } from '#jobs/retention'
import type { Database } from '#store/database'
import { personOf } from '#store/people'
import type { PersonId } from '#terms/people'
import { account } from '#workflow/evidence/account'
import { dueNow } from '#workflow/evidence/due'
import { backUpKeys, restoreKeys } from '#workflow/evidence/keys'
import { lapseDue } from '#workflow/evidence/retain'
import { sealItem } from '#workflow/evidence/seal'
import { refold } from '#workflow/ledger/verify/refold'
import { PEOPLE_FOLDS } from '#workflow/people/folds'
import { identityOf, sealIdentity } from '#workflow/people/identity'
import { openPeople } from '#workflow/people/open'
import { leave, weed } from '#workflow/people/weed'
import { refusal, someone } from '../../support/people.ts'
import { sealBytes, stream, vaultRoom } from '../../support/vault.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const DAY = 86_400_000
const OWN_PROFILE = `profile: own
title: Ours
place: Here
from: "2026-01-01"
verified: operator
sources: [{title: Our rules}]
purposes: {assess: {for: P9Y, because: ours}}
otherwise: {not-kept: true, because: ours}
names: {for: P30D, because: ours}
`

/** A vault, and people beside it: a supervisor, and an analyst whose name is known. */
async function office(profile?: string) {
  const room = await vaultRoom()
  const { database, data } = room
  let at = START
  const now = (): Date => new Date(at)
  if (profile !== undefined) {
    await mkdir(join(data, 'retention'), { recursive: true })
    await writeFile(join(data, 'retention', 'own.yaml'), profile)
  }
  const evidence = await room.open({ now })
  const open = () => openPeople({ database, data, now })
  const people = await open()
  const supervisor = (await someone(database, ['supervisor'])).id
  const named = async (): Promise<PersonId> => {
    const { id } = await someone(database, ['analyst'])
    const sealed = await sealIdentity(people, id, { name: 'Ada Example' })
    await database.query('UPDATE person SET identity = $2 WHERE id = $1', [id, sealed])
    return id
  }
  const keys = join(data, 'keys', 'people')
  const desk = { database, vault: evidence.vault, people: personKeyFolder(keys) }
  const signed = () => ({ actor: 'operator:one', at: now() }) as const
  const on = (person: PersonId) => ({ by: supervisor, person, signedInAt: now() })
  const later = (days: number): void => {
    at += days * DAY
  }
  const due = async () => (await dueNow(database, await people.profiles(), now())).names
  return { ...room, evidence, people, open, named, keys, desk, signed, on, later, due, now }
}

async function stateOf(database: Database, id: PersonId): Promise<string> {
  const person = await personOf(database, id)
  if (person?.weedingCompleteAt !== undefined) return 'complete'
  return person?.weededAt === undefined ? 'named' : 'partly'
}

test('a name is gone in part while a backup may hold its key, and for good once each is accounted for', async () => {
  const { database, data, people, named, desk, signed, on, keys, due } = await office()
  const [ada, other] = [await named(), await named()]
  const files = ['one', 'two'].map((name) => join(data, name))
  const copies: string[] = []
  for (const file of files) {
    const made = await backUpKeys(desk, { file, expiresAt: new Date(START + DAY) }, signed())
    copies.push(made.peopleCopy ?? '')
    const content = await readFile(file)
    expect(content.includes((await readFile(join(keys, `${ada}.key`))).toString('base64'))).toBe(false) // wrapped
  }
  await leave(people, on(ada))
  expect(await weed(people, on(ada))).toMatchObject({
    isComplete: false,
    remaining: expect.arrayContaining(copies.map((id) => expect.objectContaining({ id }))), // made at one moment
  })
  expect(await due()).toEqual([{ kind: 'partly', person: ada, copies: expect.arrayContaining([...copies]) }])
  // One that was made afterwards holds nothing up.
  const late = await backUpKeys(
    desk,
    { file: join(data, 'late'), expiresAt: new Date(START + DAY) },
    signed(),
  )
  expect(late.peopleCopy).toBeDefined()
  const [file = ''] = files
  expect(await restoreKeys(desk, { file, content: createReadStream(file) }, signed())).toMatchObject({
    ...{ restored: [], weeded: [ada] },
  })
  expect(await readdir(keys)).not.toContain(`${ada}.key`)
  const destroyed = { outcome: 'destroyed', proof: 'shredded' } as const
  for (const [copy, then] of [
    [copies[0], 'partly'],
    [copies[1], 'complete'],
  ] as const) {
    await database.transaction((tx) => account(tx, copy ?? '', destroyed, signed()))
    expect(await stateOf(database, ada)).toBe(then)
  }
  expect([await stateOf(database, other), await due()]).toEqual(['named', []])
  expect((await refold(database, PEOPLE_FOLDS)).faults).toEqual([])
})

test('keys of reports and of the words of cases come back too, but not of reports that were weeded', async () => {
  const { data, database, people, desk, signed, keys } = await office()
  await database.query(
    `INSERT INTO desk_case (number, kind, state, opened_at, received_at, version)
     VALUES ('K-1', 'hotline', 'waiting', now(), now(), 1)`,
  )
  const [stands, weeded] = ['r-0123456789abcdef', 'r-0123456789abcdeg'] as const
  for (const owner of [stands, weeded, caseKey('K-1'), caseKey('K-2')])
    await people.keys.seal(owner, 'words', 'x')
  for (const [id, at] of [
    [stands, null],
    [weeded, new Date(START)],
  ])
    await database.query(
      `INSERT INTO report (id, reference_hash, channel, kind, is_anonymous, at_risk, received_at, case_number, has_joined,
                           weeded_at, version)
       VALUES ($1::text, sha256(convert_to($1::text, 'UTF8')), 'public', 'page', true, false, now(), 'K-1', false, $2, 1)`,
      [id, at],
    )
  const file = join(data, 'keys.backup')
  await backUpKeys(desk, { file, expiresAt: new Date(START + DAY) }, signed())
  await rm(keys, { recursive: true })
  expect(await restoreKeys(desk, { file, content: createReadStream(file) }, signed())).toMatchObject({
    restored: expect.arrayContaining(['sign-in', stands, caseKey('K-1')]),
    ...{ weeded: [weeded], unknown: [caseKey('K-2')] },
  })
})

test('keys of people come back from a backup, with the one that finds them by name, and by no other vault', async () => {
  const { data, people, named, desk, signed, keys, open } = await office()
  const ada = await named()
  const digest = people.keys.digest('name', 'ada')
  const file = join(data, 'keys.backup')
  expect(await backUpKeys(desk, { file, expiresAt: new Date(START + DAY) }, signed())).toMatchObject({
    keys: 2,
  })
  await rm(keys, { recursive: true })
  await open() // a service that was started without them made a new one to find people by
  const again = () => restoreKeys(desk, { file, content: createReadStream(file) }, signed())
  expect((await again()).restored).toEqual(['sign-in', ada])
  expect(await again()).toMatchObject({ restored: [], present: 2 })
  const restored = await open()
  expect(await identityOf(restored, ada)).toEqual({ name: 'Ada Example' })
  expect(restored.keys.digest('name', 'ada')).toEqual(digest)
  await rm(keys, { recursive: true })
  const { evidence } = await office()
  await sealBytes(evidence, randomBytes(10)) // which makes its identity
  const elsewhere = { ...desk, vault: evidence.vault }
  expect(await restoreKeys(elsewhere, { file, content: createReadStream(file) }, signed())).toMatchObject({
    ...{ restored: [], unopened: ['sign-in', ada] },
  })
})

test('a name is due when the period of the profiles in use is over, and is refused before', async () => {
  const { evidence, people, named, on, later, due, database, now } = await office(OWN_PROFILE)
  const ada = await named()
  const asked = { by: 'tutela', purpose: 'assess', profile: 'own', caseNumber: '1' } as const
  await sealItem(evidence, stream(randomBytes(10)), asked)
  await expect(weed(people, on(ada))).rejects.toMatchObject(refusal('not-due')) // she has not left
  expect(await leave(people, on(ada))).toMatchObject({ state: 'left', roles: [] })
  await expect(leave(people, on(ada))).rejects.toMatchObject({ code: 'store.conflict' })
  expect(await due()).toEqual([])
  later(29)
  await expect(weed(people, on(ada))).rejects.toMatchObject(refusal('not-due'))
  later(1)
  const until = new Date(START + 30 * DAY).toISOString()
  expect(await due()).toEqual([{ kind: 'due', person: ada, since: until }])
  const said: object[] = []
  const log = { info: () => undefined, warn: (_: string, fields: object) => said.push(fields) }
  await retentionJob(await people.profiles()).run(
    { database, log, now } as never,
    new AbortController().signal,
  )
  expect(said).toMatchObject([{ namesToWeed: 1, namesWeededInPart: 0 }])
  expect(await identityOf(people, ada)).toBeDefined() // a job weeds nobody
  expect(await weed(people, on(ada))).toEqual({ isComplete: true, remaining: [] })
  expect(await due()).toEqual([])
})

test('where no period is set somebody decides, and a weeding that was cut off is finished at the next start', async () => {
  const { people, named, on, due, database, keys, open, desk, data, signed, later, now } = await office()
  const ada = await named()
  await leave(people, on(ada))
  expect(await due()).toEqual([
    { kind: 'to-decide', person: ada, leftAt: new Date(START).toISOString(), by: [] },
  ])
  const file = join(data, 'keys.backup')
  await backUpKeys(desk, { file, expiresAt: new Date(START + DAY) }, signed())
  const stops = {
    ...people,
    keys: Object.assign(Object.create(people.keys), { shred: () => Promise.reject(new Error('power')) }),
  }
  await expect(weed(stops, on(ada))).rejects.toThrow('power')
  expect(await readdir(keys)).toContain(`${ada}.key`)
  await open()
  expect(await readdir(keys)).not.toContain(`${ada}.key`)
  expect(await stateOf(database, ada)).toBe('partly')
  // Its day passes: the file is still there, so that it has not ended; once it is gone, it has.
  later(2)
  await lapseDue(database, now())
  expect(await stateOf(database, ada)).toBe('partly')
  await rm(file)
  await lapseDue(database, now())
  expect(await stateOf(database, ada)).toBe('complete')
})
