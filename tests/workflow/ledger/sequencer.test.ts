/** Sequencer: leaves numbered after commit, signed for, and held against the file outside the database. */
import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openCheckpoint } from '#ledger/checkpoint'
import { hashOfLeaf, isSame } from '#ledger/leaf'
import { TreeEdge } from '#ledger/tree'
import { readCheckpointFile } from '#notary/checkpoint-file'
import { openLogKey } from '#notary/log-key'
import { lastCheckpoint } from '#store/anchors'
import { append } from '#store/append'
import { numberedLeaves, pendingLeaves } from '#store/leaves'
import { startSequencer } from '#workflow/ledger/sequencer'
import { type LedgerGround, ledgerGround, ORIGIN } from './ground.ts'

/** The root over every numbered leaf row, computed anew. */
async function plainRoot({ database }: LedgerGround): Promise<Uint8Array> {
  const { rows } = await database.query<{ hash: Buffer; number: string }>(
    'SELECT hash, number FROM leaf WHERE number IS NOT NULL ORDER BY number',
  )
  expect(rows.map(({ number }) => Number(number))).toEqual(rows.map((_, at) => at))
  const edge = new TreeEdge()
  for (const { hash } of rows) edge.add(hashOfLeaf(hash))
  return edge.root()
}

async function filed({ folder }: LedgerGround): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readCheckpointFile(join(folder, 'checkpoints')))
    lines.push(line.kind === 'checkpoint' ? (line.filed.note.split('\n')[1] ?? '') : `damaged ${line.line}`)
  return lines
}

describe('the sequencer', () => {
  test('numbers what was committed, in order, and signs for it, however the batches fall', async () => {
    const ground = await ledgerGround()
    for (const [count, size] of [
      [1, 1],
      [255, 256],
      [3, 259],
      [5_000, 5_259],
    ] as const) {
      await ground.write(count)
      await ground.number()
      const last = await lastCheckpoint(ground.database)
      const { verifier } = await openLogKey({ folder: ground.folder, mayMake: false })
      const opened = last && openCheckpoint(last.note, verifier)
      expect(opened).toMatchObject({ kind: 'signed', checkpoint: { size, origin: ORIGIN } })
      expect(last && isSame(last.root, await plainRoot(ground))).toBe(true)
    }
    expect(await filed(ground)).toEqual(['1', '256', '259', '4355', '5259'])
    expect((await stat(join(ground.folder, 'key'))).mode & 0o777).toBe(0o600)
  })

  test('runs beside writers, who never wait for it, and leaves nothing unnumbered', async () => {
    const ground = await ledgerGround()
    const sequencer = startSequencer(ground)
    const open = await ground.database.pool.connect()
    await open.query('BEGIN') // a transaction that stays open holds up nobody either
    await open.query(
      `INSERT INTO event (stream, version, kind, actor, at, body, salt)
         VALUES ('slow:1', 1, 'a.done', 'tutela', now(), '{}', $1)`,
      [Buffer.alloc(32)],
    )
    await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        ground.database.transaction((tx) =>
          append(tx, `by:${at}`, 0, [{ kind: 'a.done', body: {} }], { actor: 'tutela', at: ground.now() }),
        ),
      ),
    )
    await expect.poll(() => numberedLeaves(ground.database), { timeout: 10_000 }).toBe(40)
    await open.query('ROLLBACK')
    open.release()
    await sequencer.stop()
    expect(await pendingLeaves(ground.database)).toBe(0)
    expect(await lastCheckpoint(ground.database)).toMatchObject({ size: 40, root: await plainRoot(ground) })
  })

  test('gives checkpoints times that never go back, though the clock does', async () => {
    let at = new Date('2026-05-01T10:00:00Z')
    const ground = await ledgerGround(() => at)
    await ground.write(1)
    await ground.number()
    at = new Date('2026-05-01T09:00:00Z')
    await ground.write(1)
    await ground.number()
    const { rows } = await ground.database.query<{ at: Date }>('SELECT at FROM checkpoint ORDER BY size')
    expect(rows.map((row) => row.at.toISOString())).toEqual(Array(2).fill('2026-05-01T10:00:00.000Z'))
  })

  test('signs nothing over rows or tiles that are not those that were signed', async () => {
    const ground = await ledgerGround()
    await ground.write(300)
    await ground.number()
    const before = await lastCheckpoint(ground.database)
    await ground.write(1)
    for (const [change, undo] of [
      ['UPDATE leaf SET number = NULL WHERE number = 299', 'UPDATE leaf SET number = 299 WHERE id = 300'],
      [
        `UPDATE tile SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) WHERE level = 0 AND number = 1`,
        `UPDATE tile SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) WHERE level = 0 AND number = 1`,
      ],
      [
        'UPDATE tile SET number = 9 WHERE level = 0 AND number = 1',
        'UPDATE tile SET number = 1 WHERE number = 9',
      ],
    ] as const) {
      await ground.database.query(change)
      await expect(ground.number()).rejects.toMatchObject({ code: 'ledger.damaged' })
      expect(await lastCheckpoint(ground.database)).toEqual(before)
      await ground.database.query(undo)
    }
    await ground.number()
    expect(await lastCheckpoint(ground.database)).toMatchObject({ size: 301 })
  })
})

describe('the file outside the database', () => {
  test('shows at the next start that the database was put back or lost its tail, and nothing is signed over it', async () => {
    const ground = await ledgerGround()
    await ground.write(10)
    await ground.number()
    await ground.write(10)
    await ground.number()
    await ground.database.query(
      'DELETE FROM leaf WHERE number >= 10; DELETE FROM event WHERE id > 10; DELETE FROM checkpoint WHERE size > 10',
    )
    await ground.database.query('UPDATE tile SET hashes = substr(hashes, 1, 320) WHERE level = 0')
    const error = vi.fn()
    const sequencer = startSequencer({ ...ground, log: { ...ground.log, error } })
    await expect.poll(() => error.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(0)
    await sequencer.stop()
    expect(error.mock.calls).toHaveLength(1) // said once, however often it was met
    expect(error.mock.calls[0]?.[1]).toMatchObject({
      fault: 'ledger.behind',
      because: expect.stringContaining('leaves 10 to 19 are missing'),
    })
  })

  test('shows that the leaves before its last checkpoint are others', async () => {
    const ground = await ledgerGround()
    await ground.write(10)
    await ground.number()
    const other = await ledgerGround()
    await other.write(20)
    await other.number()
    await writeFile(join(other.folder, 'checkpoints'), await readFile(join(ground.folder, 'checkpoints')))
    await writeFile(join(other.folder, 'key'), await readFile(join(ground.folder, 'key')))
    await expect(other.number()).rejects.toMatchObject({ code: 'ledger.damaged' }) // signed by another key
  })

  test('gets what a kill after the commit kept from it, and drops a line that is torn', async () => {
    const ground = await ledgerGround()
    await ground.write(10)
    await ground.number()
    const path = join(ground.folder, 'checkpoints')
    const whole = await readFile(path)
    await ground.write(1)
    await ground.number()
    await writeFile(path, whole)
    await appendFile(path, 'abcdef0123456789 {"at":"2026')
    expect(await filed(ground)).toEqual(['10'])
    await ground.number()
    expect(await filed(ground)).toEqual(['10', '11'])
  })

  test('is not gone on with where its last line was changed', async () => {
    const ground = await ledgerGround()
    await ground.write(10)
    await ground.number()
    const path = join(ground.folder, 'checkpoints')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('2026-05', '2026-06'))
    await expect(ground.number()).rejects.toMatchObject({ code: 'ledger.damaged' })
    expect(await filed(ground)).toEqual(['damaged 1'])
  })
})

describe('the key', () => {
  test('is not made anew where checkpoints were signed with one that is gone', async () => {
    const { folder } = await ledgerGround()
    const key = await openLogKey({ folder, origin: ORIGIN, mayMake: true })
    expect((await openLogKey({ folder, mayMake: false })).verifier.text).toBe(key.verifier.text)
    await expect(openLogKey({ folder, origin: 'else.example', mayMake: false })).rejects.toMatchObject({
      code: 'config.invalid',
    })
    await rm(join(folder, 'key'))
    await expect(openLogKey({ folder, mayMake: false })).rejects.toMatchObject({ code: 'ledger.damaged' })
  })
})
