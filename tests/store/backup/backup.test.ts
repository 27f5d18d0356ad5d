/** Backup: one moment of a register in use, restored into an empty database to the last byte; anything else is refused. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { append } from '#store/append'
import { tablesOf } from '#store/backup/catalogue'
import { readBackup } from '#store/backup/read'
import { restoreBackup } from '#store/backup/restore'
import type { BackupAt } from '#store/backup/told'
import { writeBackup } from '#store/backup/write'
import { createClient } from '#store/clients'
import type { Database } from '#store/database'
import { createList } from '#store/lists'
import { schemaVersion } from '#store/migrate'
import { applySteps } from '#store/steps'
import { sha256 } from '#terms/hash'
import type { EntryStep } from '#terms/register'
import { emptyDatabase, temporaryDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'

const signed = { actor: 'operator:steward', at: new Date('2026-03-04T05:06:07.089Z') } as const
const ODD = 'a\\b\tc\nd "é" ☂ \\N'

/** A register with a list of some entries, and whatever else makes rows. */
async function register(entries: number): Promise<Database> {
  const { database } = await temporaryDatabase()
  const terms = {
    kind: 'alert',
    publisher: ODD,
    terms: 'for tests',
    uses: ['gate'],
    trust: 'reported',
  } as const
  await database.transaction((tx) => createList(tx, 'first', terms, signed))
  await grow(database, 0, entries)
  const policy = { same: 'block', near: 'hold', doubted: 'hold', unknown: 'hold', plain: 'allow' } as const
  const client = { name: 'gate', scopes: ['match'], policy } as const
  await database.transaction((tx) => createClient(tx, client, signed))
  return database
}

async function grow(database: Database, from: number, count: number): Promise<void> {
  const steps = Array.from({ length: count }, (_, at): EntryStep => {
    const digest = sha256((from + at).toString(16).padStart(64, '0'))
    if (!digest) throw new Error('no digest')
    return { kind: 'put', entry: { sha256: digest, label: `${ODD}${at}`, extra: { at, odd: ODD } } }
  })
  await applySteps(database, 'first', [steps], { kind: 'import', signed })
}

/** Every row of every table as text, in an order of its own. */
async function contents(database: Database): Promise<Record<string, readonly unknown[]>> {
  const all: Record<string, readonly unknown[]> = {}
  for (const { name } of await tablesOf(database)) {
    const { rows } = await database.query(`SELECT t::text COLLATE "C" AS row FROM "${name}" t ORDER BY 1`)
    all[name] = rows.map(({ row }) => row)
  }
  return all
}

async function backedUp(entries: number): Promise<{ database: Database; file: string; folder: string }> {
  const database = await register(entries)
  const folder = await temporaryFolder()
  const file = join(folder, 'register.backup')
  await writeBackup(database, file, '0.0.0')
  return { database, file, folder }
}

/** What was told of a step goes up, and ends where all is done. */
function expectWhole(told: readonly BackupAt[], step: BackupAt['step'], all: number): void {
  const done = told.filter((at) => at.step === step).map((at) => at.done)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(done.at(-1)).toBe(all)
  expect(told.every((at) => at.done <= at.total)).toBe(true)
}

describe('a backup', () => {
  test('restored into an empty database gives every row of every table, and goes on counting where it was', async () => {
    const { database, file } = await backedUp(1500)
    const manifest = await readBackup(file)
    const { database: other } = await emptyDatabase()
    const told: BackupAt[] = []
    const restored = await restoreBackup(other, file, manifest.form, (at) => told.push(at))
    expectWhole(told, 'restore', (await stat(file)).size)
    expect(restored.events).toBeGreaterThan(2)
    const before = await contents(database)
    expect(await contents(other)).toEqual(before)
    expect(before['entry']).toHaveLength(1500)
    await grow(database, 1500, 2)
    await grow(other, 1500, 2)
    expect((await contents(other))['entry']).toEqual((await contents(database))['entry'])
  })

  test('is of one moment, whatever is changed while it is written', async () => {
    const database = await register(50)
    const file = join(await temporaryFolder(), 'register.backup')
    let isDone = false
    const changing = (async () => {
      for (let from = 50; !isDone; from += 10) await grow(database, from, 10)
    })()
    const told: BackupAt[] = []
    const manifest = await writeBackup(database, file, '0.0.0', (at) => told.push(at)).finally(() => {
      isDone = true
    })
    await changing
    const rowsWritten = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
    expectWhole(told, 'write', rowsWritten)
    const { database: other } = await emptyDatabase()
    await restoreBackup(other, file, manifest.form)
    const { rows } = await other.query<{ entries: number; added: string; standing: string }>(
      `SELECT entries, (SELECT sum(added) FROM change WHERE list = list.id) AS added,
              (SELECT count(*) FROM entry WHERE list = list.id) AS standing FROM list`,
    )
    expect(rows).toEqual([
      { entries: rows[0]?.entries, added: String(rows[0]?.entries), standing: String(rows[0]?.entries) },
    ])
  })

  test('is not restored over anything, and leaves it as it was', async () => {
    const { file, database } = await backedUp(3)
    const before = await contents(database)
    await expect(restoreBackup(database, file, 1)).rejects.toMatchObject({ code: 'store.exists' })
    expect(await contents(database)).toEqual(before)
  })

  test('of a newer form is not restored', async () => {
    const { file } = await backedUp(3)
    const { database } = await emptyDatabase()
    await expect(restoreBackup(database, file, 999)).rejects.toMatchObject({ code: 'store.newer' })
  })

  test('does not appear when writing it fails', async () => {
    const database = await register(3)
    const folder = await temporaryFolder()
    await database.close()
    await expect(writeBackup(database, join(folder, 'x'), '0.0.0')).rejects.toThrow()
    expect(await readdir(folder)).toEqual([])
  })

  test('takes the place of no other file', async () => {
    const { database, file } = await backedUp(3)
    await expect(writeBackup(database, file, '0.0.0')).rejects.toMatchObject({ code: 'output.failed' })
    expect((await readBackup(file)).tables.length).toBeGreaterThan(5)
  })
})

describe('a backup that is not as it was written', () => {
  test('is told by any byte that was changed, and by any place that it was cut at', async () => {
    const { file, folder } = await backedUp(40)
    const good = await readFile(file)
    const bad = join(folder, 'bad')
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: good.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, flip, isCut) => {
          const bytes = isCut ? good.subarray(0, at) : Buffer.from(good)
          if (!isCut) bytes[at] = (bytes[at] ?? 0) ^ flip
          await writeFile(bad, bytes)
          await expect(readBackup(bad)).rejects.toMatchObject({ code: 'backup.damaged' })
        },
      ),
      { numRuns: 100 },
    )
  })

  test('goes on behind its end', async () => {
    const { file } = await backedUp(3)
    await writeFile(file, Buffer.from([0]), { flag: 'a' })
    await expect(readBackup(file)).rejects.toMatchObject({ code: 'backup.damaged' })
  })

  test('leaves the database empty', async () => {
    const { file } = await backedUp(500)
    const bytes = await readFile(file)
    await writeFile(file, bytes.subarray(0, -10))
    const { database } = await emptyDatabase()
    await expect(restoreBackup(database, file, 1)).rejects.toMatchObject({ code: 'backup.damaged' })
    expect(await schemaVersion(database)).toBe(0)
  })

  test('is no backup at all, or is not there', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'x'), 'something else, which is long enough to be looked at')
    await expect(readBackup(join(folder, 'x'))).rejects.toMatchObject({ code: 'backup.damaged' })
    await expect(readBackup(join(folder, 'y'))).rejects.toMatchObject({ code: 'input.missing' })
  })
})

test('a leaf whose event is missing is not restored', async () => {
  const database = await register(3)
  const deleted = 'DELETE FROM event WHERE id = (SELECT max(id) FROM event) RETURNING id'
  const { rows } = await database.query<{ id: string }>(deleted)
  const file = join(await temporaryFolder(), 'register.backup')
  const { form } = await writeBackup(database, file, '0.0.0')
  const { database: other } = await emptyDatabase()
  const detail = `event ${rows[0]?.id} is missing, its leaf is there`
  await expect(restoreBackup(other, file, form)).rejects.toThrow(detail)
  expect(await schemaVersion(other)).toBe(0)
})

test('an event whose leaf is another’s is not restored', async () => {
  const database = await register(3)
  await database.transaction((tx) => append(tx, 'list:1', 99, [{ kind: 'x.done', body: {} }], signed))
  await database.query(`UPDATE leaf SET hash = sha256('x') WHERE id = (SELECT max(id) FROM leaf)`)
  const file = join(await temporaryFolder(), 'register.backup')
  const { form } = await writeBackup(database, file, '0.0.0')
  const { database: other } = await emptyDatabase()
  await expect(restoreBackup(other, file, form)).rejects.toMatchObject({ code: 'store.damaged' })
  expect(await schemaVersion(other)).toBe(0)
})
