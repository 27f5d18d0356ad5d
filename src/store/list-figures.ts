/** List figures: how lists stand with their sources, what was told back, and what is thought of their entries here. */
import type { Trust } from '#terms/register'
import { trustOf } from './columns.ts'
import type { Session } from './database.ts'
import type { Feedback } from './feedback.ts'

/** Of one list. */
export interface ListFigures {
  readonly affirm: number
  readonly dispute: number
  readonly unsent: number
  readonly failed: number
  readonly judgements: number
}

const NONE: ListFigures = { affirm: 0, dispute: 0, unsent: 0, failed: 0, judgements: 0 }

/** What was told back and what is judged, by the number of the list. */
export async function listFigures(session: Session): Promise<(list: number) => ListFigures> {
  const { rows } = await session.query<{ list: number } & ListFigures>(
    `SELECT list, count(*) FILTER (WHERE kind = 'affirm')::int AS affirm,
            count(*) FILTER (WHERE kind = 'dispute')::int AS dispute,
            count(*) FILTER (WHERE kind <> 'judged' AND sent_at IS NULL AND given_up_at IS NULL)::int AS unsent,
            count(*) FILTER (WHERE given_up_at IS NOT NULL)::int AS failed,
            count(*) FILTER (WHERE kind = 'judged')::int AS judgements
       FROM (SELECT entry, kind, sent_at, given_up_at FROM feedback
             UNION ALL SELECT entry, 'judged', NULL, NULL FROM judgement WHERE until IS NULL) AS said
            JOIN entry ON entry.row = said.entry
      GROUP BY list`,
  )
  const byList = new Map(rows.map(({ list, ...figures }) => [list, figures]))
  return (list) => byList.get(list) ?? NONE
}

/** Feedback on the entries of a list, the newest first. @param limit most of it */
export async function feedbackOfList(session: Session, list: number, limit: number): Promise<Feedback[]> {
  const { rows } = await session.query<{
    id: number
    entry: number
    kind: Feedback['kind']
    reason: string | null
    actor: string
    at: Date
    sent_at: Date | null
    failed_because: string | null
  }>(
    `SELECT feedback.id, feedback.entry, kind, reason, actor, at, sent_at, failed_because
       FROM feedback JOIN entry ON entry.row = feedback.entry
      WHERE entry.list = $1 ORDER BY feedback.id DESC LIMIT $2`,
    [list, limit],
  )
  return rows.map(({ reason, at, sent_at, failed_because, ...same }) => ({
    ...same,
    at: at.toISOString(),
    ...(reason !== null && { because: reason }),
    ...(sent_at !== null && { sentAt: sent_at.toISOString() }),
    ...(failed_because !== null && { failedBecause: failed_because }),
  }))
}

/** What is thought of an entry, as it is listed. */
export interface JudgedEntry {
  readonly entry: number
  readonly trust?: Trust
  /** ISO 8601, or `always`. */
  readonly disabledUntil?: string
  readonly because: string
  readonly actor: string
  readonly at: string
}

/** What is thought of the entries of a list here, the newest first. @param limit most of it */
export async function judgedInList(session: Session, list: number, limit: number): Promise<JudgedEntry[]> {
  const { rows } = await session.query<{
    entry: number
    trust: number | null
    disabled_until: Date | number | null
    because: string
    actor: string
    at: Date
  }>(
    `SELECT judgement.entry, judgement.trust, disabled_until, judgement.because, actor, at
       FROM judgement JOIN entry ON entry.row = judgement.entry
      WHERE judgement.until IS NULL AND entry.list = $1 ORDER BY judgement.id DESC LIMIT $2`,
    [list, limit],
  )
  return rows.map(({ trust, disabled_until, at, ...same }) => ({
    ...same,
    at: at.toISOString(),
    ...(trust !== null && { trust: trustOf(trust) }),
    ...(disabled_until !== null && {
      disabledUntil: disabled_until instanceof Date ? disabled_until.toISOString() : 'always',
    }),
  }))
}
