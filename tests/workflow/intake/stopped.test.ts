/** Stopped: what the gate wrote down becomes one report, whoever brings it, however often, and however late. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPersonKeys } from '#ground/person-keys'
import type { IntakeDesk } from '#workflow/intake/desk'
import { bringFile, bringStopped, keepInPlaceOfFile, keepToReport } from '#workflow/intake/stopped'
import { vaultRoom } from '../../support/vault.ts'

const NOW = new Date('2026-05-01T08:00:00Z')
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)
const SHA256 = 'ab'.repeat(32)
const given = (remoteId: string) =>
  ({
    from: 'client:chat',
    remoteId,
    hashes: { sha256: SHA256, pdq: [{ hash: SHA256, quality: 90 }] },
  }) as const

async function opened() {
  const room = await vaultRoom()
  const keys = await openPersonKeys(join(room.data, 'keys'))
  const evidence = await room.open()
  const desk: IntakeDesk = { database: room.database, keys, evidence, now: () => NOW }
  const rows = async (table: string): Promise<number> =>
    (await room.database.query(`SELECT FROM ${table}`)).rowCount ?? 0
  return { desk, rows }
}

test('what is kept is one report, however often it is kept, and though two bring it at once', async () => {
  const { desk, rows } = await opened()
  for (const name of ['gate:1', 'gate:1', 'gate:2']) await keepToReport(desk, given(name))
  expect(await rows('report_stopped')).toBe(2)
  const failures: unknown[] = []
  const told = (_: string, error?: unknown): void => void (error && failures.push(error))
  await Promise.all([bringStopped(desk, told), bringStopped(desk, told)])
  expect(failures).toEqual([])
  expect([await rows('report'), await rows('desk_case'), await rows('report_stopped')]).toEqual([2, 1, 0])
  await keepToReport(desk, given('gate:2'))
  await bringStopped(desk, told)
  expect([await rows('report'), await rows('report_stopped')]).toEqual([2, 0])
})

test('what cannot be brought now waits, ever longer, and is brought once it can be', async () => {
  const { desk, rows } = await opened()
  await keepToReport(desk, given('gate:1'))
  const broken: IntakeDesk = {
    ...desk,
    keys: Object.assign(Object.create(desk.keys), {
      digest: () => {
        throw new Error('no key is at hand')
      },
    }),
  }
  const told: string[] = []
  const tell = (outcome: string): void => void told.push(outcome)
  await bringStopped(broken, tell)
  await bringStopped({ ...broken, now: () => after(4) }, tell)
  await bringStopped({ ...broken, now: () => after(5) }, tell)
  await bringStopped({ ...desk, now: () => after(14) }, tell)
  expect(told).toEqual(['failed', 'failed'])
  expect(await rows('report')).toBe(0)
  await bringStopped({ ...desk, now: () => after(15) }, tell)
  expect([told.at(-1), await rows('report'), await rows('report_stopped')]).toEqual(['brought', 1, 0])
})

test('a file that was brought late is not reported a second time by its hashes', async () => {
  const { desk, rows } = await opened()
  await keepInPlaceOfFile(desk, given('gate:9'))
  const told: string[] = []
  await bringStopped(desk, (outcome) => told.push(outcome))
  expect(told).toEqual([])
  await bringFile(desk, given('gate:9'), Buffer.alloc(500, 3))
  await bringStopped({ ...desk, now: () => after(120) }, (outcome) => told.push(outcome))
  expect([await rows('report'), await rows('vault_item'), await rows('report_stopped')]).toEqual([1, 1, 0])
})
