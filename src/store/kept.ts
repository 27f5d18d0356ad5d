/** Kept: for which purposes an item is kept, until when, and what of that has lapsed. */
import type { ItemId, KeptFor } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Purpose } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { withdrawStanding } from './destructions.ts'
import { lockItem } from './item-lock.ts'
import { textDigest } from './text-digest.ts'

/** One purpose of one item under one profile. */
export interface KeptKey {
  readonly item: ItemId
  readonly purpose: Purpose
  readonly profile: string
}

/** Of an item, one purpose for which it is or was kept. */
export interface KeptRecord extends KeptFor {
  readonly item: ItemId
  /** Why its end was decided by hand. */
  readonly decidedBecause?: string
  readonly version: number
}

interface KeptRow extends KeptKey {
  readonly since: Date
  readonly until: Date | null
  readonly lapsed_at: Date | null
  readonly decided_because: string | null
  readonly version: number
}

const COLUMNS = 'item, purpose, profile, since, until, lapsed_at, decided_because, version'
const UNDECIDED = 'until decided'

/** The stream of the events of an item's keeping for one purpose. */
export function keptStream({ item, purpose, profile }: KeptKey): string {
  return `kept:${item}:${purpose}:${profile}`
}

/**
 * Keeps an item for a purpose, in the transaction that sealed it or found the purpose. What it is kept for already stays as it
 * is: asking again does not renew it. A purpose that had lapsed begins again, and is
 * counted from when it first began.
 *
 * @param until absent: until it is decided
 * @throws Fault `evidence.unknown`; `evidence.refused` where the item is destroyed
 */
export async function keepFor(
  transaction: Transaction,
  key: KeptKey,
  until: string | undefined,
  signed: Signed,
): Promise<KeptRecord> {
  const { state } = await lockItem(transaction, key.item)
  if (state === 'destroyed')
    throw new Fault('evidence.refused', `${key.item} is destroyed: nothing is left to keep`)
  const had = await keptNamed(transaction, key)
  if (had && had.lapsedAt === undefined) return had
  await withdrawStanding(transaction, key.item, 'kept-anew', signed)
  const { rows } = await transaction.query<KeptRow>(
    `INSERT INTO kept_for (item, purpose, profile, since, until, version) VALUES ($1, $2, $3, $4, $5, 1)
     ON CONFLICT (item, purpose, profile)
     DO UPDATE SET until = $5, lapsed_at = NULL, decided_because = NULL, version = kept_for.version + 1
     RETURNING ${COLUMNS}`,
    [key.item, key.purpose, key.profile, signed.at, until],
  )
  const kept = keptOfRow(rows[0])
  const body = { ...keyOf(key), until: until ?? UNDECIDED }
  await append(transaction, keptStream(key), kept.version - 1, [{ kind: 'kept.begun', body }], signed)
  return kept
}

/**
 * Decides until when an item is kept for a purpose: as police instruct, or as a law pack states. It may lie in the past: the
 * purpose then lapses with the next round.
 *
 * @throws Fault `evidence.unknown`; `evidence.refused` where the purpose has lapsed
 */
export async function decideKept(
  transaction: Transaction,
  key: KeptKey,
  { until, because }: { readonly until: string; readonly because: string },
  signed: Signed,
): Promise<KeptRecord> {
  await lockItem(transaction, key.item)
  const had = await keptNamed(transaction, key)
  if (!had) throw new Fault('evidence.unknown', `${key.item} is not kept for ${key.purpose} (${key.profile})`)
  if (had.lapsedAt !== undefined)
    throw new Fault(
      'evidence.refused',
      `${key.purpose} (${key.profile}) has lapsed: ${key.item} is not kept for it`,
    )
  const body = { ...keyOf(key), until, becauseSha256: textDigest(transaction, because) }
  return change(
    transaction,
    key,
    { set: 'until = $4, decided_because = $5', values: [new Date(until), because] },
    { kind: 'kept.decided', body },
    signed,
  )
}

/** Writes down that a purpose has lapsed. @throws Fault `evidence.refused` where it had before */
export async function lapseKept(transaction: Transaction, key: KeptKey, signed: Signed): Promise<KeptRecord> {
  const body = keyOf(key)
  return change(
    transaction,
    key,
    { set: 'lapsed_at = $4', values: [signed.at] },
    { kind: 'kept.lapsed', body },
    signed,
  )
}

/** What an item is and was kept for. */
export async function keptOf(session: Session, item: ItemId): Promise<KeptRecord[]> {
  return keptWhere(session, 'item = $1 ORDER BY since, purpose, profile', [item])
}

/** What an item is kept for, by the name of the stream after its noun. @throws Fault `evidence.unknown` */
export async function keptByStream(session: Session, name: string): Promise<KeptRecord> {
  const [item, purpose, profile] = name.split(':')
  const found = await keptWhere(session, 'item = $1 AND purpose = $2 AND profile = $3', [
    item,
    purpose,
    profile,
  ])
  if (!found[0]) throw new Fault('evidence.unknown', `nothing is kept as ${name}`)
  return found[0]
}

/** Purposes whose time has ended and of which that is not written down yet. */
export async function lapsing(session: Session, now: Date, rowsMax: number): Promise<KeptRecord[]> {
  return keptWhere(
    session,
    `lapsed_at IS NULL AND until <= $1
       AND EXISTS (SELECT FROM vault_item v WHERE v.id = item AND v.state <> 'destroyed')
     ORDER BY until, item, purpose, profile LIMIT ${rowsMax}`,
    [now],
  )
}

/** An item whose bytes are due to go, and what stands in the way. */
export interface DueItem {
  readonly item: ItemId
  /** When the last purpose lapsed; absent where it was never kept for anything. */
  readonly since?: string
  readonly holds: number
  /** A destruction that somebody has proposed. */
  readonly destruction?: string
}

/** Items that are kept for nothing any more, those that wait longest first. */
export async function itemsDue(session: Session, rowsMax: number): Promise<DueItem[]> {
  const { rows } = await session.query<{
    item: ItemId
    since: Date | null
    holds: number
    destruction: string | null
  }>(
    `SELECT v.id AS item, (SELECT max(k.lapsed_at) FROM kept_for k WHERE k.item = v.id) AS since,
            (SELECT count(*)::int FROM hold h WHERE h.item = v.id AND h.released_at IS NULL) AS holds,
            (SELECT d.id FROM destruction d WHERE d.item = v.id AND d.withdrawn_at IS NULL) AS destruction
       FROM vault_item v
      WHERE v.state <> 'destroyed'
        AND NOT EXISTS (SELECT FROM kept_for k WHERE k.item = v.id AND k.lapsed_at IS NULL)
      ORDER BY since NULLS FIRST, v.id LIMIT $1`,
    [rowsMax],
  )
  return rows.map(({ item, since, holds, destruction }) => ({
    item,
    ...(since && { since: since.toISOString() }),
    holds,
    ...(destruction !== null && { destruction }),
  }))
}

async function change(
  transaction: Transaction,
  key: KeptKey,
  { set, values }: { readonly set: string; readonly values: readonly unknown[] },
  draft: { readonly kind: string; readonly body: Readonly<Record<string, string>> },
  signed: Signed,
): Promise<KeptRecord> {
  const { rows } = await transaction.query<KeptRow>(
    `UPDATE kept_for SET ${set}, version = version + 1
      WHERE item = $1 AND purpose = $2 AND profile = $3 AND lapsed_at IS NULL RETURNING ${COLUMNS}`,
    [key.item, key.purpose, key.profile, ...values],
  )
  if (!rows[0]) throw new Fault('evidence.refused', `${key.item} is not kept for ${key.purpose} any more`)
  const kept = keptOfRow(rows[0])
  await append(transaction, keptStream(key), kept.version - 1, [draft], signed)
  return kept
}

async function keptNamed(
  session: Session,
  { item, purpose, profile }: KeptKey,
): Promise<KeptRecord | undefined> {
  const found = await keptWhere(session, 'item = $1 AND purpose = $2 AND profile = $3', [
    item,
    purpose,
    profile,
  ])
  return found[0]
}

async function keptWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
): Promise<KeptRecord[]> {
  const { rows } = await session.query<KeptRow>(`SELECT ${COLUMNS} FROM kept_for WHERE ${condition}`, values)
  return rows.map(keptOfRow)
}

function keyOf({ item, purpose, profile }: KeptKey): { item: ItemId; purpose: Purpose; profile: string } {
  return { item, purpose, profile }
}

function keptOfRow(row: KeptRow | undefined): KeptRecord {
  if (!row) throw new TypeError('the database did not return what it was asked to')
  return {
    item: row.item,
    purpose: row.purpose,
    profile: row.profile,
    from: row.since.toISOString(),
    ...(row.until && { until: row.until.toISOString() }),
    ...(row.lapsed_at && { lapsedAt: row.lapsed_at.toISOString() }),
    ...(row.decided_because !== null && { decidedBecause: row.decided_because }),
    version: row.version,
  }
}

/** Names of the profiles under which something is kept, or was until it lapsed and is here yet. */
export async function profilesInUse(session: Session): Promise<ReadonlySet<string>> {
  const { rows } = await session.query<{ profile: string }>(
    "SELECT DISTINCT k.profile FROM kept_for k JOIN vault_item v ON v.id = k.item WHERE v.state <> 'destroyed'",
  )
  return new Set(rows.map(({ profile }) => profile))
}
