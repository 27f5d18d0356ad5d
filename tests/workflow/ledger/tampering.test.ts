/** Tampering: one byte changed anywhere in a ledger, a row gone, a tail gone: each is found, and its place is named. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { signingKey } from '#ledger/key'
import { cosign, openNote } from '#ledger/note'
import { checkpointFileBytes } from '#notary/checkpoint-file'
import { openLogKey } from '#notary/log-key'
import { keepAnchor, lastCheckpoint } from '#store/anchors'
import type { Transaction } from '#store/database'
import { exportLedger } from '#workflow/ledger/export'
import { exportedKeys } from '#workflow/ledger/exported'
import { storedLedger, withStoredLedger } from '#workflow/ledger/stored'
import { verifyExport } from '#workflow/ledger/verify/exported'
import { type LedgerTrust, type Verified, verifyLedger } from '#workflow/ledger/verify/verify'
import { temporaryFolder } from '../../support/folder.ts'
import { type LedgerGround, ledgerGround } from './ground.ts'

const LEAVES = 300
const witness = signingKey('witness.example', Buffer.alloc(32, 3), 'cosignature')

/** A ledger of 300 leaves in three checkpoints, the second one cosigned. */
async function filled(): Promise<LedgerGround & { trust: LedgerTrust }> {
  const ground = await ledgerGround()
  const { verifier } = await openLogKey({
    folder: ground.folder,
    mayMake: true,
    origin: 'example.com/ledger',
  })
  for (const count of [100, 156, 44]) {
    await ground.write(count)
    await ground.number()
    if (count === 156) await cosigned(ground, verifier)
  }
  return { ...ground, trust: { log: verifier, witnesses: [witness.verifier] } }
}

async function cosigned({ database }: LedgerGround, log: LedgerTrust['log']): Promise<void> {
  const last = await lastCheckpoint(database)
  const opened = last && openNote(last.note, [log])
  if (!last || opened?.kind !== 'signed') throw new Error('no checkpoint')
  const proof = Buffer.from(last.note + cosign(opened.text, witness, 1_780_000_000))
  const anchor = { size: last.size, kind: 'witness', place: 'witness.example', at: last.at } as const
  await keepAnchor(database, anchor, { proof })
}

const places = ({ faults }: Verified): string[] => faults.map(({ place, says }) => `${place}: ${says}`)

class Undone extends Error {}

describe('in the database', () => {
  test('one byte of any column of any kind of row is found, and its row named', async () => {
    const { database, folder, trust } = await filled()
    const file = join(folder, 'checkpoints')
    const bytes = await checkpointFileBytes(file)
    const verifiedWith = async (change: (tx: Transaction) => Promise<unknown>): Promise<Verified> => {
      let verified: Verified | undefined
      await database
        .transaction(async (tx) => {
          await change(tx)
          verified = await verifyLedger(storedLedger(tx, file, bytes), trust)
          throw new Undone()
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undone)) throw error
        })
      if (!verified) throw new Error('nothing was verified')
      return verified
    }
    const whole = await verifiedWith(async () => undefined)
    expect([whole.size, places(whole)]).toEqual([LEAVES, []])
    expect(whole.anchored).toMatchObject([
      { kind: 'file', size: 300 },
      { kind: 'witness', place: 'witness.example', size: 256 },
    ])
    let tried = 0
    for (const { table, where, named } of ROWS)
      for (const column of await columnsOf(database, table)) {
        const verified = await verifiedWith(async (tx) => {
          if (column.name === 'event') await tx.query(SPARE_EVENT)
          await tx.query(`UPDATE ${table} SET ${changed(column)} WHERE ${where}`)
        })
        const found = places(verified).join('\n')
        expect(found, `${table}.${column.name} where ${where}`).toMatch(named)
        tried++
      }
    for (const { table, where, named } of ROWS) {
      const verified = await verifiedWith(async (tx) => {
        if (table === 'event') await tx.query('ALTER TABLE leaf DROP CONSTRAINT IF EXISTS leaf_event_fkey')
        await tx.query(`DELETE FROM ${table} WHERE ${where}`)
      })
      // An anchor that is gone is missed by nobody but who gave it: the reach is shorter.
      if (table === 'anchor') expect(verified.anchored.map(({ kind }) => kind)).toEqual(['file'])
      else expect(places(verified).join('\n'), `${table} without ${where}`).toMatch(named)
      tried++
    }
    const cut = await verifiedWith((tx) => cutTail(tx, 256))
    expect(places(cut)).toEqual([
      expect.stringMatching(/^checkpoint file, line 3: .* leaves 256 to 299 are missing$/),
    ])
    const cutMore = await verifiedWith((tx) => cutTail(tx, 100))
    expect(places(cutMore).join('\n')).toMatch(
      /witness of witness.example for 256 leaves: .*the tail is missing/,
    )
    process.stdout.write(`tampering: ${tried + 2} changes of the database, each found and located\n`)
  })

  test('is well while leaves are written that have no number yet, and says how many', async () => {
    const ground = await filled()
    await ground.write(5)
    const file = join(ground.folder, 'checkpoints')
    const verified = await withStoredLedger(ground.database, file, (copy) => verifyLedger(copy, ground.trust))
    expect([verified.pending, verified.size, places(verified)]).toEqual([5, LEAVES, []])
    await ground.database.query(`UPDATE event SET kind = 'thing.undone' WHERE id = 303`)
    const again = await withStoredLedger(ground.database, file, (copy) => verifyLedger(copy, ground.trust))
    expect(places(again)).toEqual([expect.stringContaining('event 303')])
  })
})

/** A row of each kind, and how a fault in it is named: the last word is its own. */
const ROWS = [
  { table: 'event', where: 'id = 17', named: /leaf 16 \(event 17\b|leaf 16: |leaf 16 \(its row\)/ },
  { table: 'leaf', where: 'number = 257', named: /leaf 257\b|event 258\b/ },
  { table: 'tile', where: 'level = 0 AND number = 0', named: /tile 0\/000/ },
  { table: 'tile', where: 'level = 0 AND number = 1', named: /tile 0\/001/ },
  { table: 'tile', where: 'level = 1', named: /tile 1\/000/ },
  { table: 'checkpoint', where: 'size = 256', named: /checkpoint of \d+ leaves|checkpoint file, line 2/ },
  { table: 'checkpoint', where: 'size = 300', named: /checkpoint of \d+ leaves|leaf 256: .*no checkpoint/ },
  { table: 'anchor', where: 'size = 256', named: /(witness|timestamp) of \S+ for \d+ leaves/ },
] as const

const SPARE_EVENT = `INSERT INTO event (id, stream, version, kind, actor, at, body, salt) OVERRIDING SYSTEM VALUE
  SELECT 9000, 'spare:1', 1, kind, actor, at, body, salt FROM event WHERE id = 1`

interface Column {
  readonly name: string
  readonly type: string
}

/** The columns of a table that can be changed; what an anchor says of its own time is said by its proof. */
async function columnsOf(database: LedgerGround['database'], table: string): Promise<Column[]> {
  const { rows } = await database.query<Column>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'NO'
        AND NOT (table_name = 'anchor' AND column_name IN ('at', 'failed_because'))`,
    [table],
  )
  expect(rows.length).toBeGreaterThan(2)
  return rows
}

function changed({ name, type }: Column): string {
  switch (type) {
    case 'bytea':
      return `${name} = set_byte(${name}, length(${name}) / 2, get_byte(${name}, length(${name}) / 2) # 1)`
    case 'text':
      if (name === 'kind') return `kind = CASE kind WHEN 'witness' THEN 'timestamp' ELSE kind || 'x' END`
      return `${name} = left(${name}, -6) || chr(ascii(right(${name}, 6)) # 1) || right(${name}, 5)`
    case 'timestamp with time zone':
      return `${name} = ${name} + interval '1 ms'`
    case 'jsonb':
      return `${name} = ${name} || '{"word":"as it wat"}'`
    default:
      // A leaf is bound to another event, which must be free.
      return name === 'event' ? 'event = 9000' : `${name} = ${name} + ${name === 'level' ? 5 : 5000}`
  }
}

/** Takes the tail away as somebody would who knows the tables but has neither the key nor the file. */
async function cutTail(tx: Transaction, size: number): Promise<void> {
  await tx.query(`DELETE FROM leaf WHERE number >= ${size}`)
  await tx.query(`DELETE FROM event WHERE id > ${size}`)
  await tx.query(`DELETE FROM checkpoint WHERE size > ${size}`)
  await tx.query(
    `DELETE FROM tile WHERE level = 0 AND number * 256 >= ${size} OR level = 1 AND ${size} < 256`,
  )
  await tx.query(
    `UPDATE tile SET hashes = substr(hashes, 1, ${(size % 256) * 32}) WHERE level = 0 AND number = ${Math.floor(size / 256)}`,
  )
}

describe('in an export', () => {
  test('any byte of any file is found, and its place named; and it is well with nothing but itself', async () => {
    const ground = await filled()
    const folder = join(await temporaryFolder(), 'export')
    const size = await withStoredLedger(ground.database, join(ground.folder, 'checkpoints'), (copy, tx) =>
      exportLedger(tx, copy, folder, ground.trust),
    )
    expect(size).toBe(LEAVES)
    const trust = await exportedKeys(folder)
    const verified = await verifyExport(folder, trust)
    expect([verified.size, verified.streams, verified.checkpoints, places(verified)]).toEqual([
      LEAVES,
      52,
      3,
      [],
    ])
    let [tried, spared] = [0, 0]
    for (const path of await filesIn(folder)) {
      const bytes = await readFile(join(folder, path))
      const step = Math.max(1, Math.floor(bytes.length / BYTES_A_FILE))
      for (let at = tried % step; at < bytes.length; at += step) {
        const wrong = Buffer.from(bytes)
        wrong[at] = (wrong[at] ?? 0) ^ 1
        await writeFile(join(folder, path), wrong)
        const found = await faultsOf(folder)
        expect(found.join('\n'), `${path}, byte ${at}`).toMatch(placeIn(path, bytes, at))
        tried++
      }
      await rm(join(folder, path))
      const found = await faultsOf(folder)
      if (found.length === 0) spared++
      await writeFile(join(folder, path), bytes)
    }
    expect(spared).toBe(0)
    expect((await verifyExport(folder, trust)).faultCount).toBe(0)
    process.stdout.write(`tampering: ${tried} bytes of an export, each found and located\n`)
  })
})

const BYTES_A_FILE = 6

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** What verification finds, in words; also where the export is no export any more. */
async function faultsOf(folder: string): Promise<string[]> {
  try {
    return places(await verifyExport(folder, await exportedKeys(folder)))
  } catch (error) {
    return [error instanceof Error ? error.message : '']
  }
}

/** How a fault at a byte of a file must be named. */
function placeIn(path: string, bytes: Buffer, at: number): RegExp {
  const line = bytes.subarray(0, at).toString('latin1').split('\n').length
  const hashes = /^tile\/(\d)\/(\d+)/.exec(path)
  if (hashes) return new RegExp(`tile ${hashes[1]}/${hashes[2]}, hash ${Math.floor(at / 32)}, byte ${at}:`)
  const entries = /^tile\/(entries\/\d+)/.exec(path)
  if (entries) return new RegExp(`tile ${entries[1]}`)
  if (path === 'events.jsonl') return new RegExp(`events\\.jsonl, line ${line}\\b|leaf ${line - 1}\\b`)
  if (path.endsWith('.jsonl')) return new RegExp(`${path}, line ${line}\\b`)
  if (path === 'checkpoint-file') return new RegExp(`checkpoint file, line ${line}\\b|leaf|line ${line + 1}`)
  return /key|signed|checkpoint|witness/
}
