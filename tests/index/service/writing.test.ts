/** Writing: who saves the snapshot where several follow one database, and what is left by a writer that was killed in a merge. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { folderId } from '#index/service/folder-id'
import { ServiceIndex } from '#index/service/service-index'
import { SNAPSHOT_FILE } from '#index/service/snapshots'
import { openWriter, type Writer } from '#index/service/writer'
import type { Database } from '#store/database'
import { RegisterFeed } from '#store/feed'
import { heldLocks, holdLock } from '#store/lock'
import type { RegisterHit } from '#terms/lookup'
import { temporaryDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { databaseOfFile, madeList } from '../../support/register.ts'
import { StoredIndex } from '../../support/stored-index.ts'
import { filled, pdqFingerprint, putAt } from './filled.ts'
import { stepAt } from './merged.ts'

const file = databaseOfFile()
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

async function writerOf(folder: string, everyMilliseconds = 3_600_000): Promise<Writer> {
  const lock = (name: string) => holdLock(file.config, name)
  const writer = await openWriter({ folder, lock, log: () => {}, everyMilliseconds })
  onTestFinished(() => writer.release())
  return writer
}

test('every folder of one database has a writer of its own, and all processes of one folder have one', async () => {
  const folders = [await temporaryFolder(), await temporaryFolder()]
  for (const folder of folders) {
    const { mayWrite } = await writerOf(folder)
    const index = ServiceIndex.open({ folder, feed: filled(5), threads: 0, mayWrite })
    await index.catchUp()
    await index.close()
    expect(await readdir(folder)).toContain(SNAPSHOT_FILE)
  }
  const second = await writerOf(folders[0] ?? '')
  expect(second.mayWrite()).toBe(false)
  const ids = await Promise.all(folders.map(folderId))
  expect(await heldLocks(file.database)).toEqual(ids.map((id) => `index-writer ${id}`).sort())
})

test('who waits to write takes over when the writer goes', async () => {
  const folder = await temporaryFolder()
  const first = await writerOf(folder)
  const second = await writerOf(folder, 5)
  expect([first.mayWrite(), second.mayWrite()]).toEqual([true, false])
  await first.release()
  await expect.poll(() => second.mayWrite()).toBe(true)
})

test('an id is made once, by whoever is first, and anew where it is none', async () => {
  const folder = await temporaryFolder()
  const ids = await Promise.all(Array.from({ length: 8 }, () => folderId(folder)))
  expect(new Set(ids).size).toBe(1)
  expect(await readFile(join(folder, 'id'), 'latin1')).toBe(`${ids[0]}\n`)
  await writeFile(join(folder, 'id'), randomBytes(3))
  const next = await folderId(folder)
  expect(next).toMatch(/^[0-9a-f]{16}$/)
  expect(await folderId(folder)).toBe(next)
  expect(await readdir(folder)).toEqual(['id'])
})

test('where nothing can be written the service goes on without a snapshot, and says so', async () => {
  const folder = await temporaryFolder()
  await rm(folder, { recursive: true })
  const notes: string[] = []
  const lock = (name: string) => holdLock(file.config, name)
  const writer = await openWriter({ folder, lock, log: (_, note) => notes.push(note) })
  expect(writer.mayWrite()).toBe(false)
  expect(notes).toMatchObject([expect.stringMatching(/no snapshot will be saved/)])
  await writer.release()
})

test.each(['pdq', 'digests'])(
  'a process that is killed while it merges %s leaves what the next one starts from, which answers everything',
  async (of) => {
    const { database, config } = await temporaryDatabase()
    const list = await madeList(database)
    await list.apply(Array.from({ length: 400 }, (_, place) => stepAt(place)))
    const folder = await temporaryFolder()
    const program = ['--conditions=source', '--import', TSX, 'tests/index/service/merger.ts']
    const given = [JSON.stringify(config), folder, list.name, of]
    const child = spawn(process.execPath, [...program, ...given], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    expect(String((await once(child.stdout, 'data'))[0])).toBe('merging\n')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await readdir(folder)).toEqual([SNAPSHOT_FILE])

    const notes: string[] = []
    const log = (_: string, note: string): number => notes.push(note)
    const feed = new RegisterFeed(database)
    const index = ServiceIndex.open({ folder, feed, threads: 0, mergeRows: 1, log })
    onTestFinished(() => index.close())
    await index.catchUp()
    await expectAsLinear(index, database, 700)
    await list.apply([stepAt(800)])
    await index.catchUp()
    await expectAsLinear(index, database, 801)
    expect(notes).toEqual([]) // it was opened from the snapshot, and not built anew
  },
)

/** Every place is answered as a look at every row of the database does. */
async function expectAsLinear(index: ServiceIndex, database: Database, places: number): Promise<void> {
  const linear = new StoredIndex(database)
  await linear.catchUp()
  const found = (hits: readonly RegisterHit[]) =>
    hits.map(({ row, entry, list, basis, distance }) => ({ row, entry, list, basis, distance }))
  for (let place = 0; place < places; place += 7) {
    const { pdq: _, ...digests } = putAt(place).hashes
    const asked = { ...pdqFingerprint(place), digests }
    expect(found(index.hits(asked).hits)).toEqual(found(linear.hits(asked).hits))
  }
  expect(index.hits(pdqFingerprint(401)).hits).not.toEqual([])
  expect(index.hits(pdqFingerprint(7)).hits).toEqual([])
}
