/** Continued: logs that went on after a restored backup, each with what the one before it had signed for. */
import type { Canonical } from '#terms/event'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest, textForms } from './text-digest.ts'

/** The last checkpoint of a log, as it was known when another went on in its place. */
export interface LogBefore {
  readonly origin: string
  /** Its key, as `name+id+base64`. */
  readonly key: string
  /** Leaves that it had signed for. */
  readonly size: number
  readonly note: string
}

/** A log that went on in the place of another. */
export interface ContinuedLog {
  /** From 2: which log of this deployment it is. */
  readonly number: number
  readonly origin: string
  readonly key: string
  /** What the restored database had: leaves, and the checkpoint over them; none where nothing had been signed. */
  readonly kept: { readonly size: number; readonly root: Uint8Array; readonly note?: string }
  /** The log that the database is of, then those after it that the database knows nothing of. */
  readonly before: readonly LogBefore[]
  readonly because: string
}

interface Row {
  readonly number: number
  readonly origin: string
  readonly key: string
  readonly kept_size: string
  readonly kept_root: Buffer
  readonly kept_note: string | null
  readonly before: LogBefore[]
  readonly because: string
  readonly begun_by: string
  readonly begun_at: Date
}

/** The number and name of the log in force. @returns undefined while it is the first */
export async function logInForce(
  session: Session,
): Promise<{ readonly number: number; readonly origin: string } | undefined> {
  const { rows } = await session.query<{ number: number; origin: string }>(
    'SELECT number, origin FROM log_continued ORDER BY number DESC LIMIT 1',
  )
  return rows[0]
}

/**
 * Writes down that a log goes on in the place of another. Its event becomes leaf 0; behind it come the leaves that had
 * numbers, in
 * their order. Tiles, checkpoints and anchors of the one before are taken out: they are to be kept elsewhere first.
 */
export async function addContinued(
  transaction: Transaction,
  log: ContinuedLog,
  signed: Signed,
): Promise<void> {
  const { number, origin, key, kept, before, because } = log
  await transaction.query(
    `INSERT INTO log_continued (number, origin, key, kept_size, kept_root, kept_note, before, because, begun_by, begun_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[number, origin, key, kept.size, Buffer.from(kept.root), kept.note ?? null],
      ...[JSON.stringify(before), because, signed.actor, signed.at],
    ],
  )
  await append(
    transaction,
    continuedStream(number),
    0,
    [{ kind: 'log.continued', body: stated(log, textDigest(transaction, because)) }],
    signed,
  )
  await transaction.query('DELETE FROM tile; DELETE FROM checkpoint; DELETE FROM anchor')
  // In two steps, because no two leaves may have one number, not even in between.
  await transaction.query('UPDATE leaf SET number = -number - 2 WHERE number IS NOT NULL')
  await transaction.query('UPDATE leaf SET number = -number - 1 WHERE number IS NOT NULL')
  await transaction.query(
    `UPDATE leaf SET number = 0 FROM event WHERE event.id = leaf.event AND event.stream = $1 AND event.version = 1`,
    [continuedStream(number)],
  )
}

/** What stands of a continued log, in the form in which its event says it. @returns undefined where there is none */
export async function continuedState(
  session: Session,
  number: string,
): Promise<Readonly<Record<string, Canonical>> | undefined> {
  const { rows } = await session.query<Row>(
    `SELECT number, origin, key, kept_size::text, kept_root, kept_note, before, because, begun_by, begun_at
       FROM log_continued WHERE number::text = $1`,
    [number],
  )
  const [row] = rows
  if (!row) return undefined
  const { kept_size: size, kept_root: root, kept_note: note, begun_by: by, begun_at: at, ...log } = row
  const kept = { size: Number(size), root, ...(note !== null && { note }) }
  return { ...stated({ ...log, kept }, textForms(session, log.because)), by, at: at.toISOString() }
}

/** The stream of a continued log. */
export function continuedStream(number: number): string {
  return `log:${number}`
}

function stated(log: ContinuedLog, becauseSha256: Canonical): Readonly<Record<string, Canonical>> {
  const { number, origin, key, kept, before } = log
  return {
    ...{ number, origin, key },
    kept: {
      size: kept.size,
      root: Buffer.from(kept.root).toString('hex'),
      ...(kept.note !== undefined && { note: kept.note }),
    },
    before: before.map(({ origin: name, key: of, size, note }) => ({ origin: name, key: of, size, note })),
    becauseSha256,
  }
}
