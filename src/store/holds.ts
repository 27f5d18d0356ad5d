/** Holds: who said that an item must stay, and until when somebody looks again; nothing under hold goes. */
import { newId } from '#ground/id'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { withdrawStanding } from './destructions.ts'
import { lockItem } from './item-lock.ts'
import { textDigest } from './text-digest.ts'

/** A legal hold on an item. */
export interface Hold {
  readonly id: `h-${string}`
  readonly item: ItemId
  /** Free text: it stays in its table. */
  readonly because: string
  /** Who asked for it: a force, a court, a prosecutor. */
  readonly issuer: string
  /** When somebody must look at it again; a hold does not end by that. ISO 8601, UTC. */
  readonly reviewAt?: string
  readonly placedBy: string
  readonly placedAt: string
  readonly releasedBy?: string
  readonly releasedAt?: string
  readonly releasedBecause?: string
  readonly version: number
}

/** What a hold is placed with. */
export interface HoldGiven {
  readonly item: ItemId
  readonly because: string
  readonly issuer: string
  readonly reviewAt?: Date
}

interface HoldRow {
  readonly id: `h-${string}`
  readonly item: ItemId
  readonly because: string
  readonly issuer: string
  readonly review_at: Date | null
  readonly placed_by: string
  readonly placed_at: Date
  readonly released_by: string | null
  readonly released_at: Date | null
  readonly released_because: string | null
  readonly version: number
}

/** The stream of a hold's events. */
export function holdStream(id: string): string {
  return `hold:${id}`
}

/**
 * Places a hold. Several may stand on one item; it may go when none is left. What was proposed or approved to destroy it falls.
 *
 * @returns its id
 * @throws Fault `evidence.unknown`; `evidence.refused` where the item is destroyed, which it is once its destruction has begun
 */
export async function placeHold(
  transaction: Transaction,
  { item, because, issuer, reviewAt }: HoldGiven,
  signed: Signed,
): Promise<string> {
  const { state } = await lockItem(transaction, item)
  if (state === 'destroyed')
    throw new Fault('evidence.refused', `${item} is destroyed: nothing is left to hold`)
  await withdrawStanding(transaction, item, 'held', signed)
  const id = newId('h')
  await transaction.query(
    `INSERT INTO hold (id, item, because, issuer, review_at, placed_by, placed_at, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`,
    [id, item, because, issuer, reviewAt, signed.actor, signed.at],
  )
  const body = {
    item,
    becauseSha256: textDigest(transaction, because),
    issuerSha256: textDigest(transaction, issuer),
    ...(reviewAt && { reviewAt: reviewAt.toISOString() }),
  }
  await append(transaction, holdStream(id), 0, [{ kind: 'hold.placed', body }], signed)
  return id
}

/** Sets when somebody looks at a hold again, after it was looked at. @throws Fault `evidence.unknown`, `evidence.refused` */
export async function reviewHold(
  transaction: Transaction,
  id: string,
  reviewAt: Date,
  signed: Signed,
): Promise<void> {
  const { version } = await standing(transaction, id)
  await transaction.query('UPDATE hold SET review_at = $2, version = version + 1 WHERE id = $1', [
    id,
    reviewAt,
  ])
  const body = { reviewAt: reviewAt.toISOString() }
  await append(transaction, holdStream(id), version, [{ kind: 'hold.reviewed', body }], signed)
}

/** Releases a hold. @throws Fault `evidence.unknown`; `evidence.refused` where it was released before */
export async function releaseHold(
  transaction: Transaction,
  id: string,
  because: string,
  signed: Signed,
): Promise<Hold> {
  const hold = await standing(transaction, id)
  await transaction.query(
    `UPDATE hold SET released_by = $2, released_at = $3, released_because = $4, version = version + 1
      WHERE id = $1`,
    [id, signed.actor, signed.at, because],
  )
  const body = { becauseSha256: textDigest(transaction, because) }
  await append(transaction, holdStream(id), hold.version, [{ kind: 'hold.released', body }], signed)
  return hold
}

/** The holds that stand on an item. */
export function holdsOn(session: Session, item: ItemId): Promise<Hold[]> {
  return holdsWhere(session, 'item = $1 AND released_at IS NULL', [item])
}

/** Every hold that was ever placed on an item. */
export function holdsEverOn(session: Session, item: ItemId): Promise<Hold[]> {
  return holdsWhere(session, 'item = $1', [item])
}

/** A hold. @throws Fault `evidence.unknown` */
export async function holdNamed(session: Session, id: string): Promise<Hold> {
  const [hold] = await holdsWhere(session, 'id = $1', [id])
  if (!hold) throw new Fault('evidence.unknown', `there is no hold ${id}`)
  return hold
}

/** Standing holds that somebody should have looked at again by then. */
export function holdsToReview(session: Session, now: Date, rowsMax: number): Promise<Hold[]> {
  return holdsWhere(session, `released_at IS NULL AND review_at <= $1`, [now], rowsMax)
}

async function standing(transaction: Transaction, id: string): Promise<Hold> {
  const [hold] = await holdsWhere(transaction, 'id = $1', [id])
  if (!hold) throw new Fault('evidence.unknown', `there is no hold ${id}`)
  await lockItem(transaction, hold.item)
  const [now] = await holdsWhere(transaction, 'id = $1', [id]) // as it stands under the lock
  if (!now || now.releasedAt !== undefined)
    throw new Fault('evidence.refused', `the hold ${id} was released before`)
  return now
}

const ROWS_MAX = 10_000

async function holdsWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
  rowsMax = ROWS_MAX,
): Promise<Hold[]> {
  const { rows } = await session.query<HoldRow>(
    `SELECT id, item, because, issuer, review_at, placed_by, placed_at, released_by, released_at, released_because,
        version
       FROM hold WHERE ${condition} ORDER BY placed_at, id LIMIT ${rowsMax}`,
    values,
  )
  return rows.map((row) => ({
    id: row.id,
    item: row.item,
    because: row.because,
    issuer: row.issuer,
    ...(row.review_at && { reviewAt: row.review_at.toISOString() }),
    placedBy: row.placed_by,
    placedAt: row.placed_at.toISOString(),
    ...(row.released_by !== null && { releasedBy: row.released_by }),
    ...(row.released_at && { releasedAt: row.released_at.toISOString() }),
    ...(row.released_because !== null && { releasedBecause: row.released_because }),
    version: row.version,
  }))
}
