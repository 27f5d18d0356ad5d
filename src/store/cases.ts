/** Cases: the desk's, row by row, in the order of the queue. */
import type { Case, CaseKind, CaseState, Claim, Priority } from '#terms/casework'
import type { Canonical, EventDraft } from '#terms/event'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { REPORTER_TRUSTS } from '#terms/report'
import { append, type Signed } from './append.ts'
import { nearestClock } from './case-clocks.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

/** The row of a case. */
export interface CaseRow {
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
  readonly reopened_at: Date | null
  readonly version: number
}

export const CASE_COLUMNS = `number, kind, state, opened_at, at_risk, grade_one, severity, due_at, confidence, trust,
  ordered_by, ordered_points, received_at, claimed_by, claimed_for, claimed_until, held_because, closed_at,
  closed_because, reopened_at, version`
/** The order of the queue; `Priority` says what each is. The index `desk_case_queue` stands in it. */
export const CASE_ORDER = `at_risk DESC, grade_one DESC, severity DESC, due_at ASC NULLS LAST, confidence DESC,
  trust DESC, coalesce(ordered_points, 0) DESC, received_at, number`
/** Where every change of a case is announced, as `{"case": number, "what": "claimed"}`. */
export const DESK_CHANNEL = 'tutela_desk'
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
     VALUES ($1, $2, $13, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)
     RETURNING ${CASE_COLUMNS}, pg_notify($14, $15)`,
    [number, kind, signed.at, ...priorityValues(priority), state, ...announced(number, 'case.opened')],
  )
  const body = { kind, ...toldOf(tx, { state, priority }) }
  await append(tx, caseStream(number), 0, [{ kind: 'case.opened', body }], signed)
  return caseOf(required(rows[0], number))
}

/** A case. @throws Fault `evidence.unknown` */
export async function caseNamed(session: Session, number: string): Promise<Case> {
  const { rows } = await session.query<CaseRow>(`SELECT ${CASE_COLUMNS} FROM desk_case WHERE number = $1`, [
    number,
  ])
  return caseOf(required(rows[0], number))
}

/** A case, locked until the transaction ends. @throws Fault `evidence.unknown` */
export async function lockCase(tx: Transaction, number: string): Promise<Case> {
  const { rows } = await tx.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM desk_case WHERE number = $1 FOR UPDATE`,
    [number],
  )
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

/** Whether a look is still asked for, by the state. */
function lookIn(state: CaseState): 'open' | 'decided' | 'closed' {
  return state === 'decided' || state === 'closed' ? state : 'open'
}

/** A change with what follows from its state: a clock that asks for a look ends with the decision, and begins anew after it. */
async function whole(tx: Transaction, before: Case, change: CaseChange, at: Date): Promise<WholeChange> {
  const { state = before.state } = change
  if (lookIn(state) === lookIn(before.state)) return change
  const again = lookIn(state) === 'open' ? at.toISOString() : undefined
  const reopenedAt = again ?? before.reopenedAt
  const asked = { number: before.number, state, ...(reopenedAt !== undefined && { reopenedAt }) }
  const priority = dueBy(change.priority ?? before.priority, await nearestClock(tx, asked))
  const isOther = change.priority !== undefined || priority.dueAt !== before.priority.dueAt
  return { ...change, ...(isOther && { priority }), ...(again !== undefined && { reopenedAt: again }) }
}

interface WholeChange extends CaseChange {
  readonly reopenedAt?: string
}

/** A priority with its clock. @param dueAt undefined where none runs */
export function dueBy({ dueAt: _, ...rest }: Priority, dueAt: string | undefined): Priority {
  return { ...rest, ...(dueAt !== undefined && { dueAt }) }
}

/**
 * Changes a case that is locked, and writes why. What changed is put into the event's body here: the state follows from it.
 *
 * @returns the case as it is now
 * @throws Fault `store.conflict` when it was changed since it was read
 */
export async function changeCase(
  tx: Transaction,
  before: Case,
  asked: CaseChange,
  event: EventDraft,
  signed: Signed,
): Promise<Case> {
  const change = await whole(tx, before, asked, signed.at)
  const after = { ...before, ...change }
  const claim = change.claim === undefined ? before.claim : (change.claim ?? undefined)
  const held = change.heldBecause === undefined ? before.heldBecause : change.heldBecause
  const closed = closedAfter(before, change)
  const body = { ...event.body, ...toldOf(tx, change) }
  await append(tx, caseStream(before.number), before.version, [{ kind: event.kind, body }], signed)
  const { rows } = await tx.query<CaseRow>(
    `UPDATE desk_case SET at_risk = $2, grade_one = $3, severity = $4, due_at = $5, confidence = $6, trust = $7,
            ordered_by = $8, ordered_points = $9, received_at = $10, state = $11, claimed_by = $12, claimed_for = $13,
            claimed_until = $14, held_because = $15, closed_at = $16, closed_because = $17,
            reopened_at = $18, version = version + 1
     WHERE number = $1 RETURNING ${CASE_COLUMNS}, pg_notify($19, $20)`,
    [
      before.number,
      ...priorityValues(after.priority),
      after.state,
      ...[claim?.by ?? null, claim?.purpose ?? null, claim?.until ?? null],
      ...[held ?? null, closed.at, closed.because, after.reopenedAt ?? null],
      ...announced(before.number, event.kind),
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

function announced(number: string, kind: string): string[] {
  return [DESK_CHANNEL, JSON.stringify({ case: number, what: kind.slice(kind.indexOf('.') + 1) })]
}

/** What changed, as the event tells it: references, codes and numbers; of words their digest. */
function toldOf(
  tx: Transaction,
  { state, priority, claim, heldBecause, closed, reopenedAt }: WholeChange,
): Record<string, Canonical> {
  return {
    ...(state && { state }),
    ...(reopenedAt !== undefined && { reopenedAt }),
    ...(priority && { priority: priorityTold(priority) }),
    ...(claim !== undefined && { claim: claim && { ...claim, until: moment(claim.until) } }),
    ...(heldBecause !== undefined && {
      heldSha256: heldBecause === null ? null : textDigest(tx, heldBecause),
    }),
    ...(closed !== undefined && {
      closed: closed && { at: closed.at.toISOString(), becauseSha256: textDigest(tx, closed.because) },
    }),
  }
}

/** A priority in the form in which events have it. */
export function priorityTold(priority: Priority): Record<string, Canonical> {
  const { dueAt, ordered, receivedAt, ...others } = priority
  return {
    ...others,
    receivedAt: moment(receivedAt),
    ...(dueAt !== undefined && { dueAt: moment(dueAt) }),
    ...(ordered && { ordered: { ...ordered } }),
  }
}

/** As the database gives it back. */
function moment(at: string): string {
  return new Date(at).toISOString()
}

function priorityValues(priority: Priority): unknown[] {
  const { atRisk, gradeOne, severity, dueAt, confidence, trust, ordered, receivedAt } = priority
  return [
    ...[atRisk, gradeOne, severity, dueAt ?? null, confidence, TRUSTS_UPWARD.indexOf(trust)],
    ...[ordered?.by ?? null, ordered?.points ?? null, receivedAt],
  ]
}

/** The case that a row tells. */
export function caseOf(row: CaseRow): Case {
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
    ...(row.reopened_at && { reopenedAt: row.reopened_at.toISOString() }),
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
