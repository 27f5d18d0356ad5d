/** Killed: the sequencer killed at each thing that it asks of the database or the disk, however many those are. */

import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLogKey } from '#notary/log-key'
import { lastCheckpoint } from '#store/anchors'
import { numberedLeaves, pendingLeaves } from '#store/leaves'
import { catchUpState } from '#workflow/ledger/catch-up'
import { withStoredLedger } from '#workflow/ledger/stored'
import { verifyLedger } from '#workflow/ledger/verify/verify'
import { ended } from '../../support/command.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { ledgerGround, ORIGIN } from './ground.ts'

const CHILD = 'tests/workflow/ledger/children/sequencer.mjs'
/** Some batches end in the tile that they began in, some fill it and begin the next. */
const LEAVES = 100

/** @returns how many steps there were; undefined where it was killed */
async function child(...given: readonly string[]): Promise<number | undefined> {
  const { code, stdout, stderr } = await ended(spawn(process.execPath, [CHILD, ...given]))
  if (code !== null) expect([code, stderr]).toEqual([0, ''])
  return code === null ? undefined : Number(stdout)
}

test('wherever the sequencer is killed, every leaf is numbered once and all that was signed is found again', async () => {
  const ground = await ledgerGround()
  await openLogKey({ folder: ground.folder, origin: ORIGIN, mayMake: true })
  const { verifier } = await openLogKey({ folder: ground.folder, mayMake: false })
  const file = join(ground.folder, 'checkpoints')
  let kills = 0
  for (let size = LEAVES; ; size += LEAVES) {
    await ground.write(LEAVES)
    const outcome = await child(JSON.stringify(ground.config), ground.folder, String(kills + 1))
    // All of the batch stands, or nothing of it.
    expect([size - LEAVES, size]).toContain(await numberedLeaves(ground.database))
    expect((await lastCheckpoint(ground.database))?.size ?? 0).toBe(await numberedLeaves(ground.database))
    expect(await catchUpState(ground.database, verifier, file)).toBeUndefined()
    await ground.number() // goes on from whatever was left
    expect([await numberedLeaves(ground.database), await pendingLeaves(ground.database)]).toEqual([size, 0])
    if (outcome !== undefined) break
    kills++
  }
  const verified = await withStoredLedger(ground.database, file, (copy) =>
    verifyLedger(copy, { log: verifier, witnesses: [] }),
  )
  expect([verified.faults, verified.anchored[0]?.size]).toEqual([[], verified.size])
  expect(kills).toBeGreaterThan(12)
  process.stdout.write(`killed: the sequencer at each of its ${kills} steps\n`)
}, 120_000)

test('wherever the making of the key is killed, there is no key or a whole one', async () => {
  let kills = 0
  for (;;) {
    const folder = join(await temporaryFolder(), 'ledger')
    const outcome = await child('{}', folder, String(kills + 1), 'key')
    if (outcome !== undefined) break
    kills++
    const { verifier } = await openLogKey({ folder, mayMake: true })
    expect((await openLogKey({ folder, mayMake: false })).verifier.text).toBe(verifier.text)
    expect((await readdir(folder)).filter((name) => name === 'key')).toEqual(['key'])
  }
  expect(kills).toBeGreaterThan(1)
}, 60_000)
