/** The commands of retention and of the defence record: from a find to a destruction by two people, as at a terminal. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { KeyedDigests } from '#ground/digest-key'
import { Database } from '#store/database'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { ItemId } from '#terms/evidence'
import type { Role } from '#terms/people'
import { openEvidence } from '#workflow/evidence/desk'
import { lapseDue } from '#workflow/evidence/retain'
import { sealItem } from '#workflow/evidence/seal'
import { called, type Ended, jsonLines } from '../support/command.ts'
import { addressOf, sharedDatabase } from '../support/database.ts'
import { someone } from '../support/people.ts'

const folder = mkdtempSync(join(tmpdir(), 'tutela-retention-'))
const data = join(folder, 'data')
const LONG_AGO = new Date('2022-03-01T12:00:00Z')
let database: Database
let drop: () => Promise<void>
let item: ItemId

beforeAll(async () => {
  const { config, drop: dropped } = await sharedDatabase()
  drop = dropped
  database = new Database(config, {
    connectionsMax: 2,
    digests: new KeyedDigests(join(data, 'keys', 'people')),
  })
  vi.stubEnv('DATABASE_URL', addressOf(config))
  vi.stubEnv('TUTELA_DATA', data)
  const decoders = { readBytes: () => Promise.reject(new Error('nothing was to be decoded')) }
  const given = { database, connection: config, data, decoders, now: () => LONG_AGO }
  const evidence = await openEvidence(given)
  const asked = {
    by: 'tutela',
    purpose: 'assess',
    profile: 'hotline-memorandum',
    caseNumber: '2026-7',
  } as const
  item = (await sealItem(evidence, pieces(), asked)).id
  await evidence.close()
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await database.close()
  await drop()
  rmSync(folder, { recursive: true })
})

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('generated')
}

/** Somebody signed in at a terminal of their own. */
async function terminal(roles: readonly Role[], cases: readonly string[] = []) {
  const { id } = await someone(database, roles, { cases })
  const given = { person: id, how: 'password', limits: SESSION_LIMITS } as const
  const { token } = await database.transaction((tx) => beginSession(tx, given, new Date()))
  const session = join(folder, `${id}.session`)
  writeFileSync(session, token, { mode: 0o600 })
  return (...words: string[]): Promise<Ended> => {
    vi.stubEnv('TUTELA_SESSION', session)
    return called(...words)
  }
}

test('a find, a hold, what is due, two people, and the record', async () => {
  const analyst = await terminal(['analyst'], ['2026-7'])
  const supervisor = await terminal(['supervisor'])
  const senior = await terminal(['approving-senior-officer'])
  const on = ['--on', `item:${item}`]
  const made = ['--way', 'complaint', '--how', 'a customer wrote', '--at', '2026-03-02T08:15:00Z']
  const find = (await analyst('retention', 'found', ...on, ...made)).stdout.trim()
  expect(find).toMatch(/^f-/)
  expect((await analyst('retention', 'delay', find, '--because', 'engaged')).code).toBe(0)
  expect(
    (await analyst('retention', 'report', find, '--to', 'iwf', '--at', '2026-03-02T09:00:00Z')).code,
  ).toBe(0)

  const why = ['--issuer', 'a court', '--because', 'an appeal', '--purpose', 'preserve']
  const hold = (await analyst('retention', 'hold', item, ...why)).stdout.trim()
  await lapseDue(database, new Date())
  expect((await supervisor('retention', 'due')).stdout).toContain(`${item}  kept for nothing since`)
  const tried = await supervisor('retention', 'propose', item, '--because', 'over')
  expect([tried.code, tried.stderr]).toEqual([expect.any(Number), expect.stringContaining('under-hold')])
  expect((await supervisor('retention', 'release', hold, '--because', 'ended')).code).toBe(0)

  const proposed = (await analyst('retention', 'propose', item, '--because', 'two years')).stdout.trim()
  expect((await analyst('retention', 'approve', proposed)).stderr).toContain('people.refused')
  expect((await supervisor('retention', 'destroy', proposed)).stderr).toContain('not approved')
  expect((await senior('retention', 'approve', proposed)).code).toBe(0)
  expect((await senior('retention', 'destroy', proposed)).stderr).toContain(
    'no registered copy of its key is left',
  )
  const shown = (await supervisor('retention', 'show', item, '--json')).stdout
  expect(
    jsonLines<{ copies: { outcome: string }[] }>(shown)[0]?.copies.map(({ outcome }) => outcome),
  ).toEqual(['destroyed', 'destroyed'])

  const out = join(folder, 'record')
  expect((await analyst('defence', 'make', ...on, '--out', out)).stderr).toContain('SHA-256')
  const record = JSON.parse(readFileSync(`${out}.json`, 'utf8'))
  expect(record.acts.map(({ event }: { event: { kind: string } }) => event.kind)).toEqual([
    ...['discovery.made', 'discovery.delayed', 'discovery.reported', 'telling.made', 'hold.placed'],
    ...['destruction.proposed', 'act.refused'],
  ])
  expect(readFileSync(`${out}.pdf`).subarray(0, 5).toString()).toBe('%PDF-')
  expect((await analyst('defence', 'make', ...on, '--out', out)).stderr).toContain('output.failed')
})
