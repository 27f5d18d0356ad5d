/** Writing: who saves the snapshot where several processes and machines follow one database. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { folderId } from '#index/service/folder-id'
import { ServiceIndex } from '#index/service/service-index'
import { SNAPSHOT_FILE } from '#index/service/snapshots'
import { openWriter, type Writer } from '#index/service/writer'
import { heldLocks, holdLock } from '#store/lock'
import { temporaryFolder } from '../../support/folder.ts'
import { databaseOfFile } from '../../support/register.ts'
import { filled } from './filled.ts'

const file = databaseOfFile()

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
