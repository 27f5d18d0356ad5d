/** Into: a restored data directory is there whole or not at all. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { append, eventsOf } from '#store/append'
import { restoreIntoFolder } from '#store/backup/into'
import { writeBackup } from '#store/backup/write'
import { openStore } from '#store/open'
import { temporaryDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { dataPlace } from '../embedded/ground.ts'

/** A number that no process has. */
const NOBODY = 2 ** 30

async function backupOfOneEvent(): Promise<string> {
  const { database } = await temporaryDatabase()
  const signed = { actor: 'tutela', at: new Date(0) } as const
  await database.transaction((tx) => append(tx, 'list:7', 0, [{ kind: 'list.created', body: {} }], signed))
  const file = join(await temporaryFolder(), 'one.backup')
  await writeBackup(database, file, '0.0.0')
  return file
}

test('a restore that was cut off lets no empty store take its place, and the next one tidies up and ends it', async () => {
  const file = await backupOfOneEvent()
  const data = await dataPlace()
  const left = `.restoring.${NOBODY}.00000000.part`
  await mkdir(join(data, left, 'store'), { recursive: true })
  await expect(openStore({ data, create: true })).rejects.toMatchObject({
    code: 'store.unavailable',
    message: expect.stringContaining('was cut off'),
  })
  const { events } = await restoreIntoFolder(data, file)
  expect(events).toBe(1)
  expect((await readdir(data)).sort()).toEqual(['store'])
  const store = await openStore({ data, create: false })
  expect(await eventsOf(store.database, 'list:7')).toMatchObject([{ kind: 'list.created' }])
  await store.close()
  await expect(restoreIntoFolder(data, file)).rejects.toMatchObject({ code: 'store.exists' })
})

test('a backup that is not as it was written makes no data directory', async () => {
  const file = await backupOfOneEvent()
  await writeFile(file, 'x', { flag: 'a' })
  const data = await dataPlace()
  await expect(restoreIntoFolder(data, file)).rejects.toMatchObject({ code: 'backup.damaged' })
  await expect(openStore({ data, create: false })).rejects.toMatchObject({ code: 'store.missing' })
})
