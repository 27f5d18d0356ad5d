/** Feedback sending: what is yet to be told to the source of a list, and what became of it. */
import type { FeedbackTold } from '#terms/exchange'
import type { Signed } from './append.ts'
import { ENTRY_COLUMNS, type EntryRow, entryOfRow } from './columns.ts'
import type { Database, Session, Transaction } from './database.ts'
import { lockSource, note } from './sources.ts'

/** Feedback that is due. */
export interface DueFeedback extends FeedbackTold {
  readonly id: number
  readonly attempts: number
}

interface DueRow extends EntryRow {
  readonly feedback: number
  readonly kind: 'affirm' | 'dispute'
  readonly hash_kind: string | null
  readonly reason: string | null
  readonly attempts: number
}

/** Feedback on entries of a list that is due, the oldest first. */
export async function dueFeedback(
  session: Session,
  list: number,
  now: Date,
  limit: number,
): Promise<DueFeedback[]> {
  const { rows } = await session.query<DueRow>(
    `SELECT f.id AS feedback, f.kind, f.hash_kind, f.reason, f.attempts, ${ENTRY_COLUMNS}
       FROM feedback f CROSS JOIN LATERAL (
         SELECT * FROM (SELECT v.* FROM entry v WHERE v.row = f.entry
                        UNION ALL SELECT v.* FROM entry v WHERE v.entry = f.entry AND v.entry <> v.row) v
          ORDER BY v.row DESC LIMIT 1) e
      WHERE f.sent_at IS NULL AND f.given_up_at IS NULL AND (f.next_at IS NULL OR f.next_at <= $2) AND e.list = $1
      ORDER BY f.id LIMIT $3`,
    [list, now, limit],
  )
  return rows.map(({ feedback, kind, hash_kind, reason, attempts, ...row }) => {
    const { key, md5, sha1, sha256, pdq, photodna, extra } = entryOfRow(row)
    const hashes = Object.entries({ md5, sha1, sha256, pdq, photodna }).filter(
      ([, hash]) => hash !== undefined,
    )
    return {
      id: feedback,
      kind,
      attempts,
      key,
      hashes: Object.fromEntries(hashes) as Record<string, string>,
      ...(hash_kind !== null && { hashKind: hash_kind }),
      ...(reason !== null && { reason }),
      ...(extra !== undefined && { extra }),
    }
  })
}

/** What became of feedback: taken, never to be taken, or to be tried again. */
export type FeedbackEnding =
  | { readonly kind: 'sent' }
  | { readonly kind: 'given-up'; readonly because: string }
  | { readonly kind: 'put-off'; readonly because: string; readonly nextAt: Date }

/** Writes down what became of feedback; an ending is an event of the source. */
export async function endFeedback(
  database: Database,
  source: string,
  id: number,
  ending: FeedbackEnding,
  signed: Signed,
): Promise<void> {
  await database.transaction(async (transaction) => {
    await lockSource(transaction, source)
    await setEnding(transaction, id, ending, signed.at)
    if (ending.kind === 'put-off') return
    const kind = ending.kind === 'sent' ? 'feedback.sent' : 'feedback.given-up'
    await note(transaction, source, { kind, body: { feedback: id } }, signed)
  })
}

async function setEnding(
  transaction: Transaction,
  id: number,
  ending: FeedbackEnding,
  at: Date,
): Promise<void> {
  const isSent = ending.kind === 'sent'
  await transaction.query(
    `UPDATE feedback SET attempts = attempts + 1, sent_at = $2, given_up_at = $3, failed_because = $4, next_at = $5
      WHERE id = $1`,
    [
      id,
      isSent ? at : null,
      ending.kind === 'given-up' ? at : null,
      isSent ? null : ending.because,
      ending.kind === 'put-off' ? ending.nextAt : null,
    ],
  )
}
