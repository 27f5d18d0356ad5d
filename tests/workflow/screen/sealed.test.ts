/** Sealed items are read many at a time: each on record before a byte of any is read, and what fails of one is of that one. */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { endItem, itemNamed } from '#store/items'
import { openingsOf } from '#store/openings'
import type { FileReading } from '#terms/media'
import { deriveEach } from '#workflow/evidence/derive'
import { expectFolded } from '../../support/folded.ts'
import { keyFile, SIGNED, sealBytes, vaultRoom } from '../../support/vault.ts'

const ASKED = { job: 'screening', purpose: 'screen' } as const
const READING: FileReading = {
  kind: 'read',
  digests: {} as never,
  content: { kind: 'other', format: 'text' },
}
const stop = new AbortController().signal

test('every processing is written down before a byte is read, and ended once what was found is', async () => {
  const { data, database, open } = await vaultRoom()
  const openAtFirst: number[] = []
  const readBytes = async (): Promise<FileReading> => {
    const { rowCount } = await database.query(
      `SELECT FROM opening WHERE released_at IS NOT NULL AND ended_at IS NULL`,
    )
    openAtFirst.push(rowCount ?? 0)
    return READING
  }
  const desk = await open({ decoders: { readBytes } })
  const sealed = await Promise.all(Array.from({ length: 5 }, () => sealBytes(desk, randomBytes(50))))
  const ids = sealed.map(({ id }) => id)
  const [keyless = 'v-', destroyed = 'v-', ...whole] = ids
  await rm(keyFile(data, keyless))
  await database.transaction((tx) => endItem(tx, destroyed, SIGNED))
  const made = await deriveEach(desk, [...ids, ...whole], ASKED, stop)
  expect(openAtFirst).toEqual([4, 4, 4])
  expect(made.get(keyless)).toMatchObject({ kind: 'failed', because: { code: 'vault.key-lost' } })
  expect(made.get(destroyed)).toMatchObject({ kind: 'failed', because: { code: 'evidence.refused' } })
  for (const id of whole) {
    expect(made.get(id)).toMatchObject({ kind: 'derived', derived: { kind: 'other', format: 'text' } })
    expect(await itemNamed(database, id)).toMatchObject({ state: 'available', version: 2 })
    expect(await openingsOf(database, id)).toMatchObject([
      { kind: 'processing', job: 'screening', person: 'tutela', ending: 'complete', version: 3 },
    ])
  }
  expect(await openingsOf(database, keyless)).toMatchObject([{ ending: 'failed' }])
  expect(await openingsOf(database, destroyed)).toEqual([])
  expect(await expectFolded(database, 'vault:', 'opening:')).toBe(9)
})

test('what is destroyed while it is read is refused, and its opening failed; decoders that close say nothing', async () => {
  const { database, open } = await vaultRoom()
  let doomed: `v-${string}` | undefined
  let reading: FileReading = READING
  const readBytes = async (): Promise<FileReading> => {
    const id = doomed
    doomed = undefined
    if (id) await database.transaction((tx) => endItem(tx, id, SIGNED))
    return reading
  }
  const desk = await open({ decoders: { readBytes } })
  const { id } = await sealBytes(desk, randomBytes(50))
  doomed = id
  const made = await deriveEach(desk, [id], ASKED, stop)
  expect(made.get(id)).toMatchObject({ kind: 'failed', because: { code: 'evidence.refused' } })
  expect(await openingsOf(database, id)).toMatchObject([{ ending: 'failed' }])
  reading = { kind: 'unread', because: 'unreadable' }
  const other = await sealBytes(desk, randomBytes(50))
  const none = await deriveEach(desk, [other.id], ASKED, stop)
  expect(none.get(other.id)).toMatchObject({ kind: 'failed', because: { code: 'decoder.unavailable' } })
  expect(await itemNamed(database, other.id)).toMatchObject({ state: 'quarantined', version: 1 })
  expect(await openingsOf(database, other.id)).toMatchObject([{ ending: 'failed' }])
})
