/** Report stages: what becomes of reports once they are written down: looked at, closed, and their words weeded. */
import type { EventDraft } from '#terms/event'
import type { ReportId, ReportStage } from '#terms/report'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { reportStream, type StageRow, stageOf } from './reports.ts'

/** How a report stands for whoever has its code; undefined where nobody was given that code. */
export async function stageByReference(
  session: Session,
  referenceHash: Uint8Array,
  asOf: Date,
): Promise<{ readonly stage: ReportStage; readonly receivedAt: string } | undefined> {
  const { rows } = await session.query<StageRow & { readonly received_at: Date }>(
    'SELECT received_at, looked_at, closed_at FROM report WHERE reference_hash = $1',
    [referenceHash],
  )
  const [row] = rows
  return row && { stage: stageOf(row, asOf), receivedAt: row.received_at.toISOString() }
}

/** Notes of every report of a case that somebody looked at it. Call it where a case is taken up; a repeat changes nothing. */
export function noteLookedAt(tx: Transaction, caseNumber: string, signed: Signed): Promise<void> {
  return mark(tx, caseNumber, 'looked_at', 'report.looked-at', signed)
}

/** Closes every report of a case. Call it where the case is closed; a repeat changes nothing. */
export function closeReports(tx: Transaction, caseNumber: string, signed: Signed): Promise<void> {
  return mark(tx, caseNumber, 'closed_at', 'report.closed', signed)
}

/** Opens the reports of a case that is opened again. */
export async function reopenReports(tx: Transaction, caseNumber: string, signed: Signed): Promise<void> {
  const { rows } = await tx.query<{ id: ReportId; version: number }>(
    `UPDATE report SET closed_at = NULL, version = version + 1
     WHERE case_number = $1 AND closed_at IS NOT NULL RETURNING id, version`,
    [caseNumber],
  )
  for (const { id, version } of rows) await note(tx, id, version, 'report.reopened', signed)
}

async function mark(
  tx: Transaction,
  caseNumber: string,
  column: 'looked_at' | 'closed_at',
  kind: EventDraft['kind'],
  signed: Signed,
): Promise<void> {
  const { rows } = await tx.query<{ id: ReportId; version: number }>(
    `UPDATE report SET ${column} = $2, version = version + 1
     WHERE case_number = $1 AND ${column} IS NULL RETURNING id, version`,
    [caseNumber, signed.at],
  )
  for (const { id, version } of rows) await note(tx, id, version, kind, signed)
}

/** Reports whose words were due to go by a time and are still there: closed before it. */
export async function reportsToWeed(
  session: Session,
  closedBefore: Date,
  rowsMax: number,
): Promise<ReportId[]> {
  const { rows } = await session.query<{ id: ReportId }>(
    `SELECT id FROM report JOIN desk_case ON number = case_number
     WHERE report.closed_at < $1 AND weeded_at IS NULL AND held_because IS NULL ORDER BY report.closed_at, id LIMIT $2`,
    [closedBefore, rowsMax],
  )
  return rows.map(({ id }) => id)
}

/** Takes the words of a report out; its key is to be shredded once this is committed. @returns false where they are gone */
export async function weedReport(tx: Transaction, id: ReportId, signed: Signed): Promise<boolean> {
  const { rows } = await tx.query<{ version: number }>(
    `UPDATE report SET sealed = NULL, address_key = NULL, weeded_at = $2, version = version + 1
     WHERE id = $1 AND weeded_at IS NULL RETURNING version`,
    [id, signed.at],
  )
  if (rows[0]) await note(tx, id, rows[0].version, 'report.weeded', signed)
  return rows.length > 0
}

/** Of some reports those that were weeded: a key of theirs opens nothing, and is to go. */
export async function weededOf(session: Session, ids: readonly ReportId[]): Promise<ReportId[]> {
  const { rows } = await session.query<{ id: ReportId }>(
    'SELECT id FROM report WHERE id = ANY($1) AND weeded_at IS NOT NULL',
    [ids],
  )
  return rows.map(({ id }) => id)
}

function note(
  tx: Transaction,
  id: ReportId,
  version: number,
  kind: EventDraft['kind'],
  signed: Signed,
): Promise<number> {
  return append(tx, reportStream(id), version - 1, [{ kind, body: {} }], signed)
}
