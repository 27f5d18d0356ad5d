/** The vault at work: sealed once, opened on record alone, damaged items found, and what is derived of them. */
import { randomBytes } from 'node:crypto'
import { copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SILENT } from '#ground/log'
import type { JobsDesk } from '#jobs/job'
import { vaultJobs } from '#jobs/vault'
import { eventsOf } from '#store/append'
import { openCopies } from '#store/copies'
import { itemNamed, itemStream } from '#store/items'
import { keptOf } from '#store/kept'
import { endOpening, openingNamed, openingsOf, releaseOpening } from '#store/openings'
import type { ItemId } from '#terms/evidence'
import { rotateKeys } from '#workflow/evidence/rotate'
import { sealItem } from '#workflow/evidence/seal'
import { VAULT_FOLDS } from '#workflow/evidence/vault-folds'
import type { Finding } from '#workflow/evidence/verify'
import { someone } from '../../support/people.ts'
import {
  blobFile,
  bytesOf,
  filesBelow,
  found,
  keyFile,
  NOON,
  opening,
  SIGNED,
  sealBytes,
  stream,
  vaultRoom,
} from '../../support/vault.ts'

test('what is sealed is given back for an opening, once, and rests nowhere but sealed', async () => {
  const { data, open } = await vaultRoom()
  const desk = await open()
  const secret = Buffer.concat([Buffer.from('the marker of this test'), randomBytes(200_000)])
  const item = await sealBytes(desk, secret)
  expect(item).toMatchObject({
    state: 'quarantined',
    sizeBytes: secret.length,
    custodian: 'tutela',
    version: 1,
  })
  for (const [file, content] of await filesBelow(data))
    expect(content.includes('the marker of this test'), file).toBe(false)
  const once = await opening(desk, item.id)
  const opened = await desk.vault.open(once, NOON)
  await expect(desk.vault.open(once, NOON)).rejects.toMatchObject({ code: 'evidence.refused' })
  opened.bytes()
  expect(() => opened.bytes()).toThrow(/were given/)
  expect((await bytesOf(desk, item.id)).equals(secret)).toBe(true)
  expect((await openCopies(desk.database, item.id)).map(({ place }) => place).sort()).toEqual(['blob', 'key'])
})

test('an opening that was made by hand, has run out, or is of a released one is worth nothing', async () => {
  const { open } = await vaultRoom()
  const desk = await open()
  const { id } = await sealBytes(desk, randomBytes(10))
  const real = await opening(desk, id)
  await expect(desk.vault.open({ ...real }, NOON)).rejects.toMatchObject({ code: 'evidence.refused' })
  await expect(releaseOpening(desk.database, real.id, NOON)).rejects.toMatchObject({
    code: 'evidence.refused',
  })
  const later = new Date(NOON.getTime() + 61_000)
  await expect(desk.vault.open(real, later)).rejects.toMatchObject({ code: 'evidence.refused' })
  expect(await openingNamed(desk.database, real.id)).toMatchObject({
    kind: 'processing',
    releasedAt: NOON.toISOString(),
  })
  const kinds = (await eventsOf(desk.database, `opening:${real.id}`)).map(({ kind }) => kind)
  expect(kinds).toEqual(['processing.granted', 'processing.released'])
})

test('the same bytes under two purposes are stored once, and both purposes stand', async () => {
  const { data, open } = await vaultRoom()
  const desk = await open()
  const bytes = randomBytes(100_000)
  const first = await sealBytes(desk, bytes)
  const again = await sealBytes(desk, bytes, { purpose: 'second-review', caseNumber: 'C-7' })
  expect(again.id).toBe(first.id)
  expect((await keptOf(desk.database, first.id)).map(({ purpose }) => purpose)).toEqual([
    'assess',
    'second-review',
  ])
  const files = [...(await filesBelow(join(data, 'vault'))).keys()]
  expect(files.filter((file) => file.endsWith('.age')).sort()).toEqual(
    [blobFile(data, first.id), keyFile(data, first.id)].sort(),
  )
  expect((await desk.database.query('SELECT FROM sealing')).rowCount).toBe(0)
})

test('many who seal the same and other bytes at once come to one item for each content', async () => {
  const { open } = await vaultRoom()
  const desk = await open()
  const contents = [randomBytes(70_000), randomBytes(70_000)]
  const given = Array.from({ length: 8 }, (_, at) => contents[at % 2] ?? randomBytes(1))
  const items = await Promise.all(given.map((bytes) => sealBytes(desk, bytes)))
  expect(new Set(items.map(({ id }) => id)).size).toBe(2)
  expect((await found(desk)).map(({ kind }) => kind)).toEqual(['whole', 'whole'])
})

test('a source that breaks, a profile that keeps nothing, or a person without a role leaves nothing', async () => {
  const { data, database, open } = await vaultRoom()
  const desk = await open()
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield randomBytes(100_000)
    throw new Error('the line broke')
  }
  const asked = { by: 'tutela', purpose: 'assess', profile: 'hotline-memorandum' } as const
  await expect(sealItem(desk, broken(), asked)).rejects.toThrow('the line broke')
  await expect(sealItem(desk, stream(randomBytes(9)), { ...asked, profile: 'none' })).rejects.toMatchObject({
    code: 'evidence.refused',
  })
  const { id: by } = await someone(database, ['administrator'])
  await expect(sealItem(desk, stream(randomBytes(9)), { ...asked, by })).rejects.toMatchObject({
    code: 'people.refused',
  })
  const left = [...(await filesBelow(join(data, 'vault'))).keys()]
  expect(left).toEqual([join(data, 'vault', 'identity')])
  expect((await desk.database.query('SELECT FROM sealing')).rowCount).toBe(0)
  const { id: analyst } = await someone(database, ['analyst'])
  const item = await sealItem(desk, stream(randomBytes(9)), { ...asked, by: analyst })
  expect(item.custodian).toBe(analyst)
})

test('verification names what is missing, changed, cut off, swapped, and what belongs to nobody', async () => {
  const { data, open } = await vaultRoom()
  const desk = await open()
  const ids: ItemId[] = []
  for (let made = 0; made < 8; made++) ids.push((await sealBytes(desk, randomBytes(150_000))).id)
  const [whole, gone, changed, cut, left, right, keyless, mixed] = ids as [
    ItemId,
    ItemId,
    ItemId,
    ItemId,
    ItemId,
    ItemId,
    ItemId,
    ItemId,
  ]
  await rm(blobFile(data, gone))
  const bad = await readFile(blobFile(data, changed))
  bad[bad.length - 10_000] = (bad.at(-10_000) ?? 0) ^ 1
  await writeFile(blobFile(data, changed), bad)
  await truncate(blobFile(data, cut), 100_000)
  await rename(blobFile(data, left), join(data, 'aside'))
  await rename(blobFile(data, right), blobFile(data, left))
  await rename(join(data, 'aside'), blobFile(data, right))
  await rm(keyFile(data, keyless))
  await copyFile(keyFile(data, whole), keyFile(data, mixed))
  await writeFile(keyFile(data, 'v-0000000000000000'), 'nobody')
  const findings = await found(desk)
  const of = (item: string): Finding | undefined => findings.find((one) => 'item' in one && one.item === item)
  expect(of(whole)).toEqual({ kind: 'whole', item: whole })
  expect(of(gone)).toMatchObject({ because: 'blob-missing' })
  expect(of(changed)).toMatchObject({ because: 'blob-changed', chunk: 2 })
  expect(of(cut)).toMatchObject({ because: 'blob-changed', chunk: 1 })
  expect(of(left)).toMatchObject({ because: 'blob-swapped', belongsTo: right })
  expect(of(right)).toMatchObject({ because: 'blob-swapped', belongsTo: left })
  expect(of(keyless)).toMatchObject({ because: 'key-missing' })
  expect(of(mixed)).toMatchObject({ because: 'key-of-another' })
  expect(findings.filter(({ kind }) => kind === 'stray')).toEqual([
    { kind: 'stray', what: 'key', name: 'v-0000000000000000', isDestroyed: false },
  ])
  await expect(bytesOf(desk, changed)).rejects.toMatchObject({ code: 'vault.damaged' })
  await expect(bytesOf(desk, left)).rejects.toMatchObject({ code: 'vault.damaged' })
  expect(await itemNamed(desk.database, changed)).toMatchObject({ damagedBecause: 'blob-changed' })
  const back = await readFile(blobFile(data, changed))
  back[back.length - 10_000] = (back.at(-10_000) ?? 0) ^ 1
  await writeFile(blobFile(data, changed), back)
  expect(await found(desk, changed)).toEqual([{ kind: 'whole', item: changed }])
  const kinds = (await eventsOf(desk.database, itemStream(changed))).map(({ kind }) => kind)
  expect(kinds).toEqual(['vault.sealed', 'vault.found-damaged', 'vault.found-whole'])
})

test('an item is processed in its openings’ name, and what came back holds no content', async () => {
  const { open } = await vaultRoom()
  const frames = [
    { frame: 0, region: 'whole', quality: 100, orientations: new Uint8Array(256).fill(7) },
  ] as const
  const content = { kind: 'picture', format: 'png', width: 3, height: 2, frames } as const
  const { deriveItem } = await import('#workflow/evidence/derive')
  const seen: Buffer[] = []
  const desk = await open({
    decoders: {
      readBytes: async (bytes) => {
        seen.push(Buffer.from(bytes))
        return { kind: 'read', digests: {} as never, content }
      },
    },
  })
  const bytes = randomBytes(1000)
  const { id } = await sealBytes(desk, bytes)
  const item = await deriveItem(desk, id, { job: 'screening', purpose: 'screen', by: 'tutela' })
  expect(seen.map((one) => one.equals(bytes))).toEqual([true])
  expect(item).toMatchObject({
    state: 'available',
    mediaType: 'image/png',
    derived: { kind: 'picture', width: 3 },
  })
  expect(item.derived?.frames[0]?.pdq).toEqual(Array.from({ length: 8 }, () => '07'.repeat(32)))
  const openings = await openingsOf(desk.database, id)
  expect(openings).toMatchObject([{ kind: 'processing', job: 'screening', ending: 'complete' }])
})

test('the same bytes are not taken for kept where blob or key of the item are gone, and that is on record', async () => {
  const { data, database, open } = await vaultRoom()
  const desk = await open()
  const gone = { 'key-missing': keyFile, 'blob-missing': blobFile }
  for (const [damage, file] of Object.entries(gone)) {
    const bytes = randomBytes(100)
    const { id } = await sealBytes(desk, bytes)
    await rm(file(data, id))
    const again = sealBytes(desk, bytes, { purpose: 'second-review' })
    await expect(again).rejects.toMatchObject({
      code: 'vault.damaged',
      message: expect.stringContaining(damage),
    })
    expect((await keptOf(database, id)).map(({ purpose }) => purpose)).not.toContain('second-review')
    expect(await itemNamed(database, id)).toMatchObject({ damagedBecause: damage })
  }
  expect((await database.query('SELECT id FROM sealing')).rows).toEqual([])
})

test('items, openings and identities stand as their events say, whatever was done with them', async () => {
  const { data, database, open } = await vaultRoom()
  const desk = await open()
  const { id } = await sealBytes(desk, randomBytes(100), { caseNumber: 'C-2' })
  await sealBytes(desk, await bytesOf(desk, id), { purpose: 'second-review', caseNumber: 'C-1' })
  const released = await opening(desk, id)
  await endOpening(database, released.id, { ending: 'complete', exposureUnits: 3 }, NOON)
  await rm(blobFile(data, id))
  await found(desk)
  await rotateKeys(desk, { what: 'identity' }, SIGNED)
  const { rows } = await database.query<{ stream: string }>(
    'SELECT DISTINCT stream FROM event ORDER BY stream',
  )
  const folded = new Set<string>()
  for (const { stream: name } of rows) {
    const fold = VAULT_FOLDS.find(({ prefix }) => name.startsWith(prefix))
    if (!fold) continue
    folded.add(fold.prefix)
    const events = await eventsOf(database, name)
    expect(events.filter(({ kind }) => !fold.kinds.includes(kind))).toEqual([])
    expect(await fold.actual(database, name), name).toEqual(fold.expected(events))
  }
  expect(folded.size).toBe(VAULT_FOLDS.length)
})

test('what came in is taken out of quarantine by a job, which puts aside what does not open', async () => {
  const { data, open } = await vaultRoom()
  const content = { kind: 'other', format: 'text' } as const
  const desk = await open({
    decoders: { readBytes: async () => ({ kind: 'read', digests: {} as never, content }) },
  })
  const [well, lost] = [await sealBytes(desk, randomBytes(50)), await sealBytes(desk, randomBytes(50))]
  await rm(keyFile(data, lost.id))
  const round = async (): Promise<void> => {
    for (const job of vaultJobs(desk))
      await job.run({ log: SILENT } as JobsDesk, new AbortController().signal)
  }
  await round()
  expect(await itemNamed(desk.database, well.id)).toMatchObject({
    state: 'available',
    verifiedAt: NOON.toISOString(),
  })
  expect(await itemNamed(desk.database, lost.id)).toMatchObject({ damagedBecause: 'key-missing' })
  await round()
  expect(await openingsOf(desk.database, lost.id)).toMatchObject([{ ending: 'failed' }])
})
