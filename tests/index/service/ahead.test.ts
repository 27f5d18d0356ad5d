/** A snapshot read ahead: another thread reads its largest part, refuses what this one would refuse, and changes no answer. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ServiceIndex } from '#index/service/service-index'
import { BegunSnapshot } from '#index/service/snapshot-open'
import { SNAPSHOT_FILE } from '#index/service/snapshots'
import { temporaryFolder } from '../../support/folder.ts'
import { filled, pdqFingerprint } from './filled.ts'
import type { MemoryRegister } from './register.ts'

const ours = async (): Promise<boolean> => true
/** A thread for any PDQ section, however small. */
const ANY = 0

async function saved(): Promise<{ register: MemoryRegister; folder: string; path: string }> {
  const register = filled(60)
  const folder = await temporaryFolder()
  const index = ServiceIndex.open({ folder, feed: register, threads: 0 })
  await index.catchUp()
  await index.close()
  return { register, folder, path: join(folder, SNAPSHOT_FILE) }
}

test('answers as the register does, also of what is added and taken away afterwards', async () => {
  const { register, folder, path } = await saved()
  const notes: string[] = []
  const begun = new BegunSnapshot(path, ANY)
  const log = (_: string, note: string): unknown => notes.push(note)
  const index = ServiceIndex.open({ folder, feed: register, threads: 0, begun, log })
  onTestFinished(() => index.close())
  await index.catchUp()
  for (const at of [0, 3, 59]) {
    expect(index.hits(pdqFingerprint(at)).hits).not.toEqual([])
    expect(index.hits(pdqFingerprint(at))).toEqual(register.linear(pdqFingerprint(at), {}))
  }
  register.apply(1, [], ['k3'])
  await index.catchUp()
  expect(index.hits(pdqFingerprint(3))).toEqual(register.linear(pdqFingerprint(3), {}))
  expect(notes).toEqual([])
})

test('a turned bit at any place of the PDQ section is found before anybody is answered', async () => {
  const { path } = await saved()
  const whole = await readFile(path)
  const metadata = JSON.parse(whole.subarray(Number(whole.readBigUInt64LE(16))).toString()) as {
    sections: { name: string; at: number; bytes: number }[]
  }
  const { at, bytes } = metadata.sections.find(({ name }) => name === 'pdq') ?? { at: 0, bytes: 0 }
  for (const share of [0, 0.2, 0.5, 0.999]) {
    const spoilt = Buffer.from(whole)
    const place = at + Math.floor((bytes - 1) * share)
    spoilt[place] = (spoilt[place] ?? 0) ^ 0x10
    await writeFile(path, spoilt)
    await expect(new BegunSnapshot(path, ANY).open(31, ours)).rejects.toMatchObject({
      code: expect.stringMatching(/^index\.(damaged|unreadable)$/),
    })
  }
})

test('one that is not of this register, or that nobody opens, is let go of', async () => {
  const { path } = await saved()
  expect(await new BegunSnapshot(path, ANY).open(31, async () => false)).toBeUndefined()
  const begun = new BegunSnapshot(path, ANY)
  await begun.drop()
  await begun.drop()
  const absent = new BegunSnapshot(`${path}.none`, ANY)
  await expect(absent.open(31, ours)).rejects.toMatchObject({ code: 'input.missing' })
  await absent.drop()
})

test('is of the distance that it was laid out for, and of no other', async () => {
  const { path } = await saved()
  await expect(new BegunSnapshot(path, ANY).open(30, ours)).rejects.toMatchObject({
    code: 'index.unreadable',
  })
})
