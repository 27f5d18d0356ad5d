/** Killed desk: the service is killed behind the gate's answer, and amid screening: nothing is lost, nothing comes twice. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Database } from '#store/database'
import { asFile } from '../../src/scenes/edit.ts'
import { scene } from '../../src/scenes/scene.ts'
import { ended, started } from '../support/command.ts'
import { addressOf, temporaryDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Service, service } from '../support/started.ts'

const WAIT = { timeout: 60_000, interval: 20 }
const STOPPED = 40
const PICTURES = 30
const KNOWN = randomBytes(32).toString('hex')

interface Room {
  readonly environment: NodeJS.ProcessEnv
  readonly database: Database
  readonly key: string
  readonly count: (from: string) => Promise<number>
}

async function room(scope: string): Promise<Room> {
  const { database, config } = await temporaryDatabase()
  const folder = await temporaryFolder()
  const file = join(folder, 'tutela.yaml')
  await writeFile(file, 'desk:\n  reportGate: block\n')
  const environment = {
    DATABASE_URL: addressOf(config),
    TUTELA_DATA: join(folder, 'data'),
    TUTELA_CONFIG: file,
  }
  await ran(environment, 'init')
  const csv = join(folder, 'known.csv')
  await writeFile(csv, `sha256\n${KNOWN}\n`)
  const as = ['--publisher', 'Us', '--uses', 'gate', '--trust', 'confirmed']
  await ran(environment, 'list', 'create', 'known', ...as)
  await ran(environment, 'list', 'import', csv, '--into', 'known')
  const made = await ran(environment, 'key', 'create', '--name', 'upload', '--scope', scope)
  const count = async (from: string): Promise<number> =>
    (await database.query(`SELECT FROM ${from}`)).rowCount ?? 0
  return { environment, database, key: made.trim(), count }
}

async function ran(environment: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<string> {
  const done = await ended(started(words, environment))
  expect(done, words.join(' ')).toMatchObject({ code: 0 })
  return done.stdout
}

async function killed({ child }: Service): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

async function ready({ url }: Service): Promise<void> {
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status, WAIT).toBe(200)
}

test('killed as soon as the gate has answered, each item that it stopped is a report, once', async () => {
  const { environment, key, count } = await room('match')
  const first = await service(environment)
  await ready(first)
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const asked = async (at: number): Promise<unknown> => {
    const body = JSON.stringify({ digests: { sha256: KNOWN }, reference: `u-${at}` })
    return (await fetch(`${first.url}/v1/match`, { method: 'POST', headers, body })).json()
  }
  const answers = await Promise.all(Array.from({ length: STOPPED }, (_, at) => asked(at)))
  await killed(first)
  for (const answer of answers) expect(answer).toMatchObject({ verdict: 'match', decision: 'block' })
  const [brought, left] = [await count('report'), await count('report_stopped')]
  expect(brought + left).toBeGreaterThanOrEqual(STOPPED) // one that was being brought may stand as both
  await service(environment)
  await expect.poll(() => count('report_stopped'), WAIT).toBe(0)
  expect(await count('report')).toBe(STOPPED)
  expect(await count('desk_case')).toBe(1)
  console.log(`killed behind ${STOPPED} answers: ${brought} were brought, ${left} waited`)
}, 120_000)

test('killed while it reads items, it takes them up again, and each is looked up once', async () => {
  const { environment, database, key, count } = await room('report')
  const first = await service(environment)
  await ready(first)
  const { bytes } = await asFile(scene(4, 800, 600))
  const headers = { authorization: `Bearer ${key}` }
  const bring = async (at: number): Promise<void> => {
    const form = new FormData()
    form.append('report', new Blob(['{"kind":"material"}'], { type: 'application/json' }))
    form.append('file', new Blob([bytes, String(at)]), 'x.jpg')
    const answer = await fetch(`${first.url}/v1/reports`, { method: 'POST', headers, body: form })
    expect(answer.status, await answer.text()).toBe(201)
  }
  for (let at = 0; at < PICTURES; at++) await bring(at)
  const unended = "opening WHERE kind = 'processing' AND ended_at IS NULL"
  await database.query('UPDATE case_item SET screen_after = now()') // whatever was looked at by now is looked at again
  await database.query("UPDATE vault_item SET derived = NULL WHERE state <> 'destroyed'")
  await expect.poll(() => count(unended), { timeout: 30_000, interval: 1 }).toBeGreaterThan(0)
  await killed(first)
  const cut = await count(unended)
  const leased = await count('case_item WHERE leased_by IS NOT NULL')
  expect([cut > 0, leased > 0]).toEqual([true, true])
  await database.query('UPDATE case_item SET leased_until = now() WHERE leased_by IS NOT NULL') // its time is over
  await service(environment)
  await expect.poll(() => count('case_item WHERE screen_after IS NOT NULL'), WAIT).toBe(0)
  expect(await count('case_item WHERE leased_by IS NOT NULL')).toBe(0)
  const { rows } = await database.query<{ times: string }>(
    `SELECT count(*) AS times FROM event WHERE kind = 'case-item.screened' GROUP BY stream`,
  )
  expect(rows.map(({ times }) => Number(times))).toEqual(Array.from({ length: PICTURES }, () => 1))
  expect(await count('vault_item WHERE derived IS NULL')).toBe(0)
  expect(await count('opening WHERE released_at IS NULL')).toBe(0)
  expect(await count(unended)).toBe(cut) // what was cut off ends with its time, as any opening does
  console.log(`killed with ${cut} items open and ${leased} in hand`)
}, 120_000)
