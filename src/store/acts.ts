/** Acts: the events that one person wrote and that bear on some items and cases, in the order in which they were written. */
import type { Actor, Event } from '#terms/event'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { EVENT_COLUMNS, type EventRow, eventOf } from './append.ts'
import type { Session } from './database.ts'

/** What acts bear on. */
export interface ActsAbout {
  readonly items: readonly ItemId[]
  readonly cases: readonly string[]
}

/** Acts of one person on one thing that a record can hold. */
const ACTS_MAX = 10_000

/**
 * What a person did that bears on some items and cases, refusals among it, and how the program ended openings of theirs.
 *
 * @throws Fault `evidence.refused` beyond `ACTS_MAX`: a part would pass for all of it
 */
export async function actsAbout(
  session: Session,
  actor: Actor,
  { items, cases }: ActsAbout,
): Promise<Event[]> {
  const subjects = [...items.map((id) => `item:${id}`), ...cases.map((id) => `case:${id}`)]
  const { rows } = await session.query<EventRow>(
    `WITH about AS (${STREAMS})
     SELECT ${EVENT_COLUMNS} FROM event
      WHERE (actor = $1 AND (stream IN (SELECT stream FROM about)
         OR (kind = 'act.refused' AND body->>'on' = ANY($4))))
         OR (actor = 'tutela' AND stream IN (
               SELECT 'opening:' || id FROM opening WHERE item = ANY($2) AND 'person:' || person = $1))
      ORDER BY id LIMIT ${ACTS_MAX + 1}`,
    [actor, items, cases, subjects],
  )
  if (rows.length > ACTS_MAX)
    throw new Fault('evidence.refused', `there are more than ${ACTS_MAX} acts: ask for one item at a time`)
  return rows.map(eventOf)
}

/** The streams of what stands about some items and cases, and that of a person: what the state of a record follows from. */
export async function streamsAbout(
  session: Session,
  personStream: string,
  { items, cases }: ActsAbout,
): Promise<string[]> {
  const { rows } = await session.query<{ stream: string }>(
    `WITH about AS (${STREAMS}) SELECT stream FROM about UNION SELECT $1 ORDER BY stream`,
    [personStream, items, cases],
  )
  return rows.map(({ stream }) => stream)
}

/** The items of a case. */
export async function itemsOfCase(session: Session, caseNumber: string): Promise<ItemId[]> {
  const { rows } = await session.query<{ item: ItemId }>(
    'SELECT item FROM item_case WHERE case_number = $1 ORDER BY item',
    [caseNumber],
  )
  return rows.map(({ item }) => item)
}

/** The cases that an item belongs to. */
export async function casesOfItem(session: Session, item: ItemId): Promise<string[]> {
  const { rows } = await session.query<{ number: string }>(
    'SELECT case_number AS number FROM item_case WHERE item = $1 ORDER BY case_number',
    [item],
  )
  return rows.map(({ number }) => number)
}

/** Names of the streams that are about items ($2) or cases ($3). */
const STREAMS = `
  SELECT 'vault:' || id AS stream FROM unnest($2::text[]) AS given (id)
  UNION ALL SELECT 'opening:' || id FROM opening WHERE item = ANY($2)
  UNION ALL SELECT 'hold:' || id FROM hold WHERE item = ANY($2)
  UNION ALL SELECT 'copy:' || id FROM copy WHERE item = ANY($2)
  UNION ALL SELECT 'kept:' || item || ':' || purpose || ':' || profile FROM kept_for WHERE item = ANY($2)
  UNION ALL SELECT 'destruction:' || id FROM destruction WHERE item = ANY($2)
  UNION ALL SELECT 'handover:' || id FROM handover WHERE items && $2::text[]
  UNION ALL SELECT 'discovery:' || id FROM discovery
    WHERE (subject_kind = 'item' AND subject = ANY($2)) OR (subject_kind = 'case' AND subject = ANY($3))
  UNION ALL SELECT 'telling:' || id FROM telling
    WHERE (subject_kind = 'item' AND subject = ANY($2)) OR (subject_kind = 'case' AND subject = ANY($3))
  UNION ALL SELECT 'risk:' || id FROM risk_override
    WHERE (subject_kind = 'item' AND subject = ANY($2)) OR (subject_kind = 'case' AND subject = ANY($3))`
