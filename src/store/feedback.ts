/** Feedback: what is told back to the source of an entry, kept until it was sent. */
import type { HashKind } from '#terms/hash'
import { append, type Signed } from './append.ts'
import { lockListId } from './changes.ts'
import type { Session, Transaction } from './database.ts'
import { listWith } from './judgements.ts'

/** What is to be told. */
export interface FeedbackGiven {
  readonly kind: 'affirm' | 'dispute'
  /** The hash that is meant; absent: the entry. */
  readonly hashKind?: HashKind | 'photodna'
  readonly because?: string
}

/** Feedback as it stands. */
export interface Feedback {
  readonly id: number
  readonly entry: number
  readonly kind: 'affirm' | 'dispute'
  readonly hashKind?: string
  readonly because?: string
  readonly actor: string
  /** ISO 8601, UTC; so is `sentAt`. */
  readonly at: string
  readonly sentAt?: string
  /** Why it could not be sent, the last time it was tried. */
  readonly failedBecause?: string
}

/**
 * Writes feedback on an entry down, to be sent to the list's source where that takes any.
 *
 * @returns its number
 * @throws Fault `register.unknown`
 */
export async function feedBack(
  transaction: Transaction,
  entry: number,
  given: FeedbackGiven,
  signed: Signed,
): Promise<number> {
  const list = await lockListId(transaction, await listWith(transaction, entry))
  const { kind, hashKind, because } = given
  const { rows } = await transaction.query<{ id: number }>(
    `INSERT INTO feedback (entry, kind, hash_kind, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
    [entry, kind, hashKind, because, signed.actor, signed.at],
  )
  const id = rows[0]?.id ?? missing()
  const event = { kind: 'feedback.given', body: { feedback: id, entry, says: kind } }
  const version = await append(transaction, `list:${list.id}`, list.version, [event], signed)
  await transaction.query('UPDATE list SET version = $2 WHERE id = $1', [list.id, version])
  return id
}

interface FeedbackRow {
  readonly id: number
  readonly entry: number
  readonly kind: 'affirm' | 'dispute'
  readonly hash_kind: string | null
  readonly reason: string | null
  readonly actor: string
  readonly at: Date
  readonly sent_at: Date | null
  readonly failed_because: string | null
}

/** All feedback given on an entry, the oldest first. */
export async function feedbackOn(session: Session, entry: number): Promise<Feedback[]> {
  const { rows } = await session.query<FeedbackRow>(
    `SELECT id, entry, kind, hash_kind, reason, actor, at, sent_at, failed_because FROM feedback
      WHERE entry = $1 ORDER BY id`,
    [entry],
  )
  return rows.map(({ hash_kind, reason, at, sent_at, failed_because, ...same }) => ({
    ...same,
    at: at.toISOString(),
    ...(hash_kind !== null && { hashKind: hash_kind }),
    ...(reason !== null && { because: reason }),
    ...(sent_at !== null && { sentAt: sent_at.toISOString() }),
    ...(failed_because !== null && { failedBecause: failed_because }),
  }))
}

function missing(): never {
  throw new TypeError('the database did not return what it was asked to')
}
