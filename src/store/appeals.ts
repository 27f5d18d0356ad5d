/** Appeals: that a decision was wrong, who said so, and who looked at it anew. */
import type { CaseItemId } from '#terms/casework'
import type { Canonical, EventDraft } from '#terms/event'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

export const APPEAL_OUTCOMES = ['upheld', 'changed', 'withdrawn'] as const
export type AppealOutcome = (typeof APPEAL_OUTCOMES)[number]

/** An appeal, `q-` and sixteen characters. */
export interface Appeal {
  readonly id: `q-${string}`
  readonly caseNumber: string
  readonly item?: CaseItemId
  readonly broughtAt: string
  readonly broughtBy: string
  readonly decidedBy?: PersonId
  readonly decidedAt?: string
  readonly outcome?: AppealOutcome
  readonly version: number
}

interface AppealRow {
  readonly id: Appeal['id']
  readonly case_number: string
  readonly case_item: CaseItemId | null
  readonly brought_at: Date
  readonly brought_by: string
  readonly decided_by: PersonId | null
  readonly decided_at: Date | null
  readonly outcome: AppealOutcome | null
  readonly version: number
}

const COLUMNS = 'id, case_number, case_item, brought_at, brought_by, decided_by, decided_at, outcome, version'

/** The stream of an appeal's events. */
export function appealStream(id: string): string {
  return `appeal:${id}`
}

/** Writes down an appeal. @param because sealed */
export async function bringAppeal(
  tx: Transaction,
  given: Pick<Appeal, 'id' | 'caseNumber' | 'item'> & { readonly because: Uint8Array },
  signed: Signed,
): Promise<Appeal> {
  const { id, caseNumber, item, because } = given
  const { rows } = await tx.query<AppealRow>(
    `INSERT INTO appeal (id, case_number, case_item, brought_at, brought_by, because, version)
     VALUES ($1, $2, $3, $4, $5, $6, 1) RETURNING ${COLUMNS}`,
    [id, caseNumber, item ?? null, signed.at, signed.actor, because],
  )
  const body = { case: caseNumber, ...(item && { item }) }
  await append(tx, appealStream(id), 0, [{ kind: 'appeal.brought', body }], signed)
  return appealOf(required(rows[0], id))
}

/** Writes how an appeal ended. @param given `because` is sealed @throws Fault `evidence.refused` where it has ended */
export async function decideAppeal(
  tx: Transaction,
  before: Appeal,
  given: { readonly outcome: AppealOutcome; readonly because: Uint8Array },
  by: PersonId,
  signed: Signed,
): Promise<Appeal> {
  if (before.outcome !== undefined) throw new Fault('evidence.refused', `the appeal ${before.id} was decided`)
  const { outcome, because } = given
  const event: EventDraft = { kind: 'appeal.decided', body: { outcome } satisfies Record<string, Canonical> }
  await append(tx, appealStream(before.id), before.version, [event], signed)
  const { rows } = await tx.query<AppealRow>(
    `UPDATE appeal SET decided_by = $2, decided_at = $3, outcome = $4, decided_because = $5,
            version = version + 1
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [before.id, by, signed.at, outcome, because],
  )
  return appealOf(required(rows[0], before.id))
}

/** An appeal. @throws Fault `evidence.unknown` */
export async function appealNamed(session: Session, id: string): Promise<Appeal> {
  const { rows } = await session.query<AppealRow>(`SELECT ${COLUMNS} FROM appeal WHERE id = $1`, [id])
  return appealOf(required(rows[0], id))
}

/** Appeals of a case, or those of all that wait; the oldest first. */
export async function appealsOf(session: Session, caseNumber?: string): Promise<Appeal[]> {
  const { rows } = await session.query<AppealRow>(
    `SELECT ${COLUMNS} FROM appeal WHERE ($1::text IS NULL AND outcome IS NULL) OR case_number = $1
      ORDER BY brought_at, id LIMIT 500`,
    [caseNumber ?? null],
  )
  return rows.map(appealOf)
}

function appealOf(row: AppealRow): Appeal {
  return {
    ...{ id: row.id, caseNumber: row.case_number, version: row.version },
    ...{ broughtAt: row.brought_at.toISOString(), broughtBy: row.brought_by },
    ...(row.case_item !== null && { item: row.case_item }),
    ...(row.decided_by !== null && { decidedBy: row.decided_by }),
    ...(row.decided_at && { decidedAt: row.decided_at.toISOString() }),
    ...(row.outcome !== null && { outcome: row.outcome }),
  }
}

function required<T>(row: T | undefined, id: string): T {
  if (row === undefined) throw new Fault('evidence.unknown', `there is no appeal ${id}`)
  return row
}
