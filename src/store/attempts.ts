/** Attempts: sign-ins that failed, by keyed digests of a name and an address, and how long the next one waits. */
import type { Database, Transaction } from './database.ts'

/** Of whom attempts are counted, and how many are free. */
export interface Attempting {
  readonly who: Uint8Array
  readonly free: number
  /** For so long a failure counts: a day unless given. */
  readonly hours?: number
}

/** The first wait, which doubles with every further failure. */
const WAIT_SECONDS = 15
const WAIT_SECONDS_MAX = 3600
/** No keyed digest that anybody has: these rows are for the time that they take. */
const NOBODY = Buffer.alloc(32)
const REMEMBERED_HOURS = 24
const HOUR_MILLISECONDS = 3_600_000

/**
 * Counts an attempt before it is made, so that many at once are not each the first one.
 *
 * @returns seconds to wait, in which case it is not to be made and was not counted; 0 where it may be made
 */
export function attempt(database: Database, attempting: readonly Attempting[], at: Date): Promise<number> {
  return database.transaction(async (tx) => {
    const inOrder = [...attempting].sort((a, b) => Buffer.compare(a.who, b.who))
    let wait = 0
    for (const one of inOrder) {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [Buffer.from(one.who).readBigInt64BE().toString()])
      wait = Math.max(wait, await waitOf(tx, one, at))
    }
    if (wait === 0)
      for (const { who } of inOrder)
        await tx.query('INSERT INTO sign_in_failure (who, at) VALUES ($1, $2)', [who, at])
    return wait
  })
}

/** Of whom a sign-in that went well forgets what was counted. */
export interface Forgiven {
  /** Signed in by a name: every failure of it is forgotten. */
  readonly name?: Uint8Array
  /**
   * Where it came from: this attempt alone was no failure. The others of an address stay counted: one who has an account would
   * else try other people's names freely, with a sign-in of their own in between.
   */
  readonly address?: Uint8Array
}

/** Forgets what was counted of whoever signed in at this moment, and what counts no more of anybody. */
export async function forgive(tx: Transaction, { name, address }: Forgiven, at: Date): Promise<void> {
  const old = new Date(at.getTime() - REMEMBERED_HOURS * HOUR_MILLISECONDS)
  await tx.query('DELETE FROM sign_in_failure WHERE who = $1 OR at < $2', [name ?? null, old])
  await tx.query(
    `DELETE FROM sign_in_failure
     WHERE ctid = (SELECT ctid FROM sign_in_failure WHERE who = $1 AND at = $2 LIMIT 1 FOR UPDATE SKIP LOCKED)`,
    [address ?? null, at],
  )
}

/** Counts nothing of anybody, in the time that it takes to write a failure of somebody down. */
export async function countNothing(database: Database, at: Date): Promise<void> {
  await database.transaction((tx) =>
    tx.query('INSERT INTO sign_in_failure (who, at) VALUES ($1, $2)', [NOBODY, at]),
  )
}

/** Seconds until the next attempt: the whole seconds that are left, so that who waits them is let in. */
async function waitOf(
  tx: Transaction,
  { who, free, hours = REMEMBERED_HOURS }: Attempting,
  at: Date,
): Promise<number> {
  const { rows } = await tx.query<{ count: number; latest: Date | null }>(
    'SELECT count(*)::int AS count, max(at) AS latest FROM sign_in_failure WHERE who = $1 AND at > $2',
    [who, new Date(at.getTime() - hours * HOUR_MILLISECONDS)],
  )
  const { count = 0, latest } = rows[0] ?? {}
  if (count < free || !latest) return 0
  const whole = Math.min(WAIT_SECONDS_MAX, WAIT_SECONDS * 2 ** Math.min(count - free, 16))
  const passed = Math.max(0, (at.getTime() - latest.getTime()) / 1000) // a clock that went back shortens nothing
  return Math.max(0, Math.ceil(whole - passed))
}
