/** Leaves: whether each leaf is that of its event, and every event has one. */
import type { Actor, Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import { leafHash } from '../append.ts'
import type { Session } from '../database.ts'

const BATCH_ROWS = 5_000

/**
 * Checks every leaf, in flat memory.
 *
 * @param session a transaction
 * @returns how many there are
 * @throws Fault `store.damaged` naming the first event whose leaf is missing or another's, or that is missing itself
 */
export async function checkLeaves(session: Session): Promise<number> {
  await session.query(
    `DECLARE leaves NO SCROLL CURSOR FOR
     SELECT leaf.event, event.id, stream, version, kind, actor, at, body, salt, hash
       FROM event FULL JOIN leaf ON leaf.event = event.id ORDER BY event.id, leaf.event`,
  )
  for (let checked = 0; ; ) {
    const { rows } = await session.query<EventRow>(`FETCH ${BATCH_ROWS} FROM leaves`)
    const wrong = rows.find((row) => row.id === null || !row.hash?.equals(hashOf(row)))
    if (wrong?.id === null)
      throw new Fault('store.damaged', `event ${wrong.event} is missing, its leaf is there`)
    if (wrong) throw new Fault('store.damaged', `the leaf of event ${wrong.id} is not that of the event`)
    checked += rows.length
    if (rows.length === BATCH_ROWS) continue
    await session.query('CLOSE leaves')
    return checked
  }
}

interface EventRow {
  /** The event of the leaf. */
  readonly event: string | null
  readonly id: string | null
  readonly stream: string
  readonly version: number
  readonly kind: string
  readonly actor: Actor
  readonly at: Date
  readonly body: Record<string, Canonical>
  readonly salt: Buffer
  readonly hash: Buffer | null
}

function hashOf({ salt, at, stream, version, kind, actor, body }: EventRow): Buffer {
  return leafHash(salt, { stream, version, kind, actor, at: at.toISOString(), body })
}
