/** Destructions: proposed by one, approved by another, begun where nothing stands against it, complete when no key is left. */
import { newId } from '#ground/id'
import type { Actor, Canonical } from '#terms/event'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { againstDestroying, refuseFor } from './against.ts'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { lockItem } from './item-lock.ts'
import { textDigest } from './text-digest.ts'

/** The destruction of an item, and how far it is. */
export interface Destruction {
  readonly id: `d-${string}`
  readonly item: ItemId
  readonly because: string
  readonly proposedBy: Actor
  /** ISO 8601, UTC, as the others. */
  readonly proposedAt: string
  readonly approvedBy?: Actor
  readonly approvedAt?: string
  readonly withdrawnAt?: string
  /** From here on there is no way back. */
  readonly begunAt?: string
  readonly keyGoneAt?: string
  readonly blobGoneAt?: string
  /** No registered copy of the key is left. */
  readonly completeAt?: string
  readonly version: number
}

/** Why a destruction fell by itself: a hold was placed, or the item is kept for something again. */
export type WithdrawnBecause = 'held' | 'kept-anew' | 'by-hand'

interface DestructionRow {
  readonly id: `d-${string}`
  readonly item: ItemId
  readonly because: string
  readonly proposed_by: Actor
  readonly proposed_at: Date
  readonly approved_by: Actor | null
  readonly approved_at: Date | null
  readonly withdrawn_at: Date | null
  readonly begun_at: Date | null
  readonly key_gone_at: Date | null
  readonly blob_gone_at: Date | null
  readonly complete_at: Date | null
  readonly version: number
}

const COLUMNS = `id, item, because, proposed_by, proposed_at, approved_by, approved_at, withdrawn_at, begun_at, key_gone_at,
  blob_gone_at, complete_at, version`
const ROWS_MAX = 10_000

/** The stream of a destruction's events. */
export function destructionStream(id: string): string {
  return `destruction:${id}`
}

/**
 * Proposes to destroy an item.
 *
 * @returns its id
 * @throws Fault `evidence.unknown`; `evidence.refused` while it is held or kept for anything, or where that was proposed before
 */
export async function proposeDestruction(
  transaction: Transaction,
  item: ItemId,
  because: string,
  signed: Signed,
): Promise<string> {
  refuseFor(item, await againstDestroying(transaction, item))
  const [standing] = await destructionsWhere(transaction, 'item = $1 AND withdrawn_at IS NULL', [item])
  if (standing) refuseFor(item, 'proposed-already')
  const id = newId('d')
  await transaction.query(
    `INSERT INTO destruction (id, item, because, proposed_by, proposed_at, version) VALUES ($1, $2, $3, $4, $5, 1)`,
    [id, item, because, signed.actor, signed.at],
  )
  const body = { item, becauseSha256: textDigest(transaction, because) }
  await append(transaction, destructionStream(id), 0, [{ kind: 'destruction.proposed', body }], signed)
  return id
}

/**
 * Approves a destruction that somebody else proposed.
 *
 * @throws Fault `evidence.unknown`; `evidence.refused` by whoever proposed it, twice, or where something stands against it now
 */
export async function approveDestruction(
  transaction: Transaction,
  id: string,
  signed: Signed,
): Promise<Destruction> {
  const destruction = await lockDestruction(transaction, id)
  if (destruction.proposedBy === signed.actor)
    throw new Fault('evidence.refused', `${id} is approved by another person than whoever proposed it`)
  if (destruction.approvedAt !== undefined)
    throw new Fault('evidence.refused', `${id} was approved on ${destruction.approvedAt}`)
  refuseFor(destruction.item, await againstDestroying(transaction, destruction.item))
  return step(transaction, destruction, 'approved_at = $2, approved_by = $3', [signed.at, signed.actor], {
    kind: 'destruction.approved',
    signed,
  })
}

/**
 * Begins a destruction that was approved: from the commit on nothing of the item is given or held any more.
 *
 * @returns it; undefined where it had begun before
 * @throws Fault `evidence.unknown`; `evidence.refused` where it is not approved, or something stands against it now
 */
export async function beginDestruction(
  transaction: Transaction,
  id: string,
  signed: Signed,
): Promise<Destruction | undefined> {
  const destruction = await lockDestruction(transaction, id)
  if (destruction.begunAt !== undefined) return undefined
  if (destruction.approvedAt === undefined)
    throw new Fault('evidence.refused', `${id} is not approved: another person than the first has to`)
  refuseFor(destruction.item, await againstDestroying(transaction, destruction.item))
  return step(transaction, destruction, 'begun_at = $2', [signed.at], { kind: 'destruction.begun', signed })
}

/** Withdraws what has not begun. @throws Fault `evidence.unknown`, `evidence.refused` */
export async function withdrawDestruction(
  transaction: Transaction,
  id: string,
  signed: Signed,
): Promise<Destruction> {
  const destruction = await lockDestruction(transaction, id)
  if (destruction.begunAt !== undefined)
    throw new Fault('evidence.refused', `${id} began on ${destruction.begunAt}: there is no way back`)
  return withdraw(transaction, destruction, 'by-hand', signed)
}

/** Withdraws what is proposed or approved for an item that is locked, and has not begun. */
export async function withdrawStanding(
  transaction: Transaction,
  item: ItemId,
  because: WithdrawnBecause,
  signed: Signed,
): Promise<void> {
  const standing = await destructionsWhere(
    transaction,
    'item = $1 AND withdrawn_at IS NULL AND begun_at IS NULL',
    [item],
  )
  for (const destruction of standing) await withdraw(transaction, destruction, because, signed)
}

/** Writes down that the key is gone, or the blob. What was written down before stays as it is. */
export async function noteGone(
  transaction: Transaction,
  id: string,
  what: 'key' | 'blob',
  signed: Signed,
): Promise<Destruction> {
  const destruction = await lockDestruction(transaction, id)
  if ((what === 'key' ? destruction.keyGoneAt : destruction.blobGoneAt) !== undefined) return destruction
  return step(transaction, destruction, `${what}_gone_at = $2`, [signed.at], {
    kind: `destruction.${what}-gone`,
    signed,
  })
}

/** Completes a destruction: no copy of the key is left. @returns false where it was complete before */
export async function completeDestruction(
  transaction: Transaction,
  id: string,
  signed: Signed,
): Promise<boolean> {
  const destruction = await lockDestruction(transaction, id)
  if (destruction.completeAt !== undefined) return false
  await step(transaction, destruction, 'complete_at = $2', [signed.at], {
    kind: 'destruction.completed',
    signed,
  })
  return true
}

/** A destruction. @throws Fault `evidence.unknown` */
export async function destructionNamed(session: Session, id: string): Promise<Destruction> {
  const [destruction] = await destructionsWhere(session, 'id = $1', [id])
  if (!destruction) throw new Fault('evidence.unknown', `there is no destruction ${id}`)
  return destruction
}

/** The destructions of an item, withdrawn ones among them, in the order in which they were proposed. */
export function destructionsOf(session: Session, item: ItemId): Promise<Destruction[]> {
  return destructionsWhere(session, 'item = $1', [item])
}

/** Destructions that stand and are not complete. */
export function destructionsOpen(session: Session): Promise<Destruction[]> {
  return destructionsWhere(session, 'withdrawn_at IS NULL AND complete_at IS NULL', [])
}

/** Destructions that have begun and of which key or blob is not known to be gone: a process ended in the middle. */
export function destructionsBegun(session: Session): Promise<Destruction[]> {
  return destructionsWhere(
    session,
    'begun_at IS NOT NULL AND (key_gone_at IS NULL OR blob_gone_at IS NULL)',
    [],
  )
}

/** Destructions of which key and blob are gone here, and that wait for other copies of the key. */
export function destructionsAwaiting(session: Session): Promise<Destruction[]> {
  const gone = 'key_gone_at IS NOT NULL AND blob_gone_at IS NOT NULL AND complete_at IS NULL'
  return destructionsWhere(session, gone, [])
}

async function withdraw(
  transaction: Transaction,
  destruction: Destruction,
  because: WithdrawnBecause,
  signed: Signed,
): Promise<Destruction> {
  const body = { because }
  return step(transaction, destruction, 'withdrawn_at = $2', [signed.at], {
    kind: 'destruction.withdrawn',
    body,
    signed,
  })
}

/** Takes the lock of the item first, as everybody does who changes how it stands; then the destruction as it is under it. */
async function lockDestruction(transaction: Transaction, id: string): Promise<Destruction> {
  const { item } = await destructionNamed(transaction, id)
  await lockItem(transaction, item)
  const destruction = await destructionNamed(transaction, id)
  if (destruction.withdrawnAt !== undefined)
    throw new Fault('evidence.refused', `${id} was withdrawn on ${destruction.withdrawnAt}`)
  return destruction
}

async function step(
  transaction: Transaction,
  { id, item, version }: Destruction,
  set: string,
  values: readonly unknown[],
  {
    kind,
    body,
    signed,
  }: { readonly kind: string; readonly body?: Readonly<Record<string, Canonical>>; readonly signed: Signed },
): Promise<Destruction> {
  await transaction.query(`UPDATE destruction SET ${set}, version = version + 1 WHERE id = $1`, [
    id,
    ...values,
  ])
  await append(transaction, destructionStream(id), version, [{ kind, body: { item, ...body } }], signed)
  return destructionNamed(transaction, id)
}

async function destructionsWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
): Promise<Destruction[]> {
  const { rows } = await session.query<DestructionRow>(
    `SELECT ${COLUMNS} FROM destruction WHERE ${condition} ORDER BY proposed_at, id LIMIT ${ROWS_MAX}`,
    values,
  )
  return rows.map((row) => ({
    id: row.id,
    item: row.item,
    because: row.because,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at.toISOString(),
    ...(row.approved_by !== null && { approvedBy: row.approved_by }),
    ...(row.approved_at && { approvedAt: row.approved_at.toISOString() }),
    ...(row.withdrawn_at && { withdrawnAt: row.withdrawn_at.toISOString() }),
    ...(row.begun_at && { begunAt: row.begun_at.toISOString() }),
    ...(row.key_gone_at && { keyGoneAt: row.key_gone_at.toISOString() }),
    ...(row.blob_gone_at && { blobGoneAt: row.blob_gone_at.toISOString() }),
    ...(row.complete_at && { completeAt: row.complete_at.toISOString() }),
    version: row.version,
  }))
}
