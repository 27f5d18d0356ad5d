/** Into: a restored store is there whole or not at all, also when whoever restored it was killed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { append, eventsOf } from '#store/append'
import { restoreIntoDatabase, restoreIntoFolder } from '#store/backup/into'
import { markUnfinished } from '#store/backup/unfinished'
import { writeBackup } from '#store/backup/write'
import { examineStore } from '#store/doctor/examine'
import { openStore } from '#store/open'
import { emptyDatabase, temporaryDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { gathered } from '../../support/gathered.ts'
import { dataPlace } from '../embedded/ground.ts'

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const now = (): Date => new Date()

async function backupOfOneEvent(): Promise<string> {
  const { database } = await temporaryDatabase()
  const signed = { actor: 'tutela', at: new Date(0) } as const
  await database.transaction((tx) => append(tx, 'list:7', 0, [{ kind: 'list.created', body: {} }], signed))
  const file = join(await temporaryFolder(), 'one.backup')
  await writeBackup(database, file, '0.0.0')
  return file
}

/** Restores in another process, and kills it in the middle. */
async function killedRestore(kind: 'folder' | 'url', into: string, file: string): Promise<void> {
  const program = ['--conditions=source', '--import', TSX, 'tests/store/children/restorer.ts']
  const child = spawn(process.execPath, [...program, kind, into, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  expect(String((await once(child.stdout, 'data'))[0])).toBe('restoring\n')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function addressOf({ user, password, host, port, database }: pg.ClientConfig): string {
  const at = new URLSearchParams({ host: host ?? '', port: String(port) })
  return `postgres://${user}:${encodeURIComponent(String(password))}@/${database}?${at}`
}

async function wrongOf(asked: { data?: string; url?: string }): Promise<(string | undefined)[]> {
  const findings = await gathered(examineStore({ ...asked, now }))
  return findings.filter(({ state }) => state === 'wrong').map(({ says }) => says)
}

test('a restore into a folder that is killed leaves no store there: it is said, and the next tidies up and ends it', async () => {
  const file = await backupOfOneEvent()
  const data = await dataPlace()
  await killedRestore('folder', data, file)
  const [left = ''] = await readdir(data)
  expect(left).toMatch(/^\.restoring\./)
  for (const create of [true, false])
    await expect(openStore({ data, create })).rejects.toMatchObject({
      code: 'store.unavailable',
      message: `a restore into ${data} was cut off, and nothing of it is there: run it again, or remove ${join(data, left)}`,
    })
  expect(await wrongOf({ data })).toEqual([expect.stringContaining('was cut off')])
  const { events } = await restoreIntoFolder(data, file)
  expect(events).toBe(1)
  expect((await readdir(data)).sort()).toEqual(['store'])
  const store = await openStore({ data, create: false })
  expect(await eventsOf(store.database, 'list:7')).toMatchObject([{ kind: 'list.created' }])
  await store.close()
  await expect(restoreIntoFolder(data, file)).rejects.toMatchObject({ code: 'store.exists' })
})

test('a restore into a database that is killed leaves nothing that is opened: it is said, and the next ends it', async () => {
  const file = await backupOfOneEvent()
  const { config } = await emptyDatabase()
  const url = addressOf(config)
  await killedRestore('url', url, file)
  for (const create of [true, false])
    await expect
      .poll(() => openStore({ url, create }).catch((error: Error) => error.message))
      .toMatch(/was cut off, and nothing of it is there: run it again, or drop the table "restoring"$/)
  expect(await wrongOf({ url })).toContainEqual(expect.stringContaining('was cut off'))
  expect(await restoreIntoDatabase(url, file)).toMatchObject({ events: 1 })
  const store = await openStore({ url, create: false })
  expect(await eventsOf(store.database, 'list:7')).toMatchObject([{ kind: 'list.created' }])
  await store.close()
  await expect(restoreIntoDatabase(url, file)).rejects.toMatchObject({ code: 'store.exists' })
})

test('while a backup is restored nobody opens the store or restores another, and one that fails leaves no mark', async () => {
  const file = await backupOfOneEvent()
  const { config, database } = await emptyDatabase()
  const url = addressOf(config)
  const other = await markUnfinished(config, database)
  await expect(openStore({ url, create: true })).rejects.toMatchObject({
    code: 'store.unavailable',
    message: expect.stringContaining('wait for it to end'),
  })
  await expect(restoreIntoDatabase(url, file)).rejects.toMatchObject({ code: 'store.exists' })
  await other.release()
  const stopped = new Error('stopped')
  const restoring = restoreIntoDatabase(url, file, ({ step }) => {
    if (step === 'check') throw stopped
  })
  await expect(restoring).rejects.toBe(stopped)
  const { rows } = await database.query('SELECT FROM pg_tables WHERE schemaname = current_schema()')
  expect(rows).toEqual([])
})

test('a backup that is not as it was written makes no data directory', async () => {
  const file = await backupOfOneEvent()
  await writeFile(file, 'x', { flag: 'a' })
  const data = await dataPlace()
  await expect(restoreIntoFolder(data, file)).rejects.toMatchObject({ code: 'backup.damaged' })
  await expect(openStore({ data, create: false })).rejects.toMatchObject({ code: 'store.missing' })
})
