/** Story: the events of a case, of its items, reports and appeals, and of the looking at them, each with its leaf. */

import { EVENT_COLUMNS, type EventRow } from './append.ts'
import type { Session } from './database.ts'
import type { SaltedEvent } from './leaves.ts'

/** An event with its leaf, which is pending while it has no number. */
export interface StoryEvent {
  readonly event: SaltedEvent & { readonly id: string }
  readonly hash?: Uint8Array
  readonly leaf?: number
}

interface StoryRow extends EventRow {
  readonly salt: Buffer
  readonly hash: Buffer | null
  readonly number: string | null
}

/** Names of the streams that tell of a case ($1). Openings for a machine are no part of it: nobody looked. */
const STREAMS = `
  SELECT 'case:' || $1::text AS stream
  UNION SELECT 'case-item:' || id FROM case_item WHERE case_number = $1
  UNION SELECT 'report:' || id FROM report WHERE case_number = $1
  UNION SELECT 'appeal:' || id FROM appeal WHERE case_number = $1
  UNION SELECT 'risk:' || id FROM risk_override WHERE subject_kind = 'case' AND subject = $1
  UNION SELECT 'opening:' || opening.id FROM opening JOIN case_item ON case_item.item = opening.item
         WHERE case_item.case_number = $1 AND opening.kind <> 'processing'
           AND (opening.case_number = $1 OR opening.case_number IS NULL)`

/**
 * The events of a case in the order in which they came.
 *
 * @param after id of the event behind which to begin; `0` for the first
 * @param limit most of them
 */
export async function storyOf(
  session: Session,
  caseNumber: string,
  after: string,
  limit: number,
): Promise<StoryEvent[]> {
  const columns = EVENT_COLUMNS.replace('id,', 'event.id,').replace('stream,', 'event.stream,')
  const { rows } = await session.query<StoryRow>(
    `WITH told AS MATERIALIZED (${STREAMS})
     SELECT ${columns}, salt, leaf.hash, leaf.number::text AS number
       FROM told JOIN event ON event.stream = told.stream LEFT JOIN leaf ON leaf.event = event.id
      WHERE event.id > $2::bigint AND (event.kind <> 'case-item.golden' OR event.stream IN (
        SELECT 'case-item:' || id FROM case_item WHERE case_number = $1 AND state = 'decided'))
      ORDER BY event.id LIMIT $3`,
    [caseNumber, after, limit],
  )
  return rows.map(({ hash, number, at, ...event }) => ({
    event: { ...event, at: at.toISOString() },
    ...(hash && { hash }),
    ...(number !== null && { leaf: Number(number) }),
  }))
}

/** Streams of the items of a case that are decided now: what was decided of others was undone. */
export async function decidedStreams(session: Session, caseNumber: string): Promise<ReadonlySet<string>> {
  const { rows } = await session.query<{ stream: string }>(
    `SELECT 'case-item:' || id AS stream FROM case_item WHERE case_number = $1 AND state = 'decided'`,
    [caseNumber],
  )
  return new Set(rows.map(({ stream }) => stream))
}
