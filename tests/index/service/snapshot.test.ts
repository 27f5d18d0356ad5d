/** Snapshot: a file that is damaged, cut, newer or of another database is refused and built anew; one that was begun is none. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ServiceIndex } from '#index/service/service-index'
import { SNAPSHOT_SECTIONS } from '#index/service/snapshot-layout'
import { openSnapshot } from '#index/service/snapshot-open'
import { SNAPSHOT_FILE } from '#index/service/snapshots'
import { temporaryFolder } from '../../support/folder.ts'
import { filled, pdqFingerprint } from './filled.ts'
import type { MemoryRegister } from './register.ts'

const ours = async (): Promise<boolean> => true

interface Saved {
  readonly register: MemoryRegister
  readonly folder: string
  readonly path: string
}

/** A register of 60 entries with a snapshot of it. */
async function saved(): Promise<Saved> {
  const register = filled(60)
  const folder = await temporaryFolder()
  const index = ServiceIndex.open({ folder, feed: register, threads: 0 })
  await index.catchUp()
  await index.close()
  return { register, folder, path: join(folder, SNAPSHOT_FILE) }
}

/** Opens an index over what lies there. @returns what it logged while it became ready */
async function reopened({ register, folder }: Saved): Promise<string[]> {
  const notes: string[] = []
  const index = ServiceIndex.open({ folder, feed: register, threads: 0, log: (_, note) => notes.push(note) })
  onTestFinished(() => index.close())
  await index.catchUp()
  const asked = pdqFingerprint(3)
  expect(index.hits(asked)).toEqual(register.linear(asked, {}))
  expect(index.hits(asked).hits).not.toEqual([])
  await index.close()
  return notes
}

async function sectionsOf(path: string): Promise<{ name: string; at: number; bytes: number }[]> {
  const bytes = await readFile(path)
  const metadata = bytes.subarray(Number(bytes.readBigUInt64LE(16)))
  return (JSON.parse(metadata.toString()) as { sections: { name: string; at: number; bytes: number }[] })
    .sections
}

async function spoil(path: string, at: number): Promise<void> {
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 0x10
  await writeFile(path, bytes)
}

describe('a snapshot', () => {
  test('is opened without a word, and what changed since is taken in', async () => {
    const all = await saved()
    all.register.apply(1, [], ['k4'])
    expect(await reopened(all)).toEqual([])
  })

  test.each([...SNAPSHOT_SECTIONS])('with a turned bit in %s is refused, and built anew', async (name) => {
    const all = await saved()
    const section = (await sectionsOf(all.path)).find((one) => one.name === name)
    await spoil(all.path, (section?.at ?? 0) + Math.floor((section?.bytes ?? 0) / 2))
    await expect(openSnapshot(all.path, 31, ours)).rejects.toMatchObject({ code: 'index.damaged' })
    expect(await reopened(all)).toMatchObject(
      [/built anew/, /saved/].map((words) => expect.stringMatching(words)),
    )
    expect(await reopened(all)).toEqual([])
  })

  test.each([
    ['the first byte', 0, 'index.unreadable'],
    ['the preamble', 20, 'index.damaged'],
    ['the metadata', -20, 'index.damaged'],
  ] as const)('with another bit in %s is refused', async (_, place, code) => {
    const all = await saved()
    const { size } = await stat(all.path)
    await spoil(all.path, place < 0 ? size + place : place)
    await expect(openSnapshot(all.path, 31, ours)).rejects.toMatchObject({ code })
    expect(await reopened(all)).toHaveLength(2)
  })

  test('is refused wherever it was cut', async () => {
    const all = await saved()
    const { size } = await stat(all.path)
    for (let left = size - 1; left > 0; left = Math.floor(left / 3)) {
      await truncate(all.path, left)
      await expect(openSnapshot(all.path, 31, ours)).rejects.toMatchObject({ code: /index\./ })
    }
    expect(await reopened(all)).toHaveLength(2)
  })

  test('of another database, or of a state that its database was taken back from, is not used', async () => {
    const all = await saved()
    all.register.name = 'other'
    expect((await reopened(all))[0]).toMatch(/another database/)
    const behind = await saved()
    const before = filled(60)
    before.changes.length = 1
    before.changes.push({ number: 2, list: 1, entries: 0, judgementsBegun: [], judgementsEnded: [] })
    before.name = 'one again'
    expect((await reopened({ ...behind, register: before }))[0]).toMatch(/another database/)
  })

  test('is not written by one who may not', async () => {
    const folder = await temporaryFolder()
    const index = ServiceIndex.open({ folder, feed: filled(5), threads: 0, mayWrite: () => false })
    await index.catchUp()
    await index.close()
    expect(await readdir(folder)).toEqual([])
  })

  test('that cannot be written leaves the index in service, and says so', async () => {
    const notes: string[] = []
    const folder = join(await temporaryFolder(), 'is not there')
    const register = filled(5)
    const index = ServiceIndex.open({
      folder,
      feed: register,
      threads: 0,
      log: (_, note) => notes.push(note),
    })
    await index.catchUp()
    expect(index.hits(pdqFingerprint(1))).toEqual(register.linear(pdqFingerprint(1), {}))
    await index.close()
    expect(notes[0]).toMatch(/no snapshot was saved/)
  })

  test('that was being written when the program was killed leaves the one before as it was', async () => {
    const all = await saved()
    const before = await readFile(all.path)
    const writer = fileURLToPath(new URL('./writer.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', writer, all.folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data') // the first bytes are written, and the rest never will be
    expect((await readdir(all.folder)).length).toBe(2)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await readFile(all.path)).equals(before)).toBe(true)
    all.register.name = 'other'
    expect(await reopened(all)).toHaveLength(2)
    expect(await readdir(all.folder)).toEqual([SNAPSHOT_FILE]) // what the killed one left is cleared away
  })
})
