/** Case items: what a case is about, piece by piece: sealed bytes, or the hashes or the address of something. */
import type { CaseItem, CaseItemId, CaseItemState, Decided, ItemHashes, Screening } from '#terms/casework'
import { type Canonical, canonical, type EventDraft } from '#terms/event'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { ReportId, ReportKind } from '#terms/report'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { addToCase } from './items.ts'
import { textDigest } from './text-digest.ts'

/** The row of an item of a case. */
export interface CaseItemRow {
  readonly id: CaseItemId
  readonly case_number: string
  readonly item: ItemId | null
  readonly kind: ReportKind
  readonly hashes: ItemHashes
  readonly state: CaseItemState
  readonly screening: Screening | null
  readonly stack: CaseItemId
  readonly decision: Decided | null
  readonly version: number
}

export const CASE_ITEM_COLUMNS =
  'id, case_number, item, kind, hashes, state, screening, stack, decision, version'

/** The stream of an item's events at the desk. */
export function caseItemStream(id: CaseItemId): string {
  return `case-item:${id}`
}

/** A new item of a case. */
export interface CaseItemGiven {
  readonly id: CaseItemId
  readonly caseNumber: string
  readonly report?: ReportId
  readonly item?: ItemId
  readonly kind: ReportKind
  readonly hashes: ItemHashes
  /** The stack it joins; its own unless given. */
  readonly stack?: CaseItemId
  /** When the machine is to look at it; absent where there is nothing to screen. */
  readonly screenAfter?: Date
}

/** Adds an item to a case; sealed bytes become part of the case for the door, too. */
export async function addCaseItem(tx: Transaction, given: CaseItemGiven, signed: Signed): Promise<CaseItem> {
  const { id, caseNumber, report, item, kind, hashes, stack = id, screenAfter } = given
  const sha256 = hashes.sha256 === undefined ? null : Buffer.from(hashes.sha256, 'hex')
  const { rows } = await tx.query<CaseItemRow>(
    `INSERT INTO case_item (id, case_number, report, item, kind, sha256, hashes, state, screen_after, stack, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'new', $8, $9, 1) RETURNING ${CASE_ITEM_COLUMNS}`,
    [
      ...[id, caseNumber, report ?? null, item ?? null, kind, sha256, JSON.stringify(hashes)],
      ...[screenAfter ?? null, stack],
    ],
  )
  if (item !== undefined) await addToCase(tx, item, caseNumber, signed)
  const body = {
    ...{ case: caseNumber, kind, ...(item && { item }), ...(report && { report }) },
    ...itemTold(tx, { state: 'new', stack, hashes }),
  }
  await append(tx, caseItemStream(id), 0, [{ kind: 'case-item.added', body }], signed)
  return caseItemOf(required(rows[0], id))
}

/** An item of a case. @throws Fault `evidence.unknown` */
export async function caseItemNamed(session: Session, id: string): Promise<CaseItem> {
  const { rows } = await session.query<CaseItemRow>(
    `SELECT ${CASE_ITEM_COLUMNS} FROM case_item WHERE id = $1`,
    [id],
  )
  return caseItemOf(required(rows[0], id))
}

/** An item of a case, locked until the transaction ends. Lock its case first. @throws Fault `evidence.unknown` */
export async function lockCaseItem(tx: Transaction, id: string): Promise<CaseItem> {
  const { rows } = await tx.query<CaseItemRow>(
    `SELECT ${CASE_ITEM_COLUMNS} FROM case_item WHERE id = $1 FOR UPDATE`,
    [id],
  )
  return caseItemOf(required(rows[0], id))
}

/** The items of a case in their order, up to a limit. */
export async function itemsInCase(session: Session, caseNumber: string, limit: number): Promise<CaseItem[]> {
  const { rows } = await session.query<CaseItemRow>(
    `SELECT ${CASE_ITEM_COLUMNS} FROM case_item WHERE case_number = $1 ORDER BY stack, id LIMIT $2`,
    [caseNumber, limit],
  )
  return rows.map(caseItemOf)
}

/** The report that an item came with, where it came with one. */
export async function reportOfItem(session: Session, id: string): Promise<ReportId | undefined> {
  const { rows } = await session.query<{ report: ReportId | null }>(
    'SELECT report FROM case_item WHERE id = $1',
    [id],
  )
  return rows[0]?.report ?? undefined
}

/** The item of a case that is about the same: the same file, the same hashes, or without any the same kind of thing. */
export async function itemLike(
  tx: Transaction,
  caseNumber: string,
  kind: ReportKind,
  hashes: ItemHashes,
): Promise<CaseItem | undefined> {
  const sha256 = hashes.sha256 === undefined ? null : Buffer.from(hashes.sha256, 'hex')
  const { rows } = await tx.query<CaseItemRow>(
    `SELECT ${CASE_ITEM_COLUMNS} FROM case_item
     WHERE case_number = $1 AND (sha256 = $2 OR hashes = $3 AND (kind = $4 OR hashes <> '{}'))
     ORDER BY item IS NULL, id LIMIT 1`,
    [caseNumber, sha256, JSON.stringify(hashes), kind],
  )
  return rows[0] && caseItemOf(rows[0])
}

/** What of an item can change. */
export interface CaseItemChange {
  readonly state?: CaseItemState
  readonly screening?: Screening
  readonly stack?: CaseItemId
  /** With those that were taken of its bytes. */
  readonly hashes?: ItemHashes
  readonly decision?: Decided | null
}

/** What changed, as the event tells it; what is long by its digest. */
export function itemTold(tx: Transaction, change: CaseItemChange): Record<string, Canonical> {
  const { state, screening, stack, hashes, decision } = change
  return {
    ...(state && { state }),
    ...(screening && { outcome: screening.outcome, screeningSha256: textDigest(tx, recordText(screening)) }),
    ...(stack && { stack }),
    ...(hashes && { hashesSha256: textDigest(tx, recordText(hashes)) }),
    ...(decision !== undefined && { decisionSha256: decision && textDigest(tx, recordText(decision)) }),
  }
}

/** A record's canonical form, which events have the digest of. */
export function recordText(record: Screening | ItemHashes | Decided): string {
  return canonical(record as unknown as Canonical)
}

/**
 * Changes an item that is locked, and writes why. What changed is put into the event's body here: the state follows from it.
 *
 * @returns the item as it is now
 * @throws Fault `store.conflict` when it was changed since it was read
 */
export async function changeCaseItem(
  tx: Transaction,
  before: CaseItem,
  change: CaseItemChange,
  event: EventDraft,
  signed: Signed,
): Promise<CaseItem> {
  const { state = before.state, screening = before.screening, stack = before.stack } = change
  const { hashes = before.hashes } = change
  const decision = change.decision === undefined ? before.decision : change.decision
  const body = { ...event.body, ...itemTold(tx, change) }
  await append(tx, caseItemStream(before.id), before.version, [{ kind: event.kind, body }], signed)
  const { rows } = await tx.query<CaseItemRow>(
    `UPDATE case_item SET state = $2, screening = $3, stack = $4, decision = $5, decided_at = $6, hashes = $7,
            version = version + 1
     WHERE id = $1 RETURNING ${CASE_ITEM_COLUMNS}`,
    [
      ...[before.id, state, screening ? JSON.stringify(screening) : null, stack],
      ...[decision ? JSON.stringify(decision) : null, decision?.at ?? null],
      JSON.stringify(hashes),
    ],
  )
  return caseItemOf(required(rows[0], before.id))
}

export function caseItemOf(row: CaseItemRow): CaseItem {
  const { id, kind, hashes, state, stack, version } = row
  return {
    ...{ id, caseNumber: row.case_number, kind, hashes, state, stack, version },
    ...(row.item !== null && { item: row.item }),
    ...(row.screening && { screening: row.screening }),
    ...(row.decision && { decision: row.decision }),
  }
}

function required<T>(row: T | undefined, id: string): T {
  if (row === undefined) throw new Fault('evidence.unknown', `there is no item ${id} in a case`)
  return row
}
