/** Case clocks: until when somebody must have looked at a case, and until when what was found in it is to be reported. */
import type { Case } from '#terms/casework'
import { Fault } from '#terms/fault'
import type { ReportId, ReportKind } from '#terms/report'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

/** A report's clock as it is written down. */
export interface LookBySet {
  /** Absent where none runs. */
  readonly lookBy?: Date
  /** The table that it follows from. */
  readonly clocks: string
}

/**
 * When the nearest open clock of a case ends. A clock that asks for a look is over once the case is decided; where the case waits
 * again after that, it begins anew for what had come before. That of a find runs until the find is reported. A closed case has
 * none.
 *
 * @returns ISO 8601; undefined where none runs
 */
export async function nearestClock(
  session: Session,
  { number, state, reopenedAt }: Pick<Case, 'number' | 'state' | 'reopenedAt'>,
): Promise<string | undefined> {
  if (state === 'closed') return undefined
  const { rows } = await session.query<{ due_at: Date | null }>(
    `SELECT ${clockOf({ number: '$1', reopenedAt: '$2::timestamptz', isAsked: '$3' })} AS due_at`,
    [number, reopenedAt ?? null, state !== 'decided'],
  )
  return rows[0]?.due_at?.toISOString()
}

/**
 * When the nearest clock of a case ends, as an expression over what its arguments say: lengths as seconds, since days of an
 * interval would follow the session's summer time.
 */
export function clockOf({
  number,
  reopenedAt,
  isAsked,
}: Record<'number' | 'reopenedAt' | 'isAsked', string>): string {
  return `least(
    (SELECT min(greatest(received_at, ${reopenedAt}) +
                make_interval(secs => extract(epoch FROM look_by - received_at)::float8))
       FROM report WHERE case_number = ${number} AND look_by IS NOT NULL AND ${isAsked}),
    (SELECT min(due_at) FROM discovery WHERE reported_at IS NULL AND due_at IS NOT NULL
       AND (subject_kind = 'case' AND subject = ${number} OR subject_kind = 'item'
            AND subject IN (SELECT item FROM case_item WHERE case_number = ${number}))))`
}

/** The cases that are about something: the case itself, or those in which a sealed item lies; without those that are closed. */
export async function openCasesOf(
  session: Session,
  { kind, id }: { readonly kind: 'item' | 'case'; readonly id: string },
): Promise<string[]> {
  const { rows } = await session.query<{ number: string }>(
    `SELECT number FROM desk_case WHERE state <> 'closed'
        AND number IN (SELECT $2 WHERE $1 = 'case'
                       UNION SELECT case_number FROM case_item WHERE $1 = 'item' AND item = $2)
      ORDER BY number`,
    [kind, id],
  )
  return rows.map(({ number }) => number)
}

/** Cases with reports that were held against no table of clocks yet. */
export async function casesWithout(session: Session, rowsMax: number): Promise<string[]> {
  const { rows } = await session.query<{ number: string }>(
    `SELECT DISTINCT case_number AS number FROM (
       SELECT case_number FROM report WHERE clocks IS NULL ORDER BY received_at LIMIT $1) AS one ORDER BY 1`,
    [rowsMax],
  )
  return rows.map(({ number }) => number)
}

/** The reports of a case that were held against no table of clocks yet. */
export async function withoutClocks(
  session: Session,
  caseNumber: string,
): Promise<
  { readonly id: ReportId; readonly kind: ReportKind; readonly atRisk: boolean; readonly receivedAt: Date }[]
> {
  const { rows } = await session.query<{
    id: ReportId
    kind: ReportKind
    at_risk: boolean
    received_at: Date
  }>(
    `SELECT id, kind, at_risk, received_at FROM report WHERE case_number = $1 AND clocks IS NULL ORDER BY id`,
    [caseNumber],
  )
  return rows.map(({ at_risk, received_at, ...row }) => ({
    ...row,
    atRisk: at_risk,
    receivedAt: received_at,
  }))
}

/**
 * Sets a report's clock anew. Its case is to be locked, and held against its clocks afterwards.
 *
 * @throws Fault `evidence.unknown`
 */
export async function setLookBy(
  tx: Transaction,
  id: ReportId,
  { lookBy, clocks }: LookBySet,
  signed: Signed,
): Promise<void> {
  const { rows } = await tx.query<{ version: number }>(
    'UPDATE report SET look_by = $2, clocks = $3, version = version + 1 WHERE id = $1 RETURNING version',
    [id, lookBy ?? null, clocks],
  )
  if (!rows[0]) throw new Fault('evidence.unknown', `there is no report ${id}`)
  const body = { clocks, ...(lookBy && { lookBy: lookBy.toISOString() }) }
  await append(tx, `report:${id}`, rows[0].version - 1, [{ kind: 'report.clock-set', body }], signed)
}
