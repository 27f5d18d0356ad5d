/** Claims: who has a case in hand, one at a time; with it the case is allocated to them, so that they may work on it. */
import type { Case, CaseState, Claim } from '#terms/casework'
import type { PersonId } from '#terms/people'
import { allocate, allocatedTo, endAllocation } from './allocations.ts'
import type { Signed } from './append.ts'
import { CASE_COLUMNS, CASE_ORDER, type CaseRow, caseOf, caseStream, changeCase } from './cases.ts'
import type { Session, Transaction } from './database.ts'

/** The states in which a case can be taken up. */
export type ClaimableState = Extract<CaseState, 'waiting' | 'second' | 'third'>

/**
 * The first case that a person can take up, locked until the transaction ends; cases that others have locked at this moment are
 * passed over. None that is on hold or claimed, in which they have a conflict of interest, or in which their word is given; and
 * none of what they opted out of, unless a child is at risk now.
 */
export async function lockNextFor(
  tx: Transaction,
  person: PersonId,
  states: readonly ClaimableState[],
  at: Date,
): Promise<Case | undefined> {
  const { rows } = await tx.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM desk_case
      WHERE state IN ('waiting', 'second', 'third') AND state = ANY($2) AND held_because IS NULL
        AND (claimed_by IS NULL OR claimed_until <= $3) AND NOT ${CONFLICTING} AND ${HAS_PART}
        AND (at_risk OR NOT ${OPTED_OUT})
      ORDER BY ${CASE_ORDER} LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [person, states, at],
  )
  return rows[0] && caseOf(rows[0])
}

/** Whether somebody may take part in a case as it stands. */
export interface Partaking {
  /** They have a conflict of interest about it, or about something that lies in it. */
  readonly hasConflict: boolean
  /** There is something in it that they have not voted on. */
  readonly hasPart: boolean
}

/** Whether a person may take part in a case as it stands. */
export async function partakingIn(
  session: Session,
  caseNumber: string,
  person: PersonId,
): Promise<Partaking> {
  const { rows } = await session.query<{ conflicting: boolean; part: boolean }>(
    `SELECT ${CONFLICTING} AS conflicting, ${HAS_PART} AS part FROM desk_case WHERE number = $2`,
    [person, caseNumber],
  )
  return { hasConflict: rows[0]?.conflicting !== false, hasPart: rows[0]?.part === true }
}

/** Of the person who is the first parameter. */
const CONFLICTING = `EXISTS (SELECT FROM conflict WHERE person = $1 AND ended_at IS NULL
  AND ((subject_kind = 'case' AND subject = desk_case.number)
    OR (subject_kind = 'item' AND subject IN (SELECT item FROM case_item WHERE case_number = desk_case.number))))`

/**
 * Of the person who is the first parameter, at the third: by the kind of the case or of a report in it, by a category that the
 * machine found, or, of whoever looks at no picture, where there is one to look at. Never by another's grade, which is not shown.
 */
const OPTED_OUT = `EXISTS (SELECT FROM opt_out
  WHERE person = $1 AND ended_at IS NULL AND from_at <= $3 AND (until_at IS NULL OR until_at > $3)
    AND (category = 'kind:' || desk_case.kind
      OR category LIKE 'kind:%' AND EXISTS (SELECT FROM report
        WHERE case_number = desk_case.number AND 'kind:' || report.kind = category)
      OR category LIKE 'category:%' AND EXISTS (SELECT FROM case_item
        WHERE case_number = desk_case.number AND screening->'matches' @> jsonb_build_array(jsonb_build_object('categories',
          jsonb_build_object(split_part(substr(category, 10), '/', 1),
                             jsonb_build_array(substr(category, strpos(category, '/') + 1))))))
      OR category = 'view' AND EXISTS (SELECT FROM case_item
        WHERE case_number = desk_case.number AND item IS NOT NULL AND state NOT IN ('known', 'decided'))))`

/** Whoever voted on all that waits for another vote has no part left; the first look is anybody's. */
const HAS_PART = `(desk_case.state = 'waiting' OR EXISTS (SELECT FROM case_item
  WHERE case_number = desk_case.number AND case_item.state = CASE desk_case.state WHEN 'second' THEN 'voted' ELSE 'split' END
    AND NOT EXISTS (SELECT FROM vote
      WHERE vote.case_item = case_item.id AND vote.person = $1 AND vote.withdrawn_at IS NULL)))`

/** Gives a case that is locked to a person, who asked for the next or for this one; another's claim that has lapsed ends. */
export async function giveClaim(
  tx: Transaction,
  before: Case,
  claim: Claim,
  asked: 'next' | 'number',
  signed: Signed,
): Promise<Case> {
  if (before.claim) await endClaimAllocation(tx, before, signed)
  const wasTheirs = (await allocatedTo(tx, claim.by, [before.number])).length > 0
  if (!wasTheirs) await allocate(tx, before.number, claim.by, signed)
  const event = { kind: 'case.claimed', body: { allocated: !wasTheirs, asked } }
  return changeCase(tx, before, { claim }, event, signed)
}

/** Lets a person have a case that is theirs, and locked, for longer. */
export function extendClaim(tx: Transaction, before: Case, until: Date, signed: Signed): Promise<Case> {
  if (!before.claim) throw new TypeError(`case ${before.number} is nobody's`)
  const claim = { ...before.claim, until: until.toISOString() }
  return changeCase(tx, before, { claim }, { kind: 'case.claim-extended', body: {} }, signed)
}

/** Ends the claim of a case that is locked: it is given back, or its time is over. */
export async function endClaim(
  tx: Transaction,
  before: Case,
  how: 'released' | 'claim-lapsed',
  signed: Signed,
): Promise<Case> {
  if (!before.claim) return before
  const { by } = before.claim
  await endClaimAllocation(tx, before, signed)
  return changeCase(tx, before, { claim: null }, { kind: `case.${how}`, body: { by } }, signed)
}

/** Takes the case from whoever had claimed it, unless somebody had given it to them before. The claim itself is not changed. */
export async function endClaimAllocation(
  tx: Transaction,
  { number, claim }: Case,
  signed: Signed,
): Promise<void> {
  if (!claim) return
  const { rows } = await tx.query<{ allocated: boolean }>(
    `SELECT (body->>'allocated')::boolean AS allocated FROM event
      WHERE stream = $1 AND kind = 'case.claimed' ORDER BY version DESC LIMIT 1`,
    [caseStream(number)],
  )
  const isOfClaim = rows[0]?.allocated !== false
  const isTheirs = (await allocatedTo(tx, claim.by, [number])).length > 0
  if (isOfClaim && isTheirs) await endAllocation(tx, number, claim.by, signed)
}

/** Cases whose claims have run out, locked until the transaction ends; those that others have in hand are passed over. */
export async function lockLapsed(tx: Transaction, at: Date, rowsMax: number): Promise<Case[]> {
  const { rows } = await tx.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM desk_case WHERE claimed_by IS NOT NULL AND claimed_until <= $1
      ORDER BY claimed_until, number LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [at, rowsMax],
  )
  return rows.map(caseOf)
}
