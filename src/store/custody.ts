/** Custody: the events of items and of their openings with the numbers of their leaves, and exports that are under way. */
import type { Event } from '#terms/event'
import type { ItemId } from '#terms/evidence'
import { type EventRow, eventOf } from './append.ts'
import type { Session } from './database.ts'
import { itemStream } from './items.ts'
import { openingStream } from './openings.ts'

/** An event, and the number of its leaf once it has one. */
type NumberedEvent = Event & { readonly leaf?: number }

/** What was done with an item by a time: its own events, and those of every opening of it, as they came. */
export async function custodyEvents(session: Session, item: ItemId, until: Date): Promise<NumberedEvent[]> {
  const { rows } = await session.query<{ id: string }>('SELECT id FROM opening WHERE item = $1', [item])
  return numberedEvents(session, [itemStream(item), ...rows.map(({ id }) => openingStream(id))], until)
}

/** The events of some streams by a time, as they came. */
export async function numberedEvents(
  session: Session,
  streams: readonly string[],
  until: Date,
): Promise<NumberedEvent[]> {
  const { rows } = await session.query<EventRow & { number: string | null }>(
    `SELECT e.id, e.stream, e.version, e.kind, e.actor, e.at, e.body, l.number
       FROM event e LEFT JOIN leaf l ON l.event = e.id
      WHERE e.stream = ANY($1) AND e.at <= $2 ORDER BY e.id`,
    [streams, until],
  )
  return rows.map(({ number, ...row }) => ({
    ...eventOf(row),
    ...(number !== null && { leaf: Number(number) }),
  }))
}

/** True while a handover's items are open for it, by a process that is at it or was cut off not long ago. */
export async function isBeingWritten(session: Session, handover: string, now: Date): Promise<boolean> {
  const { rows } = await session.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT FROM opening WHERE kind = 'export' AND job = $1 AND ended_at IS NULL
       AND coalesce(released_at, granted_at) + box_seconds * interval '1 second' >= $2) AS open`,
    [handover, now],
  )
  return rows[0]?.open === true
}
