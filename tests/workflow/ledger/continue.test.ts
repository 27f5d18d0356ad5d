/**
 * Continue: a backup restored over a ledger that had gone on: refused, gone on from on record, and verified with what was
 * lost.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { KeyedDigests } from '#ground/digest-key'
import { SILENT } from '#ground/log'
import { checkpointText } from '#ledger/checkpoint'
import { EMPTY_ROOT } from '#ledger/leaf'
import { signNote } from '#ledger/note'
import { lastCheckpoint } from '#store/anchors'
import { append } from '#store/append'
import { readBackup } from '#store/backup/read'
import { restoreBackup } from '#store/backup/restore'
import { writeBackup } from '#store/backup/write'
import { Database } from '#store/database'
import { keyOf, ledgerDesk, logAtHand } from '#workflow/ledger/at-hand'
import { continueLog } from '#workflow/ledger/continue'
import { startSequencer } from '#workflow/ledger/sequencer'
import { withStoredLedger } from '#workflow/ledger/stored'
import { refold } from '#workflow/ledger/verify/refold'
import { verifyLedger } from '#workflow/ledger/verify/verify'
import { called, type Ended, jsonLines } from '../../support/command.ts'
import { emptyDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { type LedgerGround, ledgerGround, ORIGIN } from './ground.ts'

type Config = LedgerGround['config']

/** The program on a database, with the ground's data directory. */
function tutelaOn({ folder }: LedgerGround, config: Config): (...args: string[]) => Promise<Ended> {
  const { host = '', port = 5432, user = '', password } = inject('postgres')
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : ''
  const place = `host=${encodeURIComponent(host)}&port=${port}`
  const address = `postgres://${encodeURIComponent(user)}${secret}@/${config.database}?${place}`
  return (...args) => {
    vi.stubEnv('DATABASE_URL', address)
    vi.stubEnv('TUTELA_DATA', dirname(folder))
    return called(...args).finally(() => vi.unstubAllEnvs())
  }
}

async function backedUp({ database }: LedgerGround): Promise<string> {
  const file = join(await temporaryFolder(), 'ledger.backup')
  await writeBackup(database, file, '0.0.0')
  return file
}

async function restored(file: string): Promise<{ database: Database; config: Config }> {
  const empty = await emptyDatabase()
  await restoreBackup(empty.database, file, (await readBackup(file)).form)
  return empty
}

/** The service's sequencer on a restored database, until it has numbered everything. */
function runs(ground: LedgerGround, { database, config }: { database: Database; config: Config }) {
  const errors: string[] = []
  const log = {
    ...SILENT,
    error: (words: string, fields?: object) => errors.push(`${words} ${JSON.stringify(fields)}`),
  }
  const desk = ledgerDesk({ database, config }, dirname(ground.folder), {}, log)
  const sequencer = startSequencer({ ...desk, pause: ground.pause })
  return { errors, stop: () => sequencer.stop() }
}

function act(database: Database, stream: string): Promise<unknown> {
  const signed = { actor: 'tutela', at: new Date() } as const
  return database.transaction((tx) => append(tx, stream, 0, [{ kind: 'thing.done', body: {} }], signed))
}

/** 300 leaves, one of them without a number at the backup, and 40 more that are lost by its restoration. */
async function behind() {
  const ground = await ledgerGround()
  await ground.write(299)
  await ground.number()
  await act(ground.database, 'thing:pending')
  const file = await backedUp(ground)
  await ground.write(40)
  await ground.number()
  expect(await lastCheckpoint(ground.database)).toMatchObject({ size: 340 })
  const other = await restored(file)
  return { ground, file, other }
}

const AGAIN = ['ledger', 'continue-after-restore', '--because', 'the disk broke'] as const
const SIGNED = { actor: 'operator:one', at: new Date('2026-06-01T10:00:00Z') } as const

/** What the command does, within this process. */
async function goOn({ folder }: LedgerGround, database: Database, shown?: string) {
  const log = await logAtHand(database, dirname(folder), {})
  const asked = { database, ledger: folder, log, key: await keyOf(log), because: 'the disk broke' }
  return continueLog({ ...asked, ...(shown !== undefined && { shown }) }, SIGNED)
}

/** What is wrong, and what was lost. */
async function verified({ folder }: LedgerGround, database: Database) {
  const log = await logAtHand(database, dirname(folder), {})
  return withStoredLedger(database, log.file, async (copy, tx) => {
    const trust = { log: (await keyOf(log)).verifier, witnesses: [] }
    const { faults, continued } = await verifyLedger(copy, trust)
    const folded = await refold(tx)
    const lost = continued.map((one) => one.lost.map(({ origin, from, to }) => `${origin} ${from}-${to}`))
    return { faults: [...faults, ...folded.faults].map(({ place, says }) => `${place}: ${says}`), lost }
  })
}

test('a restored backup is refused, gone on from on record, and verified with what was lost by it', async () => {
  const { ground, other } = await behind()
  const tutela = tutelaOn(ground, other.config)
  const refused = runs(ground, other)
  await expect.poll(() => refused.errors[0], { timeout: 10_000 }).toContain('leaves 299 to 339 are missing')
  await refused.stop()
  expect(await lastCheckpoint(other.database)).toMatchObject({ size: 299 }) // nothing was signed over it

  const done = await tutela(...AGAIN, '--json')
  expect([done.code, jsonLines(done.stdout)]).toMatchObject([
    0,
    [
      {
        ...{ kind: 'continued', number: 2, origin: `${ORIGIN}/2`, kept: 299 },
        before: [{ origin: ORIGIN, size: 340 }],
      },
    ],
  ])
  const running = runs(ground, other)
  await act(other.database, 'thing:after')
  await expect.poll(async () => (await lastCheckpoint(other.database))?.size, { timeout: 10_000 }).toBe(302)
  await running.stop()
  expect(running.errors).toEqual([])
  const whole = await tutela('ledger', 'verify')
  expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('302 leaves')])
  expect(whole.stdout).toMatch(
    new RegExp(
      'Went on as example.com/ledger/2 after a restored backup \\(.*, operator:.*\\); ' +
        'lost: leaves 299 to 339 of example.com/ledger\n',
    ),
  )
  await expect(goOn(ground, other.database)).rejects.toMatchObject({ code: 'ledger.unknown' }) // nothing is missing now

  const key = (await tutela('ledger', 'key')).stdout.trim()
  expect(key).toMatch(/^example.com\/ledger\/2\+/)
  const folder = join(await temporaryFolder(), 'export')
  await tutela('ledger', 'export', folder)
  const after = await called('ledger', 'verify', folder, '--key', key)
  expect([after.code, after.stdout]).toEqual([0, expect.stringContaining('lost: leaves 299 to 339')])
  const before = await called('ledger', 'verify', join(ground.folder, '2', 'before'))
  expect([before.code, before.stdout]).toEqual([1, expect.stringContaining('leaves 299 to 339 are missing')])

  await other.database.query('UPDATE log_continued SET kept_size = 340')
  await other.database.query(`UPDATE event SET body = '{"place":9}' WHERE stream = 'thing:3' AND version = 1`)
  // What the command wrote is under the key of its own folder.
  const digests = new KeyedDigests(join(dirname(ground.folder), 'keys', 'people'))
  const keyed = new Database(other.config, { digests, connectionsMax: 2 })
  onTestFinished(() => keyed.close())
  expect((await verified(ground, keyed)).faults).toMatchObject([
    expect.stringMatching(/^leaf 10 \(/),
    'log:2: its state does not follow from its events: kept',
  ])
})

test('restored again from before it went on, or from after, it is a third log that names all before it', async () => {
  const { ground, file, other } = await behind()
  await goOn(ground, other.database)
  const later = await backedUp({ ...ground, database: other.database })
  const older = await restored(file)
  const refused = runs(ground, older)
  await expect.poll(() => refused.errors[0], { timeout: 10_000 }).toContain('has checkpoints of log 2')
  await refused.stop()
  expect((await tutelaOn(ground, older.config)('ledger', 'status')).stdout).toContain(
    'has checkpoints of log 2',
  )
  expect(await goOn(ground, older.database)).toMatchObject({ number: 3, origin: `${ORIGIN}/3`, kept: 299 })
  const ofFirst = `${ORIGIN} 299-339`
  expect(await verified(ground, older.database)).toEqual({
    faults: [],
    lost: [[ofFirst, `${ORIGIN}/2 0-299`]],
  })
  const newer = await restored(later)
  expect(await goOn(ground, newer.database)).toMatchObject({ number: 4, origin: `${ORIGIN}/4`, kept: 300 })
  expect(await verified(ground, newer.database)).toEqual({
    faults: [],
    lost: [[`${ORIGIN}/3 0-299`], [ofFirst]],
  })
})

test('a checkpoint kept elsewhere shows more than the file; cut off before its commit it changed nothing', async () => {
  const { ground, other } = await behind()
  const { database } = other
  const shown = (await lastCheckpoint(ground.database))?.note ?? ''
  await rm(join(ground.folder, 'checkpoints'))
  await expect(goOn(ground, database)).rejects.toMatchObject({ code: 'ledger.unknown' })
  await expect(goOn(ground, database, '— else AAAA\n')).rejects.toMatchObject({ code: 'ledger.damaged' })
  await mkdir(join(ground.folder, '2', 'before'), { recursive: true })
  await writeFile(join(ground.folder, '2', 'before', 'events.jsonl'), 'half of it')
  await database.query('ALTER TABLE log_continued ADD CONSTRAINT none CHECK (number < 2)')
  await expect(goOn(ground, database, shown)).rejects.toThrow()
  expect(await lastCheckpoint(database)).toMatchObject({ size: 299 })
  await database.query('ALTER TABLE log_continued DROP CONSTRAINT none')
  expect(await goOn(ground, database, shown)).toMatchObject({ number: 2, before: [{ size: 340 }] })
  expect(await readdir(join(ground.folder, '2'))).toEqual(['before', 'checkpoints', 'key'])
  await rm(join(ground.folder, '2', 'checkpoints')) // as a kill leaves it between the commit and the file
  const running = runs(ground, other)
  await expect.poll(async () => (await lastCheckpoint(database))?.size, { timeout: 10_000 }).toBe(301)
  await running.stop()
  expect(await verified(ground, database)).toEqual({ faults: [], lost: [[`${ORIGIN} 299-339`]] })
})

test('a database that is no earlier state of the log is not gone on from', async () => {
  const { ground, other } = await behind()
  const { key, file } = await ground.open(false)
  await file.close()
  const note = signNote(checkpointText({ origin: ORIGIN, size: 299, root: EMPTY_ROOT }), key)
  await other.database.query('UPDATE checkpoint SET note = $1', [note])
  await expect(goOn(ground, other.database)).rejects.toThrow(/has another root for 299 leaves/)
})
