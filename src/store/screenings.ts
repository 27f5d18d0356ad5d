/** Screenings: which items the machine is to look at, who has them in hand until when, and what was found. */
import type {
  Case,
  CaseItem,
  CaseItemId,
  CaseItemState,
  Decided,
  ItemHashes,
  Screening,
} from '#terms/casework'
import type { Derived, ItemId, ItemState } from '#terms/evidence'
import { appendEach, type Signed } from './append.ts'
import { CASE_ITEM_COLUMNS, type CaseItemRow, caseItemOf, caseItemStream, itemTold } from './case-items.ts'
import { CASE_COLUMNS, type CaseRow, caseOf } from './cases.ts'
import type { Database, Session, Transaction } from './database.ts'

/** An item that is to be looked up, with what is known of its bytes. */
export interface ItemToScreen extends CaseItem {
  readonly attempts: number
  readonly bytes?: {
    readonly id: ItemId
    readonly state: ItemState
    readonly isDamaged: boolean
    readonly derived?: Derived
  }
}

/** A lease: who has items in hand. Past its time others take them up. */
export interface Lease {
  readonly by: string
  readonly until: Date
}

interface ToScreenRow extends CaseItemRow {
  readonly screen_attempts: number
  readonly vault_state: ItemState | null
  readonly damaged: boolean | null
  readonly derived: Derived | null
}

const ITEM_COLUMNS = CASE_ITEM_COLUMNS.split(', ')
  .map((name) => `case_item.${name}`)
  .join(', ')
const TO_SCREEN = `${ITEM_COLUMNS}, case_item.screen_attempts, vault_item.state AS vault_state,
  vault_item.damaged_because IS NOT NULL AS damaged, vault_item.derived`

/** Takes items that are due in hand, the longest due first; what others have in hand is passed over. */
export async function leaseDue(
  database: Database,
  { by, until }: Lease,
  at: Date,
  rowsMax: number,
): Promise<ItemToScreen[]> {
  return database.transaction(async (tx) => {
    const { rows: due } = await tx.query<{ id: CaseItemId }>(
      `SELECT id FROM case_item WHERE screen_after <= $1 AND (leased_until IS NULL OR leased_until <= $1)
        ORDER BY screen_after, id LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [at, rowsMax],
    )
    if (due.length === 0) return []
    const { rows } = await tx.query<ToScreenRow>(
      `WITH leased AS (
         UPDATE case_item SET leased_by = $2, leased_until = $3 WHERE id = ANY($1) RETURNING *)
       SELECT ${TO_SCREEN.replaceAll('case_item.', 'leased.')} FROM leased
         LEFT JOIN vault_item ON vault_item.id = leased.item ORDER BY leased.id`,
      [due.map(({ id }) => id), by, until],
    )
    return rows.map(toScreenOf)
  })
}

/** Gives back what was taken in hand and not written down. */
export async function endLease(session: Session, by: string, ids: readonly CaseItemId[]): Promise<void> {
  await session.query(
    'UPDATE case_item SET leased_by = NULL, leased_until = NULL WHERE id = ANY($2) AND leased_by = $1',
    [by, ids],
  )
}

/** What was found of an item, and how it stands by that. */
export interface ScreeningWritten {
  readonly item: ItemToScreen
  readonly screening: Screening
  readonly state: Extract<CaseItemState, 'known' | 'near' | 'none' | 'unknown'>
  readonly hashes: ItemHashes
  readonly decision?: Decided
  /** When it is looked up again; absent where it is not. */
  readonly again?: Date
  /** False where what was found is what stands already: then nothing but the time of the next look-up is kept. */
  readonly isNews: boolean
}

/**
 * Writes down what was found of items that are still in this lease's hand and as they were when it took them.
 *
 * @returns the items that were written, or put off; what somebody changed meanwhile is not among them
 */
export async function writeScreenings(
  tx: Transaction,
  lease: string,
  written: readonly ScreeningWritten[],
  signed: Signed,
): Promise<CaseItemId[]> {
  const { rows: mine } = await tx.query<{ id: CaseItemId; version: number }>(
    'SELECT id, version FROM case_item WHERE leased_by = $1 AND id = ANY($2) ORDER BY id FOR UPDATE SKIP LOCKED',
    [lease, written.map(({ item }) => item.id)],
  )
  const versions = new Map(mine.map(({ id, version }) => [id, version]))
  const standing = written.filter(({ item }) => versions.get(item.id) === item.version)
  await putOff(tx, standing)
  const news = standing.filter(({ isNews }) => isNews)
  if (news.length > 0) await tx.query(NEWS, [JSON.stringify(news.map(newsRow))])
  const drafts = news.map(({ item, screening, state, hashes, decision }) => ({
    ...{ stream: caseItemStream(item.id), after: item.version, kind: 'case-item.screened' },
    body: {
      change: screening.change,
      ...itemTold(tx, { state, screening, hashes, ...(decision && { decision }) }),
    },
  }))
  await appendEach(tx, drafts, signed)
  return standing.map(({ item }) => item.id)
}

const NEWS = `UPDATE case_item SET state = news.state, screening = news.screening, hashes = news.hashes,
    sha256 = coalesce(case_item.sha256, decode(news.hashes->>'sha256', 'hex')), decision = news.decision,
    decided_at = (news.decision->>'at')::timestamptz, version = version + 1
  FROM jsonb_to_recordset($1::jsonb)
    AS news (id text, state text, screening jsonb, hashes jsonb, decision jsonb) WHERE case_item.id = news.id`

function newsRow({ item, state, screening, hashes, decision }: ScreeningWritten) {
  return { id: item.id, state, screening, hashes, ...(decision && { decision }) }
}

async function putOff(tx: Transaction, written: readonly ScreeningWritten[]): Promise<void> {
  await tx.query(
    `UPDATE case_item SET leased_by = NULL, leased_until = NULL, screen_after = given.again,
            screen_attempts = given.attempts
       FROM unnest($1::text[], $2::timestamptz[], $3::int[]) AS given (id, again, attempts)
      WHERE case_item.id = given.id`,
    [
      written.map(({ item }) => item.id),
      written.map(({ again }) => again ?? null),
      written.map(({ screening }) => screening.attempts),
    ],
  )
}

/** Items that are known by the same file, in the order of their ids behind one, each with its SHA-256. */
export async function knownBehind(
  session: Session,
  behind: string,
  rowsMax: number,
): Promise<{ readonly id: CaseItemId; readonly sha256: string }[]> {
  const { rows } = await session.query<{ id: CaseItemId; sha256: string }>(
    `SELECT id, encode(sha256, 'hex') AS sha256 FROM case_item
      WHERE id > $1 AND state = 'known' AND sha256 IS NOT NULL ORDER BY id LIMIT $2`,
    [behind, rowsMax],
  )
  return rows
}

/** Items that a person may yet have to look at, in the order of their ids behind one; what is due already is not among them. */
export async function openItemsBehind(
  session: Session,
  behind: string,
  rowsMax: number,
): Promise<ItemToScreen[]> {
  const { rows } = await session.query<ToScreenRow>(
    `SELECT ${TO_SCREEN} FROM case_item JOIN desk_case ON number = case_number
       LEFT JOIN vault_item ON vault_item.id = case_item.item
      WHERE case_item.id > $1 AND case_item.state IN ('near', 'none', 'unknown') AND desk_case.state <> 'closed'
      ORDER BY case_item.id LIMIT $2`,
    [behind, rowsMax],
  )
  return rows.map(toScreenOf)
}

/** Has items looked up again at a time, unless they are sooner. */
export async function screenAgain(session: Session, ids: readonly CaseItemId[], at: Date): Promise<void> {
  await session.query('UPDATE case_item SET screen_after = least(screen_after, $2) WHERE id = ANY($1)', [
    ids,
    at,
  ])
}

/** Cases that the machine is through with and that still say that it is at them, locked; what others hold is passed over. */
export async function lockScreened(tx: Transaction, rowsMax: number): Promise<Case[]> {
  const { rows } = await tx.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM desk_case WHERE state = 'screening'
        AND (at_risk OR NOT EXISTS (${UNSCREENED}))
      ORDER BY opened_at, number LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [rowsMax],
  )
  return rows.map(caseOf)
}

/** Some cases that are not closed, locked in one order, once nobody else holds them. */
export async function lockOpen(tx: Transaction, numbers: readonly string[]): Promise<Case[]> {
  const { rows } = await tx.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM desk_case WHERE number = ANY($1) AND state <> 'closed' ORDER BY number FOR UPDATE`,
    [numbers],
  )
  return rows.map(caseOf)
}

const UNSCREENED = `SELECT FROM case_item
  WHERE case_number = desk_case.number AND case_item.state = 'new' AND screen_after IS NOT NULL`

/** Cases that wait and on which no prioritiser has said anything. */
export async function casesToOrder(session: Session, rowsMax: number): Promise<Case[]> {
  const { rows } = await session.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM desk_case WHERE state = 'waiting' AND ordered_by IS NULL
      ORDER BY received_at, number LIMIT $1`,
    [rowsMax],
  )
  return rows.map(caseOf)
}

function toScreenOf(row: ToScreenRow): ItemToScreen {
  const item = caseItemOf(row)
  return {
    ...item,
    attempts: row.screen_attempts,
    ...(item.item &&
      row.vault_state && {
        bytes: {
          id: item.item,
          state: row.vault_state,
          isDamaged: row.damaged === true,
          ...(row.derived && { derived: row.derived }),
        },
      }),
  }
}
