/** Handover: to a key that two others compared, proposed by one and approved by another, written once, and read on a second machine. */
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { describe, expect, test } from 'vitest'
import { signingKey } from '#ledger/key'
import { openNote } from '#ledger/note'
import { recordConflict } from '#store/conflicts'
import { copiesOf } from '#store/copies'
import { handoverNamed } from '#store/handovers'
import { openingsOf } from '#store/openings'
import type { ItemId } from '#terms/evidence'
import type { Handover, Recipient } from '#terms/handover'
import type { Person, PersonId } from '#terms/people'
import { type ExportDesk, logSigner, writeHandover } from '#workflow/evidence/export'
import { approve, propose, receive, withdraw } from '#workflow/evidence/handover'
import { addCheck, addRecipient, closeRecipient, seeRecipients } from '#workflow/evidence/recipients'
import { endOverdue } from '#workflow/evidence/view'
import { temporaryDatabase } from '../../support/database.ts'
import { expectFolded } from '../../support/folded.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { someone } from '../../support/people.ts'
import { type MovableDesk, movableDesk, sealedItem } from '../../support/viewing.ts'

const KEY = signingKey('tutela.example/log', randomBytes(32))
const refusal = (because: string) => ({
  code: 'people.refused',
  message: expect.stringContaining(`(${because}, r-`),
})

interface Scene {
  readonly desk: MovableDesk & ExportDesk
  readonly officer: Person
  readonly senior: Person
  readonly supervisor: Person
  readonly identity: string
  readonly items: readonly ItemId[]
  readonly contents: readonly Buffer[]
}

async function scene(): Promise<Scene> {
  const at = await temporaryDatabase()
  const signer = logSigner(KEY)
  const desk = Object.assign(await movableDesk(at), { signer })
  const contents = [Buffer.from('the first file'), randomBytes(150_000)]
  const items: ItemId[] = []
  for (const bytes of contents) items.push(await sealedItem(desk, 'K-1', bytes))
  return {
    ...{ desk, items, contents, identity: await generateIdentity() },
    officer: await someone(at.database, ['officer'], { cases: ['K-1'] }),
    senior: await someone(at.database, ['approving-senior-officer'], { cases: ['K-1'] }),
    supervisor: await someone(at.database, ['supervisor'], { cases: ['K-1'] }),
  }
}

/** Somebody who signed in a moment ago. */
function justNow(desk: { now(): Date }, { id }: { readonly id: PersonId }) {
  return { by: id, signedInAt: desk.now() }
}

/** A recipient whose key was checked by so many. */
async function recipient(
  { desk, identity, officer, senior, supervisor }: Scene,
  checks = 2,
): Promise<Recipient> {
  const given = {
    name: 'A national unit',
    kind: 'nca',
    ageRecipient: await identityToRecipient(identity),
  } as const
  const { id } = await addRecipient(desk, supervisor.id, given)
  for (const { id: by } of [officer, senior].slice(0, checks))
    await addCheck(desk, by, id, 'read out by telephone')
  return (await seeRecipients(desk, officer.id)).find((one) => one.id === id) ?? fail()
}

function fail(): never {
  throw new Error('there is none')
}

function proposed({ desk, officer, items }: Scene, to: Pick<Recipient, 'id'>): Promise<Handover> {
  const asked = {
    items,
    recipient: to.id,
    caseNumber: 'K-1',
    purpose: 'proceedings',
    because: 'for the court',
  } as const
  return propose(desk, { by: officer.id }, asked)
}

async function approved(one: Scene): Promise<Handover> {
  const { id } = await proposed(one, await recipient(one))
  return approve(one.desk, justNow(one.desk, one.senior), id)
}

async function written(one: Scene, id: string) {
  const chunks: Uint8Array[] = []
  const told = await writeHandover(one.desk, one.officer.id, id, async (bytes) => {
    for await (const chunk of bytes) chunks.push(chunk)
  })
  return { ...told, file: Buffer.concat(chunks) }
}

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
  const one = await scene()
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
  const one = await scene()
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

test('one that was cut off is written again, with the same bundle, and its copy is registered once', async () => {
  const one = await scene()
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
  const one = await scene()
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

describe('nothing leaves', () => {
  test('to a key that fewer than two others compared, or that was ended', async () => {
    const one = await scene()
    const { desk, supervisor, officer, senior } = one
    const to = await recipient(one, 1)
    expect(to.isReady).toBe(false)
    await expect(proposed(one, to)).rejects.toMatchObject(refusal('not-checked'))
    await expect(addCheck(desk, supervisor.id, to.id, 'myself')).rejects.toMatchObject(refusal('own-act'))
    await expect(addCheck(desk, officer.id, to.id, 'a second time')).rejects.toMatchObject(refusal('own-act'))
    expect((await addCheck(desk, senior.id, to.id, 'on paper')).isReady).toBe(true)
    const { id } = await proposed(one, to)
    await closeRecipient(desk, supervisor.id, to.id)
    await expect(approve(desk, justNow(desk, senior), id)).rejects.toMatchObject(refusal('not-checked'))
  })

  test('to something that is no key', async () => {
    const { desk, supervisor } = await scene()
    for (const ageRecipient of [
      'age1',
      'age1qqqqqqqq',
      `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
      'ssh-ed25519 AAAA',
    ])
      await expect(
        addRecipient(desk, supervisor.id, { name: 'x', kind: 'police', ageRecipient }),
      ).rejects.toMatchObject({ code: 'request.invalid' })
  })

  test('without the approval of another, after a withdrawal, or twice', async () => {
    const one = await scene()
    const { desk, supervisor, officer, senior } = one
    const to = await recipient(one)
    const asked = {
      items: one.items,
      recipient: to.id,
      caseNumber: 'K-1',
      purpose: 'report',
      because: 'a report',
    } as const
    const own = await propose(desk, { by: supervisor.id }, asked)
    await expect(approve(desk, justNow(desk, supervisor), own.id)).rejects.toMatchObject(refusal('own-act'))
    await expect(written(one, own.id)).rejects.toMatchObject({ code: 'evidence.refused' })
    await withdraw(desk, { by: officer.id }, own.id)
    await expect(approve(desk, justNow(desk, senior), own.id)).rejects.toMatchObject({
      code: 'evidence.refused',
    })
    const stale = { by: senior.id, signedInAt: new Date(desk.clock.getTime() - 3_601_000) }
    const { id } = await propose(desk, { by: officer.id }, asked)
    await expect(approve(desk, stale, id)).rejects.toMatchObject(refusal('session-old'))
    const both = await Promise.allSettled(
      [senior, supervisor].map((person) => approve(desk, justNow(desk, person), id)),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const writers = await Promise.allSettled([written(one, id), written(one, id)])
    expect(writers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('of another case, of what was never held, or where there is a conflict of interest', async () => {
    const one = await scene()
    const { desk, officer, items } = one
    const to = await recipient(one)
    const other = await sealedItem(desk, 'K-2')
    const asked = { recipient: to.id, caseNumber: 'K-1', purpose: 'report', because: 'a report' } as const
    const by = { by: officer.id }
    await expect(propose(desk, by, { ...asked, items: [...items, other] })).rejects.toMatchObject(
      refusal('not-allocated'),
    )
    const never = 'v-0000000000000000' as const
    await expect(propose(desk, by, { ...asked, items: [never] })).rejects.toMatchObject(refusal('never-held'))
    await expect(propose(desk, by, { ...asked, items, purpose: 'training' })).rejects.toMatchObject(
      refusal('purpose-not-for-role'),
    )
    await desk.database.transaction((tx) =>
      recordConflict(
        tx,
        officer.id,
        { kind: 'item', id: items[1] ?? fail() },
        { actor: 'tutela', at: desk.clock },
      ),
    )
    await expect(propose(desk, by, { ...asked, items })).rejects.toMatchObject(
      refusal('conflict-of-interest'),
    )
  })

  test('of an item that is damaged: the file breaks off, and says that it is not written', async () => {
    const one = await scene()
    const { desk, officer, items } = one
    const { id } = await approved(one)
    const item = items[1] ?? fail()
    const blob = join(desk.data, 'vault', 'blobs', item.slice(-2), `${item}.age`)
    const bytes = readFileSync(blob)
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1
    writeFileSync(blob, bytes)
    const writing = writeHandover(desk, officer.id, id, async (chunks) => {
      for await (const _ of chunks);
    })
    await expect(writing).rejects.toMatchObject({ code: 'vault.damaged' })
    expect(await handoverNamed(desk.database, id)).not.toHaveProperty('writtenAt')
  })
})
