/** Pulls: what was fetched from a source page by page, staged where nobody is answered from, until it is applied whole. */
import type { Checkpoint, Resume } from '#terms/exchange'
import { Fault } from '#terms/fault'
import { type EntryStep, entryKey } from '#terms/register'
import type { Signed } from './append.ts'
import type { Database, Session, Transaction } from './database.ts'
import { type HeldPull, lockSource, note, type Staging } from './sources.ts'

const BATCH_STEPS = 2_000
/** Escapes that PostgreSQL takes in no text: NUL, and halves of pairs. */
const UNKEEPABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i

/** Begins a pull: what an earlier one staged is dropped, and with it what was held. */
export async function beginPull(database: Database, name: string, staging: Staging): Promise<void> {
  await database.transaction(async (transaction) => {
    await lockSource(transaction, name)
    await transaction.query('DELETE FROM staged WHERE source = $1', [name])
    await transaction.query('UPDATE source SET staging = $2, started_at = $3, held = NULL WHERE name = $1', [
      name,
      JSON.stringify(staging),
      new Date(staging.begunAt),
    ])
  })
}

/** Notes that a pull that broke off goes on. */
export async function resumePull(session: Session, name: string, at: Date): Promise<void> {
  await session.query('UPDATE source SET started_at = $2 WHERE name = $1', [name, at])
}

/**
 * Keeps the steps of one page, and with them, or not at all, where the pull stands after it. A step takes the place of an
 * earlier one with the same key.
 *
 * @throws Fault `source.damaged` for text that cannot be kept; `store.full`;
 * `store.conflict` when another process pulls it by now
 */
export async function stagePage(
  database: Database,
  name: string,
  steps: readonly EntryStep[],
  staging: Staging,
): Promise<void> {
  const byKey = new Map<string, string>()
  for (const step of steps) {
    const key = step.kind === 'put' ? (step.entry.key ?? entryKey(step.entry)) : step.key
    if (key === undefined) continue // an entry without any hash says nothing
    const text = JSON.stringify(step)
    if (UNKEEPABLE.test(text) || UNKEEPABLE.test(JSON.stringify(key)))
      throw new Fault('source.damaged', `${name}: an entry holds characters that no text may hold`)
    byKey.set(key, text)
  }
  await database.transaction(async (transaction) => {
    checkOwn(name, (await lockSource(transaction, name)).staging, staging, 1)
    await transaction.query(
      `INSERT INTO staged (source, key, step) SELECT $1, * FROM unnest($2::text[], $3::jsonb[])
       ON CONFLICT (source, key) DO UPDATE SET step = excluded.step`,
      [name, [...byKey.keys()], [...byKey.values()]],
    )
    await transaction.query('UPDATE source SET staging = $2 WHERE name = $1', [name, JSON.stringify(staging)])
  })
}

/**
 * What is staged of a source, in the order of keys, once the transaction has the source to itself and finds that what is staged
 * is what is meant: whoever lost its lock meanwhile must not apply what another process has begun to stage, or nothing.
 *
 * @param session another one than the transaction, which is busy taking the steps in
 * @throws Fault `store.conflict` when it is not
 */
export async function lockStaged(
  transaction: Transaction,
  session: Session,
  name: string,
  staging: Staging,
): Promise<AsyncGenerator<EntryStep[]>> {
  checkOwn(name, (await lockSource(transaction, name)).staging, staging, 0)
  return stagedSteps(session, name)
}

function checkOwn(name: string, had: Staging | undefined, own: Staging, pagesMore: number): void {
  if (had && had.begunAt === own.begunAt && had.pages + pagesMore === own.pages) return
  throw new Fault('store.conflict', `the source "${name}" is being pulled by another process`)
}

async function* stagedSteps(session: Session, name: string): AsyncGenerator<EntryStep[]> {
  let after = ''
  for (;;) {
    const { rows } = await session.query<{ key: string; step: EntryStep }>(
      `SELECT key, step FROM staged WHERE source = $1 AND key > $2 ORDER BY key LIMIT ${BATCH_STEPS}`,
      [name, after],
    )
    const last = rows.at(-1)
    if (!last) return
    yield rows.map(({ step }) => step)
    after = last.key
  }
}

/** What an applied pull came to. */
export interface PullMade {
  readonly staging: Staging
  readonly checkpoint: Checkpoint
  /** Number of the change; absent when there was nothing to change. */
  readonly change?: number
  readonly added: number
  readonly replaced: number
  readonly withdrawn: number
  readonly isBeyondBounds: boolean
  readonly nextAt: Date
}

/** Moves the checkpoint on, in the transaction that applies the pull: both are kept, or neither. */
export async function finishPull(
  transaction: Transaction,
  name: string,
  made: PullMade,
  signed: Signed,
): Promise<void> {
  const { staging, checkpoint, change, added, replaced, withdrawn, isBeyondBounds } = made
  await lockSource(transaction, name)
  await transaction.query('DELETE FROM staged WHERE source = $1', [name])
  await transaction.query(
    `UPDATE source SET checkpoint = $2, checkpoint_at = $3, succeeded_at = $4, staging = NULL, held = NULL,
       failed_because = NULL, failures = 0, next_at = CASE WHEN enabled THEN $5::timestamptz END
     WHERE name = $1`,
    [name, JSON.stringify(checkpoint), new Date(staging.begunAt), signed.at, made.nextAt],
  )
  const body = {
    whole: staging.from === undefined,
    ...{ pages: staging.pages, rows: staging.rows, leftOut: staging.leftOut, bytes: staging.bytes },
    ...{ change, added, replaced, withdrawn },
    checkpoint: String(checkpoint.time),
    ...(isBeyondBounds && { beyondBounds: true }),
  }
  await note(transaction, name, { kind: 'source.pulled', body }, signed)
}

/**
 * Keeps a pull back: it stays staged, and nobody is answered from it.
 *
 * @throws Fault `store.conflict` when another process pulls the source by now
 */
export async function holdPull(
  database: Database,
  name: string,
  { held, staging, nextAt }: { readonly held: HeldPull; readonly staging: Staging; readonly nextAt: Date },
  signed: Signed,
): Promise<void> {
  await database.transaction(async (transaction) => {
    checkOwn(name, (await lockSource(transaction, name)).staging, staging, 0)
    await transaction.query(
      `UPDATE source SET held = $2, failed_because = NULL, failures = 0,
         next_at = CASE WHEN enabled THEN $3::timestamptz END
       WHERE name = $1`,
      [name, JSON.stringify(held), nextAt],
    )
    const { because, figures } = held
    await note(transaction, name, { kind: 'source.held', body: { because, ...figures } }, signed)
  })
}

/** Why a pull failed, and when the next is due. */
export interface PullFailed {
  readonly code: string
  /** Names no address and no secret. */
  readonly because: string
  /** What was staged is of no use, and the next pull begins again. */
  readonly isDropped: boolean
  readonly nextAt: Date
}

/** Writes down that a pull failed. Nothing of the list changes. */
export async function failPull(
  database: Database,
  name: string,
  failed: PullFailed,
  signed: Signed,
): Promise<void> {
  await database.transaction(async (transaction) => {
    const { failures } = await lockSource(transaction, name)
    if (failed.isDropped) await transaction.query('DELETE FROM staged WHERE source = $1', [name])
    await transaction.query(
      `UPDATE source SET failed_because = $2, failures = failures + 1,
         staging = CASE WHEN $3 THEN NULL ELSE staging END, next_at = CASE WHEN enabled THEN $4::timestamptz END,
         started_at = least(started_at, $5)
       WHERE name = $1`,
      [name, `${failed.code}: ${failed.because}`, failed.isDropped, failed.nextAt, signed.at],
    )
    const body = { code: failed.code, failures: failures + 1 }
    await note(transaction, name, { kind: 'source.failed', body }, signed)
  })
}

/** Where a pull stands after its next page. */
export function stagedAfter(
  staging: Staging,
  page: { rows: number; leftOut: number; bytes: number; resume?: Resume; checkpoint?: Checkpoint },
  at: Date,
): Staging {
  const { resume: _, ...before } = staging
  return {
    ...before,
    at: at.toISOString(),
    pages: staging.pages + 1,
    rows: staging.rows + page.rows,
    leftOut: staging.leftOut + page.leftOut,
    bytes: staging.bytes + page.bytes,
    ...(page.resume && { resume: page.resume }),
    ...(page.checkpoint && { checkpoint: page.checkpoint }),
  }
}
