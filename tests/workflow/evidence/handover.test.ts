/** Handover: the file on a second machine, the register of its copies, and what a write that broke off leaves. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Decrypter, generateIdentity } from 'age-encryption'
import { expect, test } from 'vitest'
import { openNote } from '#ledger/note'
import { copiesOf } from '#store/copies'
import { handoverNamed } from '#store/handovers'
import { openingsOf } from '#store/openings'
import type { ItemId } from '#terms/evidence'
import { writeHandover } from '#workflow/evidence/export'
import { receive } from '#workflow/evidence/handover'
import { endOverdue } from '#workflow/evidence/view-end'
import { expectFolded } from '../../support/folded.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { approved, fail, handoverScene, KEY, written } from '../../support/handover.ts'
import { refusal } from '../../support/people.ts'

/** Opens a handover's file as its recipient does: with the identity, and with `tar`. */
async function opened(file: Uint8Array, identity: string): Promise<(path: string) => Buffer> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const folder = await temporaryFolder()
  writeFileSync(join(folder, 'all.tar'), await decrypter.decrypt(file))
  execFileSync('tar', ['xf', 'all.tar'], { cwd: folder })
  return (path) => readFileSync(join(folder, path))
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('a handover is read on a second machine: items, custody, and a manifest that the log signed', async () => {
  const one = await handoverScene()
  const { desk, items, contents } = one
  const { id } = await approved(one)
  const { file, fileSha256, fileBytes, manifest, handover } = await written(one, id)
  expect([fileSha256, fileBytes]).toEqual([sha256(file), file.length])
  expect(file.subarray(0, 21).toString()).toBe('age-encryption.org/v1')
  expect(handover.writtenAt).toBeDefined()
  const read = await opened(file, one.identity)
  for (const [place, item] of items.entries()) expect(read(`items/${item}`)).toEqual(contents[place])
  const note = openNote(read('manifest.txt').toString(), [KEY.verifier])
  expect(note).toMatchObject({
    kind: 'signed',
    text: expect.stringContaining(`sha256:${sha256(contents[1] ?? file)}`),
  })
  expect(manifest).toBe(read('manifest.txt').toString())
  const custody = read('custody.jsonld')
  expect([sha256(custody), manifest.includes(sha256(custody))]).toEqual([handover.bundleSha256, true])
  const names = graphOf(custody).filter((node) => node['@type'] === 'case-investigation:InvestigativeAction')
  expect(names.map((node) => node['uco-core:name'])).toEqual([
    'preserved',
    'transferred',
    'preserved',
    'transferred',
  ])
  await expect(opened(file, await generateIdentity())).rejects.toThrow()
  for (const item of items)
    expect(await openingsOf(desk.database, item)).toMatchObject([
      { kind: 'export', ending: 'complete', job: id },
    ])
})

function graphOf(custody: Buffer): Record<string, unknown>[] {
  return (JSON.parse(custody.toString()) as { '@graph': Record<string, unknown>[] })['@graph']
}

test('its copies are in the register before a byte leaves, and accounted for by the receipt', async () => {
  const one = await handoverScene()
  const { desk, officer, items } = one
  const { id } = await approved(one)
  const exported = async (item: ItemId) =>
    (await copiesOf(desk.database, item)).filter(({ place }) => place === 'export')
  let before: unknown
  await writeHandover(desk, officer.id, id, async (bytes) => {
    before = await exported(items[0] ?? fail())
    for await (const _ of bytes);
  })
  expect(before).toMatchObject([{ label: `handover ${id}` }])
  await expect(receive(desk, { by: one.senior.id }, id, 'no role')).rejects.toMatchObject(refusal('no-role'))
  await receive(desk, { by: officer.id }, id, 'received under reference 4711')
  for (const item of items)
    expect(await exported(item)).toMatchObject([
      { outcome: 'handed-over', accountedBy: `person:${officer.id}` },
    ])
  await expect(receive(desk, { by: officer.id }, id, 'again')).rejects.toMatchObject({
    code: 'evidence.refused',
  })
  await expect(written(one, id)).rejects.toMatchObject({ code: 'evidence.refused' })
  expect(await expectFolded(desk.database, 'recipient:', 'handover:', 'opening:', 'exposure:')).toBe(4)
})

test('its time grows with its items and their bytes: each is released in its turn', async () => {
  const one = await handoverScene()
  const { desk, officer, items } = one
  const { id } = await approved(one)
  await desk.database.query('UPDATE vault_item SET size_bytes = size_bytes + 3600::bigint * 1024 * 1024')
  const granted = await writeHandover(desk, officer.id, id, async (bytes) => {
    for await (const _ of bytes) break
    throw new Error('enough')
  }).catch(() => openingsOf(desk.database, items[0] ?? fail()))
  expect(granted).toMatchObject([{ kind: 'export', boxSeconds: 1800 + 2 * (10 + 3600) + 1 }])
})

test('one that was cut off is written again, with the same bundle, and its copy is registered once', async () => {
  const one = await handoverScene()
  const { desk, officer, items } = one
  const { id } = await approved(one)
  const full = new Error('the disk is full')
  await expect(
    writeHandover(desk, officer.id, id, async (bytes) => {
      for await (const _ of bytes) throw full
    }),
  ).rejects.toBe(full)
  expect(await handoverNamed(desk.database, id)).not.toHaveProperty('writtenAt')
  desk.clock = new Date(desk.clock.getTime() + 60_000)
  const { handover } = await written(one, id)
  const again = await openingsOf(desk.database, items[0] ?? fail())
  expect(again.map(({ ending }) => ending)).toEqual(['failed', 'complete'])
  expect(
    (await copiesOf(desk.database, items[0] ?? fail())).filter(({ place }) => place === 'export'),
  ).toHaveLength(1)
  expect(handover.bundleSha256).toBeDefined()
})

test('while it is written nobody writes it a second time, and what was killed is free again after its time', async () => {
  const one = await handoverScene()
  const { desk, officer } = one
  const { id } = await approved(one)
  let started = (): void => {}
  const begun = new Promise<void>((resolve) => {
    started = resolve
  })
  const killed = writeHandover(desk, officer.id, id, () => {
    started()
    return new Promise(() => {}) // a process that never comes back
  })
  await begun
  await expect(written(one, id)).rejects.toMatchObject({ code: 'evidence.refused' })
  desk.clock = new Date(desk.clock.getTime() + 3_601_000)
  await endOverdue(desk)
  await written(one, id)
  void killed
})
