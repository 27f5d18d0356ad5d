/** Allocations: whose case it is. */
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { lockPerson, notePerson } from './people.ts'

/** Gives a case to a person; one that is theirs already stays so. @throws Fault `people.unknown` */
export async function allocate(
  tx: Transaction,
  caseNumber: string,
  personId: PersonId,
  signed: Signed,
): Promise<void> {
  const person = await lockPerson(tx, personId, 'change')
  if ((await allocatedTo(tx, personId, [caseNumber])).length > 0) return
  await tx.query('INSERT INTO allocation (case_number, person, at) VALUES ($1, $2, $3)', [
    caseNumber,
    personId,
    signed.at,
  ])
  await notePerson(tx, person, { kind: 'person.case-allocated', body: { case: caseNumber } }, signed)
}

/** Takes a case from a person. @throws Fault `people.unknown` where it is not theirs */
export async function endAllocation(
  tx: Transaction,
  caseNumber: string,
  personId: PersonId,
  signed: Signed,
): Promise<void> {
  const person = await lockPerson(tx, personId, 'change')
  const { rowCount } = await tx.query(
    'UPDATE allocation SET ended_at = $3 WHERE case_number = $1 AND person = $2 AND ended_at IS NULL',
    [caseNumber, personId, signed.at],
  )
  if (rowCount === 0) throw new Fault('people.unknown', `case ${caseNumber} is not allocated to ${personId}`)
  await notePerson(tx, person, { kind: 'person.case-taken', body: { case: caseNumber } }, signed)
}

/** A case that is somebody's. */
export interface AllocationKept {
  readonly case: string
  /** ISO 8601, UTC. */
  readonly at: string
}

const KEPT_MAX = 1000

/** The cases that are a person's now, the latest first: given to them, or in their hands. */
export async function allocationsOf(session: Session, person: PersonId): Promise<AllocationKept[]> {
  const { rows } = await session.query<{ case_number: string; at: Date }>(
    `SELECT case_number, at FROM allocation
      WHERE person = $1 AND ended_at IS NULL ORDER BY at DESC, case_number LIMIT ${KEPT_MAX}`,
    [person],
  )
  return rows.map(({ case_number, at }) => ({ case: case_number, at: at.toISOString() }))
}

/** Of some cases those that are allocated to a person. */
export async function allocatedTo(
  session: Session,
  person: PersonId,
  cases: readonly string[],
): Promise<string[]> {
  const { rows } = await session.query<{ case_number: string }>(
    `SELECT case_number FROM allocation
     WHERE person = $1 AND case_number = ANY($2) AND ended_at IS NULL ORDER BY case_number`,
    [person, cases],
  )
  return rows.map((row) => row.case_number)
}
