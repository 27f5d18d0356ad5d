/** Attempts: sign-ins that failed, by keyed digests of a name and an address, and how long the next one waits. */
import type { Database, Transaction } from './database.ts'

/** Of whom attempts are counted, and how many are free. */
export interface Attempting {
  readonly who: Uint8Array
  readonly free: number
}

/** The first wait, which doubles with every further failure. */
const WAIT_SECONDS = 15
const WAIT_SECONDS_MAX = 3600
const REMEMBERED_MILLISECONDS = 24 * 3_600_000

/**
 * Counts an attempt before it is made, so that many at once are not each the first one.
 *
 * @returns seconds to wait, in which case it is not to be made and was not counted; 0 where it may be made
 */
export function attempt(database: Database, attempting: readonly Attempting[], at: Date): Promise<number> {
  return database.transaction(async (tx) => {
    const inOrder = [...attempting].sort((a, b) => Buffer.compare(a.who, b.who))
    let wait = 0
    for (const { who, free } of inOrder) {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [Buffer.from(who).readBigInt64BE().toString()])
      wait = Math.max(wait, await waitOf(tx, who, free, at))
    }
    if (wait === 0)
      for (const { who } of inOrder)
        await tx.query('INSERT INTO sign_in_failure (who, at) VALUES ($1, $2)', [who, at])
    return wait
  })
}

/** What was counted is forgotten once a sign-in went well, and with it what counts no more of anybody. */
export async function forgive(tx: Transaction, whos: readonly Uint8Array[], at: Date): Promise<void> {
  const old = new Date(at.getTime() - REMEMBERED_MILLISECONDS)
  await tx.query('DELETE FROM sign_in_failure WHERE who = ANY($1) OR at < $2', [whos, old])
}

/** Seconds until the next attempt: the whole seconds that are left, so that who waits them is let in. */
async function waitOf(tx: Transaction, who: Uint8Array, free: number, at: Date): Promise<number> {
  const { rows } = await tx.query<{ count: number; latest: Date | null }>(
    'SELECT count(*)::int AS count, max(at) AS latest FROM sign_in_failure WHERE who = $1 AND at > $2',
    [who, new Date(at.getTime() - REMEMBERED_MILLISECONDS)],
  )
  const { count = 0, latest } = rows[0] ?? {}
  if (count < free || !latest) return 0
  const whole = Math.min(WAIT_SECONDS_MAX, WAIT_SECONDS * 2 ** Math.min(count - free, 16))
  const passed = Math.max(0, (at.getTime() - latest.getTime()) / 1000) // a clock that went back shortens nothing
  return Math.max(0, Math.ceil(whole - passed))
}
