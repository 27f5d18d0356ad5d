/** Handovers: what is to go to an authority, who proposed and who approved it, and what became of it. */
import { newId } from '#ground/id'
import type { EventDraft } from '#terms/event'
import { Fault } from '#terms/fault'
import type { Handover } from '#terms/handover'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

interface HandoverRow {
  readonly id: Handover['id']
  readonly items: Handover['items']
  readonly recipient: Handover['recipient']
  readonly case_number: string
  readonly purpose: Handover['purpose']
  readonly because: string
  readonly proposed_by: Handover['proposedBy']
  readonly proposed_at: Date
  readonly approved_by: Handover['proposedBy'] | null
  readonly approved_at: Date | null
  readonly written_at: Date | null
  readonly bundle_sha256: Buffer | null
  readonly receipt: string | null
  readonly receipt_at: Date | null
  readonly withdrawn_at: Date | null
  readonly version: number
}

/** The stream of a handover's events. */
export function handoverStream(id: string): string {
  return `handover:${id}`
}

/** What is proposed. */
export type HandoverGiven = Pick<
  Handover,
  'items' | 'recipient' | 'caseNumber' | 'purpose' | 'because' | 'proposedBy'
>

/** Writes a proposal down. @returns its id */
export async function proposeHandover(
  tx: Transaction,
  given: HandoverGiven,
  signed: Signed,
): Promise<Handover['id']> {
  const id = newId('h')
  const { items, recipient, caseNumber, purpose, because, proposedBy } = given
  await tx.query(
    `INSERT INTO handover (id, items, recipient, case_number, purpose, because, proposed_by, proposed_at, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
    [id, items, recipient, caseNumber, purpose, because, proposedBy, signed.at],
  )
  const body = { items, recipient, case: caseNumber, purpose, becauseSha256: textDigest(tx, because) }
  await append(tx, handoverStream(id), 0, [{ kind: 'handover.proposed', body }], signed)
  return id
}

/** Approves a proposal. @throws Fault `evidence.refused` where it was approved, or withdrawn, before */
export async function approveHandover(
  tx: Transaction,
  handover: Handover,
  by: Handover['proposedBy'],
  signed: Signed,
): Promise<void> {
  if (handover.withdrawnAt !== undefined) throw refused(handover, 'was withdrawn')
  if (handover.approvedAt !== undefined) throw refused(handover, 'was approved before')
  await change(tx, handover, 'approved_by = $2, approved_at = $3', [by, signed.at], signed, {
    kind: 'handover.approved',
    body: { person: by },
  })
}

/** Withdraws a handover that has not been written. @throws Fault `evidence.refused` */
export async function withdrawHandover(tx: Transaction, handover: Handover, signed: Signed): Promise<void> {
  if (handover.withdrawnAt !== undefined) throw refused(handover, 'was withdrawn before')
  if (handover.writtenAt !== undefined) throw refused(handover, 'has been written')
  await change(tx, handover, 'withdrawn_at = $2', [signed.at], signed, {
    kind: 'handover.withdrawn',
    body: {},
  })
}

/** Notes that its file was written whole. @throws Fault `evidence.refused` where that was done before */
export async function noteWritten(
  tx: Transaction,
  handover: Handover,
  { bundleSha256, fileSha256, fileBytes }: { bundleSha256: string; fileSha256: string; fileBytes: number },
  signed: Signed,
): Promise<void> {
  if (handover.writtenAt !== undefined) throw refused(handover, 'was written before')
  const values = [signed.at, Buffer.from(bundleSha256, 'hex')]
  await change(tx, handover, 'written_at = $2, bundle_sha256 = $3', values, signed, {
    kind: 'handover.written',
    body: { bundleSha256, fileSha256, fileBytes },
  })
}

/** Records the recipient's receipt. @throws Fault `evidence.refused` where there is one, or nothing was written */
export async function recordReceipt(
  tx: Transaction,
  handover: Handover,
  receipt: string,
  signed: Signed,
): Promise<void> {
  if (handover.writtenAt === undefined) throw refused(handover, 'has not been written')
  if (handover.receiptAt !== undefined) throw refused(handover, 'has a receipt')
  await change(tx, handover, 'receipt = $2, receipt_at = $3', [receipt, signed.at], signed, {
    kind: 'handover.received',
    body: { receiptSha256: textDigest(tx, receipt) },
  })
}

async function change(
  tx: Transaction,
  { id, version }: Handover,
  set: string,
  values: readonly unknown[],
  signed: Signed,
  event: EventDraft,
): Promise<void> {
  await tx.query(`UPDATE handover SET ${set}, version = version + 1 WHERE id = $1`, [id, ...values])
  await append(tx, handoverStream(id), version, [event], signed)
}

function refused({ id }: Handover, because: string): Fault {
  return new Fault('evidence.refused', `the handover ${id} ${because}`)
}

/** A handover. @throws Fault `evidence.unknown` */
export async function handoverNamed(session: Session, id: string): Promise<Handover> {
  const [handover] = await handoversWhere(session, 'id = $1', [id])
  if (!handover) throw new Fault('evidence.unknown', `there is no handover ${id}`)
  return handover
}

/** As `handoverNamed`; the row stays as it is until the transaction ends: two who act on it meet here. */
export async function lockHandover(tx: Transaction, id: string): Promise<Handover> {
  const [handover] = await handoversWhere(tx, 'id = $1', [id], 'FOR UPDATE')
  if (!handover) throw new Fault('evidence.unknown', `there is no handover ${id}`)
  return handover
}

/** The handovers of a case, in the order in which they were proposed. */
export function handoversOf(session: Session, caseNumber: string): Promise<Handover[]> {
  return handoversWhere(session, 'case_number = $1', [caseNumber])
}

async function handoversWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
  lock = '',
): Promise<Handover[]> {
  const { rows } = await session.query<HandoverRow>(
    `SELECT id, items, recipient, case_number, purpose, because, proposed_by, proposed_at, approved_by, approved_at,
            written_at, bundle_sha256, receipt, receipt_at, withdrawn_at, version
       FROM handover WHERE ${condition} ORDER BY proposed_at, id ${lock}`,
    values,
  )
  return rows.map((row) => ({
    ...{ id: row.id, items: row.items, recipient: row.recipient, caseNumber: row.case_number },
    ...{ purpose: row.purpose, because: row.because },
    ...{ proposedBy: row.proposed_by, proposedAt: row.proposed_at.toISOString() },
    ...(row.approved_by !== null && { approvedBy: row.approved_by }),
    ...(row.approved_at && { approvedAt: row.approved_at.toISOString() }),
    ...(row.written_at && { writtenAt: row.written_at.toISOString() }),
    ...(row.bundle_sha256 && { bundleSha256: row.bundle_sha256.toString('hex') }),
    ...(row.receipt !== null && { receipt: row.receipt }),
    ...(row.receipt_at && { receiptAt: row.receipt_at.toISOString() }),
    ...(row.withdrawn_at && { withdrawnAt: row.withdrawn_at.toISOString() }),
    version: row.version,
  }))
}
