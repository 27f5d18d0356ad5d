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
 * @throws Fault `store.damaged` naming the first event whose leaf is missing or another's
 */
export async function checkLeaves(session: Session): Promise<number> {
  await session.query(
    `DECLARE leaves NO SCROLL CURSOR FOR
     SELECT event.id, stream, version, kind, actor, at, body, salt, hash
       FROM event LEFT JOIN leaf ON leaf.event = event.id ORDER BY event.id`,
  )
  for (let checked = 0; ; ) {
    const { rows } = await session.query<EventRow>(`FETCH ${BATCH_ROWS} FROM leaves`)
    const wrong = rows.find((row) => !row.hash?.equals(hashOf(row)))
    if (wrong) throw new Fault('store.damaged', `the leaf of event ${wrong.id} is not that of the event`)
    checked += rows.length
    if (rows.length === BATCH_ROWS) continue
    await session.query('CLOSE leaves')
    return checked
  }
}

interface EventRow {
  readonly id: string
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
