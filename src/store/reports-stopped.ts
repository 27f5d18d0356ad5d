/** Reports stopped: what the gate stopped and is to be a report, from before the gate's answer until the report stands. */
import type { ItemHashes } from '#terms/casework'
import type { Actor } from '#terms/event'
import type { Session } from './database.ts'

/** What is to be reported: the hashes of an item, by whom, and what they call it. */
export interface StoppedGiven {
  readonly from: Actor
  readonly remoteId: string
  readonly hashes: ItemHashes
}

/** As it waits. */
export interface StoppedWaiting extends StoppedGiven {
  readonly id: string
  /** Times that it could not be brought. */
  readonly attempts: number
}

/** Keeps what is to be reported, once by each name. @param nextAt when it is brought at the earliest */
export async function keepStopped(
  session: Session,
  { from, remoteId, hashes }: StoppedGiven,
  { at, nextAt }: { readonly at: Date; readonly nextAt: Date },
): Promise<void> {
  await session.query({
    name: 'keep stopped',
    text: `INSERT INTO report_stopped (from_actor, remote_id, hashes, at, next_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (from_actor, remote_id) DO NOTHING`,
    values: [from, remoteId, JSON.stringify(hashes), at, nextAt],
  })
}

/** What is due to be reported, the longest due first. */
export async function stoppedDue(session: Session, at: Date, rowsMax: number): Promise<StoppedWaiting[]> {
  const { rows } = await session.query<{
    id: string
    from_actor: Actor
    remote_id: string
    hashes: ItemHashes
    attempts: number
  }>({
    name: 'stopped due',
    text: `SELECT id, from_actor, remote_id, hashes, attempts FROM report_stopped
            WHERE next_at <= $1 ORDER BY next_at, id LIMIT $2`,
    values: [at, rowsMax],
  })
  return rows.map(({ from_actor, remote_id, ...row }) => ({ ...row, from: from_actor, remoteId: remote_id }))
}

/** Its report stands. */
export async function stoppedBrought(session: Session, id: string): Promise<void> {
  await session.query('DELETE FROM report_stopped WHERE id = $1', [id])
}

/** It could not be brought; nothing of it is lost. */
export async function putStoppedOff(session: Session, id: string, nextAt: Date): Promise<void> {
  const text = 'UPDATE report_stopped SET attempts = attempts + 1, next_at = $2 WHERE id = $1'
  await session.query(text, [id, nextAt])
}
