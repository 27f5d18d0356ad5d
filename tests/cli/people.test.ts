/** The commands for people and authorities: from the first link to a refusal, as somebody at a terminal does it. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { KeyedDigests } from '#ground/digest-key'
import { openPersonKeys } from '#ground/person-keys'
import { credentialsOf } from '#store/credentials'
import { Database } from '#store/database'
import type { PersonId } from '#terms/people'
import { called, type Ended, jsonLines } from '../support/command.ts'
import { addressOf, sharedDatabase } from '../support/database.ts'

const PASSWORD = 'four plain words here'
const folder = mkdtempSync(join(tmpdir(), 'tutela-people-'))
let database: Database
let drop: () => Promise<void>
let administrator: PersonId
let supervisor: PersonId
let analyst: PersonId

beforeAll(async () => {
  const { config, drop: dropped } = await sharedDatabase()
  drop = dropped
  database = new Database(config, {
    connectionsMax: 2,
    digests: new KeyedDigests(join(folder, 'data', 'keys', 'people')),
  })
  vi.stubEnv('DATABASE_URL', addressOf(config))
  vi.stubEnv('TUTELA_DATA', join(folder, 'data'))
  administrator = await joined('root', await as('root', ['people', 'setup', '--json']))
  const admit = (name: string, roles: string) =>
    as('root', ['people', 'admit', '--name', name, '--roles', roles, '--departments', 'desk', '--json'])
  supervisor = await joined('super', await admit('Sue Example', 'supervisor'))
  analyst = await joined('ana', await admit('Ana Example', 'analyst'))
  const seen = (await as('super', ['people', 'ls'])).stdout
  expect(seen).toContain(`${analyst}  waits to be let in  analyst`)
  expect(await as('root', ['people', 'resume', analyst])).toMatchObject({ code: 78 })
  expect(await as('super', ['people', 'resume', analyst])).toMatchObject({ code: 0 })
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await database.close()
  await drop()
  rmSync(folder, { recursive: true })
})

/** Runs a command in somebody's session, with answers to its questions. */
async function as(
  who: string,
  words: readonly string[],
  answers: Iterable<string> | AsyncIterable<string> = [],
): Promise<Ended> {
  vi.stubEnv('TUTELA_SESSION', join(folder, `${who}.session`))
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {}
  Object.defineProperty(process, 'stdin', { value: Readable.from(answers), configurable: true })
  try {
    return await called(...words)
  } finally {
    Object.defineProperty(process, 'stdin', stdin)
  }
}

/** The answers of somebody who joins: the code is read off an authenticator once the secret was shown. */
async function* joining(name: string, person: PersonId): AsyncGenerator<string> {
  yield `${name}\n${PASSWORD}\n`
  yield `${await code(person)}\n`
}

async function code(person: PersonId, steps = 0): Promise<string> {
  const keys = await openPersonKeys(join(folder, 'data', 'keys', 'people'))
  const totp = await vi.waitUntil(
    async () => (await credentialsOf(database, person, 'totp', new Date()))[0],
    { timeout: 10_000 },
  )
  const secret = await keys.open(person, 'totp', totp?.secret ?? Buffer.alloc(0))
  return generateSync({ secret: secret ?? '', epoch: Math.floor(Date.now() / 1000) + steps * 30 })
}

async function joined(who: string, invited: Ended): Promise<PersonId> {
  const [{ person, token } = { person: '', token: '' }] = jsonLines<{ person: PersonId; token: string }>(
    invited.stdout,
  )
  const done = await as(who, ['people', 'join', token], joining(`${who}-name`, person as PersonId))
  expect(done).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^([0-9a-f]{5}(-[0-9a-f]{5}){3}\n){10}$/),
  })
  return person as PersonId
}

test('people come in by a link, act in their roles, and are refused beyond them, on record', async () => {
  expect(await as('root', ['people', 'setup'])).toMatchObject({ code: 64, stdout: '' })
  const file = join(folder, 'root.session')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).toMatch(/^tus_[\w-]{43}\n$/)
  expect(await as('super', ['people', 'allocate', analyst, 'C-1'])).toMatchObject({ code: 0 })
  const refused = await as('ana', ['people', 'allocate', supervisor, 'C-1'])
  expect(refused).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('no role of yours may do this (no-role, r-'),
  })
  expect((await as('root', ['people', 'roles', administrator, '--roles', 'analyst'])).stderr).toContain(
    'own-act',
  )
  const all = await as('super', ['people', 'ls', '--json'])
  expect(all.stdout).not.toContain('Example')
  expect(jsonLines(all.stdout)).toContainEqual(
    expect.objectContaining({ id: analyst, roles: ['analyst'], departments: ['desk'] }),
  )
  const refusals = jsonLines((await as('super', ['people', 'refusals', '--json'])).stdout)
  expect(refusals.map(({ act }) => act)).toEqual(['set-roles', 'allocate-case', 'let-in'])
  const told = await as('super', ['people', 'reveal', analyst, '--purpose', 'investigate'])
  expect(jsonLines(told.stdout)).toEqual([{ kind: 'identity', person: analyst, name: 'Ana Example' }])
})

test('the ledger is read by whoever is signed in, in their role and on record, else by whoever runs the machine', async () => {
  expect(await as('ana', ['ledger', 'verify'])).toMatchObject({ code: 78, stdout: '' })
  expect(await as('ana', ['ledger', 'export', join(folder, 'never')])).toMatchObject({ code: 78 })
  // Let in; nothing is signed yet.
  expect(await as('super', ['ledger', 'proof', `person:${analyst}`, '1'])).toMatchObject({ code: 75 })
  expect(await as('nobody-here', ['ledger', 'status'])).toMatchObject({ code: 0 })
  const { rows } = await database.query<{ actor: string; body: object }>(
    `SELECT actor, body FROM event WHERE kind IN ('ledger.read', 'act.refused') ORDER BY id DESC LIMIT 3`,
  )
  expect(rows).toMatchObject([
    { actor: `person:${supervisor}`, body: { what: 'proof' } },
    { actor: `person:${analyst}`, body: { act: 'export-ledger', because: 'no-role' } },
    { actor: `person:${analyst}`, body: { act: 'read-ledger', because: 'no-role' } },
  ])
})

test('an authority is given to others than oneself, and revoked', async () => {
  const authority = [
    '--issuer',
    'DCI Example',
    '--issued-for',
    'a chief officer',
    '--purposes',
    'prevent-another',
  ]
  const terms = ['--acts', 'crawl', '--host', 'example.org', '--from', '2026-01-01', '--until', '2036-01-01']
  const added = await as('super', ['authority', 'add', ...authority, ...terms, '--person', analyst])
  expect(added).toMatchObject({ code: 0 })
  const id = added.stdout.trim()
  expect(
    (await as('super', ['authority', 'add', ...authority, ...terms, '--person', supervisor])).stderr,
  ).toContain('own-act')
  expect((await as('super', ['authority', 'revoke', id, '--because', 'over'])).code).toBe(0)
  const shown = jsonLines((await as('root', ['authority', 'ls', '--json'])).stdout)
  expect(shown).toMatchObject([{ id, acts: ['crawl'], people: [analyst], revokedAt: expect.any(String) }])
})

test('advice, training, a conflict of interest and a risk are put on record by those concerned', async () => {
  const advise = ['--officer', 'DC 1', '--acts', 'view', '--words', 'Look at no more than is needed.']
  const advice = (await as('super', ['people', 'advise', analyst, ...advise])).stdout.trim()
  expect((await as('ana', ['people', 'acknowledge', advice])).code).toBe(0)
  const train = ['--subject', 'grading', '--by', 'hotline', '--at', '2026-01-01', '--exposure', '40']
  expect((await as('super', ['people', 'train', analyst, ...train])).code).toBe(0)
  expect((await as('ana', ['people', 'records', analyst])).stdout).toMatch(
    /advice w-.*\(read .*\n.*no more than(.|\n)*exposure 40/,
  )
  expect((await as('ana', ['people', 'conflict', analyst, '--on', 'case:C-1'])).code).toBe(0)
  const risk = await as('ana', ['people', 'risk', '--on', 'case:C-2', '--because', 'a child is at risk now'])
  expect((await as('ana', ['people', 'risk', '--end', risk.stdout.trim()])).code).toBe(0)
})

// The last: the analyst is gone afterwards.
test('a session is of use to its owner alone, until its person signs out, is suspended or is weeded', async () => {
  expect((await as('ana', ['people', 'sign-out'])).code).toBe(0)
  expect(await as('ana', ['people', 'records', analyst])).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('people.sign-in'),
  })
  const answers = async (password: string) => [`ana-name\n${password}\n${await code(analyst, 1)}\n`]
  expect((await as('ana', ['people', 'sign-in'], await answers('not the password'))).code).toBe(78)
  expect((await as('ana', ['people', 'sign-in'], await answers(PASSWORD))).code).toBe(0)
  chmodSync(join(folder, 'ana.session'), 0o644)
  expect((await as('ana', ['people', 'records', analyst])).stderr).toContain('you alone may read')
  chmodSync(join(folder, 'ana.session'), 0o600)
  expect((await as('super', ['people', 'suspend', analyst])).code).toBe(0)
  expect((await as('ana', ['people', 'records', analyst])).code).toBe(78)
  expect((await as('super', ['people', 'resume', analyst])).code).toBe(0)
  expect((await as('root', ['people', 'reset', analyst, '--json'])).code).toBe(0)
  expect((await as('super', ['people', 'weed', analyst, '--yes'])).code).toBe(78) // they have not left
  expect((await as('super', ['people', 'leave', analyst])).code).toBe(0)
  expect((await as('super', ['people', 'weed', analyst, '--yes'])).stderr).toContain(
    'no registered copy of its key',
  )
  const gone = await as('super', ['people', 'reveal', analyst, '--purpose', 'investigate'])
  expect(gone.stderr).toContain('was weeded')
})
