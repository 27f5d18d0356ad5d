/** Full: what a full disk does to the embedded store, and what is left when there is space again. */
import { execFileSync } from 'node:child_process'
import { readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Database } from '#store/database'
import { openStore } from '#store/open'
import { dataPlace } from './ground.ts'

const MEGABYTE = 1e6
const ROWS_AT_ONCE = 500
const ROUNDS_MAX = 1000
const POLLING = { timeout: 30_000, interval: 50 }

/** A small disk can only be made by root, on Linux, where mounting is allowed. */
const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** A place for a data directory on a disk of its own. */
async function smallDisk(megabytes: number): Promise<{ data: string; disk: string }> {
  const data = await dataPlace()
  const disk = dirname(data)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'none', disk])
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', disk])
  })
  return { data, disk }
}

/** Fills the disk but for some bytes. @returns what empties it again */
async function filled(disk: string, bytesLeft: number): Promise<() => Promise<void>> {
  const { bavail, bsize } = await statfs(disk)
  const ballast = join(disk, 'ballast')
  await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytesLeft)))
  return () => rm(ballast)
}

/** Runs a statement until it fails. @returns how often it was acknowledged */
async function untilFull(database: Database, statement: string): Promise<number> {
  for (let acknowledged = 0; acknowledged < ROUNDS_MAX; acknowledged++) {
    const failed = await database.query(statement).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failed === undefined) continue
    expect(failed).toMatchObject({ code: 'store.full' })
    return acknowledged
  }
  throw new Error('the disk was never full')
}

const rowsOf = async (database: Database): Promise<number> => {
  const { rows } = await database.query<{ count: string }>('SELECT count(*) AS count FROM kept')
  return Number(rows[0]?.count)
}

describe.skipIf(!canMount)('on a full disk', () => {
  test('no data directory is made, and nothing half-made is left', async () => {
    const { data } = await smallDisk(20)
    await expect(openStore({ data, create: true })).rejects.toMatchObject({ code: 'store.full' })
    expect(await readdir(data)).toEqual([])
  })

  test('a change is refused and what was acknowledged is kept, also when the log of changes has no room', async () => {
    const { data, disk } = await smallDisk(120)
    const store = await openStore({ data, create: true })
    const { database } = store
    await database.query('CREATE TABLE kept (n text)')
    const empty = await filled(disk, 3 * MEGABYTE)
    const put = `INSERT INTO kept SELECT repeat('x', 400) FROM generate_series(1, ${ROWS_AT_ONCE})`
    const acknowledged = await untilFull(database, put)
    await empty()
    // Where the log had no room either, PostgreSQL has given up, and starts again now that there is some.
    await expect
      .poll(() => rowsOf(database).catch(() => undefined), POLLING)
      .toBe(acknowledged * ROWS_AT_ONCE)

    const emptyAgain = await filled(disk, MEGABYTE) // too little for the next file of the log: PostgreSQL gives up
    await untilFull(database, `SELECT pg_logical_emit_message(true, 'x', repeat('y', 200000))`)
    await emptyAgain()
    await expect
      .poll(() => rowsOf(database).catch(() => undefined), POLLING)
      .toBe(acknowledged * ROWS_AT_ONCE)
    await store.close()
  })
})
