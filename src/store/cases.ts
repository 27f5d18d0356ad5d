/** Cases: the desk's, row by row, in the order of the queue. */
import type { Case, CaseKind, CaseState, Claim, Priority } from '#terms/casework'
import type { EventDraft } from '#terms/event'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { REPORTER_TRUSTS } from '#terms/report'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

interface CaseRow {
  readonly number: string
  readonly kind: CaseKind
  readonly state: CaseState
  readonly opened_at: Date
  readonly at_risk: boolean
  readonly grade_one: boolean
  readonly severity: number
  readonly due_at: Date | null
  readonly confidence: number
  readonly trust: number
  readonly ordered_by: string | null
  readonly ordered_points: number | null
  readonly received_at: Date
  readonly claimed_by: PersonId | null
  readonly claimed_for: Claim['purpose'] | null
  readonly claimed_until: Date | null
  readonly held_because: string | null
  readonly closed_at: Date | null
  readonly closed_because: string | null
  readonly version: number
}

const COLUMNS = `number, kind, state, opened_at, at_risk, grade_one, severity, due_at, confidence, trust, ordered_by,
  ordered_points, received_at, claimed_by, claimed_for, claimed_until, held_because, closed_at, closed_because, version`
/** The order of the queue; `Priority` says what each is. The index `desk_case_queue` stands in it. */
const ORDER = `at_risk DESC, grade_one DESC, severity DESC, due_at ASC NULLS LAST, confidence DESC, trust DESC,
  ordered_points DESC NULLS LAST, received_at, number`
/** `REPORTER_TRUSTS` from the lowest: as the column counts them. */
const TRUSTS_UPWARD = [...REPORTER_TRUSTS].reverse()

/** The stream of a case's events. */
export function caseStream(number: string): string {
  return `case:${number}`
}

/** A new case. */
export interface CaseGiven {
  readonly number: string
  readonly kind: CaseKind
  readonly priority: Priority
  /** `screening` unless given: what has nothing that a machine could look at waits at once. */
  readonly state?: Extract<CaseState, 'screening' | 'waiting'>
}

/** Opens a case, which the machine looks at first where it has anything to look at. */
export async function openCase(tx: Transaction, given: CaseGiven, signed: Signed): Promise<Case> {
  const { number, kind, priority, state = 'screening' } = given
  const { rows } = await tx.query<CaseRow>(
    `INSERT INTO desk_case (number, kind, state, opened_at, at_risk, grade_one, severity, due_at, confidence, trust,
                            ordered_by, ordered_points, received_at, version)
     VALUES ($1, $2, $13, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1) RETURNING ${COLUMNS}`,
    [number, kind, signed.at, ...priorityValues(priority), state],
  )
  await append(tx, caseStream(number), 0, [{ kind: 'case.opened', body: { kind, state } }], signed)
  return caseOf(required(rows[0], number))
}

/** A case. @throws Fault `evidence.unknown` */
export async function caseNamed(session: Session, number: string): Promise<Case> {
  const { rows } = await session.query<CaseRow>(`SELECT ${COLUMNS} FROM desk_case WHERE number = $1`, [
    number,
  ])
  return caseOf(required(rows[0], number))
}

/** A case, locked until the transaction ends. @throws Fault `evidence.unknown` */
export async function lockCase(tx: Transaction, number: string): Promise<Case> {
  const { rows } = await tx.query<CaseRow>(`SELECT ${COLUMNS} FROM desk_case WHERE number = $1 FOR UPDATE`, [
    number,
  ])
  return caseOf(required(rows[0], number))
}

/** What of a case can change by itself: a change of a field is an event of its own. */
export interface CaseChange {
  readonly state?: CaseState
  readonly priority?: Priority
  readonly claim?: Claim | null
  readonly heldBecause?: string | null
  readonly closed?: { readonly at: Date; readonly because: string } | null
}

/**
 * Changes a case that is locked, and writes why.
 *
 * @returns the case as it is now
 * @throws Fault `store.conflict` when it was changed since it was read
 */
export async function changeCase(
  tx: Transaction,
  before: Case,
  change: CaseChange,
  event: EventDraft,
  signed: Signed,
): Promise<Case> {
  const after = { ...before, ...change }
  const claim = change.claim === undefined ? before.claim : (change.claim ?? undefined)
  const held = change.heldBecause === undefined ? before.heldBecause : change.heldBecause
  const closed = closedAfter(before, change)
  await append(tx, caseStream(before.number), before.version, [event], signed)
  const { rows } = await tx.query<CaseRow>(
    `UPDATE desk_case SET at_risk = $2, grade_one = $3, severity = $4, due_at = $5, confidence = $6, trust = $7,
            ordered_by = $8, ordered_points = $9, received_at = $10, state = $11, claimed_by = $12, claimed_for = $13,
            claimed_until = $14, held_because = $15, closed_at = $16, closed_because = $17, version = version + 1
     WHERE number = $1 RETURNING ${COLUMNS}`,
    [
      before.number,
      ...priorityValues(after.priority),
      after.state,
      ...[claim?.by ?? null, claim?.purpose ?? null, claim?.until ?? null],
      ...[held ?? null, closed.at, closed.because],
    ],
  )
  return caseOf(required(rows[0], before.number))
}

function closedAfter(
  before: Case,
  { closed }: CaseChange,
): { readonly at: Date | string | null; readonly because: string | null } {
  if (closed === undefined) return { at: before.closedAt ?? null, because: before.closedBecause ?? null }
  return closed ?? { at: null, because: null }
}

/** Cases that wait for people, in their order; those from a place in it on. */
export async function queue(
  session: Session,
  asked: { readonly limit: number; readonly offset: number; readonly states?: readonly CaseState[] },
): Promise<Case[]> {
  const states = asked.states ?? ['waiting', 'second', 'third']
  const { rows } = await session.query<CaseRow>(
    `SELECT ${COLUMNS} FROM desk_case
     WHERE state IN ('waiting', 'second', 'third') AND state = ANY($1) ORDER BY ${ORDER} LIMIT $2 OFFSET $3`,
    [states, asked.limit, asked.offset],
  )
  return rows.map(caseOf)
}

function priorityValues(priority: Priority): unknown[] {
  const { atRisk, gradeOne, severity, dueAt, confidence, trust, ordered, receivedAt } = priority
  return [
    ...[atRisk, gradeOne, severity, dueAt ?? null, confidence, TRUSTS_UPWARD.indexOf(trust)],
    ...[ordered?.by ?? null, ordered?.points ?? null, receivedAt],
  ]
}

function caseOf(row: CaseRow): Case {
  return {
    ...{ number: row.number, kind: row.kind, state: row.state, openedAt: row.opened_at.toISOString() },
    priority: priorityOf(row),
    ...(row.claimed_by &&
      row.claimed_for &&
      row.claimed_until && {
        claim: { by: row.claimed_by, purpose: row.claimed_for, until: row.claimed_until.toISOString() },
      }),
    ...(row.held_because !== null && { heldBecause: row.held_because }),
    ...(row.closed_at && { closedAt: row.closed_at.toISOString() }),
    ...(row.closed_because !== null && { closedBecause: row.closed_because }),
    version: row.version,
  }
}

function priorityOf(row: CaseRow): Priority {
  return {
    ...{ atRisk: row.at_risk, gradeOne: row.grade_one, severity: row.severity, confidence: row.confidence },
    trust: TRUSTS_UPWARD[row.trust] ?? 'usual',
    receivedAt: row.received_at.toISOString(),
    ...(row.due_at && { dueAt: row.due_at.toISOString() }),
    ...(row.ordered_by !== null &&
      row.ordered_points !== null && { ordered: { by: row.ordered_by, points: row.ordered_points } }),
  }
}

function required<T>(row: T | undefined, number: string): T {
  if (row === undefined) throw new Fault('evidence.unknown', `there is no case ${number}`)
  return row
}
