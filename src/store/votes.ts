/** Votes: what each person said of an item, and which of it counts. */
import type { Annotation, Basis, CaseItemId, Grade, Vote, VoteRound } from '#terms/casework'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { Session, Transaction } from './database.ts'

interface VoteRow {
  readonly id: Vote['id']
  readonly case_item: CaseItemId
  readonly person: PersonId
  readonly round: VoteRound
  readonly grades: readonly Grade[]
  readonly annotation: Annotation
  readonly basis: Basis
  readonly for_stack: boolean
  readonly at: Date
  readonly withdrawn_at: Date | null
}

const COLUMNS = 'id, case_item, person, round, grades, annotation, basis, for_stack, at, withdrawn_at'
const UNIQUE_VIOLATION = '23505'

/** A vote that is cast; its event is written with the change of its item. */
export interface VoteGiven extends Omit<Vote, 'at' | 'withdrawnAt'> {
  /** Given without sight of another's; true unless given. */
  readonly isBlind?: boolean
  /** Why, sealed. */
  readonly rationale?: Uint8Array
}

/**
 * Writes down a vote.
 *
 * @throws Fault `store.conflict` where the round was voted in meanwhile, or by the same person
 */
export async function castVote(tx: Transaction, given: VoteGiven, at: Date): Promise<Vote> {
  const { id, item, by, round, grades, annotation, basis, forStack, isBlind = true, rationale } = given
  const { rows } = await tx
    .query<VoteRow>(
      `INSERT INTO vote (id, case_item, person, round, grades, annotation, basis, for_stack, rationale, at,
                         is_blind)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING ${COLUMNS}`,
      [
        ...[id, item, by, round, JSON.stringify(grades), JSON.stringify(annotation), basis, forStack],
        ...[rationale ?? null, at, isBlind],
      ],
    )
    .catch((error: unknown) => {
      const isTaken = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
      throw isTaken ? new Fault('store.conflict', `${item} was voted on meanwhile`, { cause: error }) : error
    })
  return voteOf(required(rows[0], id))
}

/** The votes that count on some items, in the order of their rounds. */
export async function votesOn(session: Session, items: readonly CaseItemId[]): Promise<Vote[]> {
  const { rows } = await session.query<VoteRow>(
    `SELECT ${COLUMNS} FROM vote WHERE case_item = ANY($1) AND withdrawn_at IS NULL ORDER BY case_item, round`,
    [items],
  )
  return rows.map(voteOf)
}

/** A vote. @throws Fault `evidence.unknown` */
export async function voteNamed(session: Session, id: string): Promise<Vote> {
  const { rows } = await session.query<VoteRow>(`SELECT ${COLUMNS} FROM vote WHERE id = $1`, [id])
  return voteOf(required(rows[0], id))
}

/** Takes a vote back. @returns false where it was taken back already */
export async function withdrawVote(tx: Transaction, id: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    'UPDATE vote SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL',
    [id, at],
  )
  return rowCount === 1
}

/** Everybody who ever voted in a case, also where it was taken back. */
async function votersIn(session: Session, caseNumber: string): Promise<PersonId[]> {
  const { rows } = await session.query<{ person: PersonId }>(
    `SELECT DISTINCT person FROM vote JOIN case_item ON case_item.id = vote.case_item
      WHERE case_number = $1 ORDER BY person`,
    [caseNumber],
  )
  return rows.map(({ person }) => person)
}

/** Everybody who has touched a case: who voted in it, who had it, and who spoke against it. */
export async function touchedBy(session: Session, caseNumber: string, besides: string): Promise<PersonId[]> {
  const { rows } = await session.query<{ person: PersonId }>(
    'SELECT person FROM allocation WHERE case_number = $1',
    [caseNumber],
  )
  const spoke = besides.startsWith('person:') ? [besides.slice('person:'.length) as PersonId] : []
  return [
    ...new Set([...rows.map(({ person }) => person), ...(await votersIn(session, caseNumber)), ...spoke]),
  ]
}

/**
 * What items were graded as in one scheme by those who saw nobody else's grade, in the order of their rounds: items that at least
 * two graded, the latest of them since a time; without the golden sets, of which the answer is known.
 */
export async function blindGrades(
  session: Session,
  scheme: string,
  since: Date,
): Promise<(readonly string[])[]> {
  const { rows } = await session.query<{ categories: readonly string[] }>(
    `SELECT array_agg(one->>'category' ORDER BY vote.round) AS categories
       FROM vote CROSS JOIN jsonb_array_elements(vote.grades) AS one
      WHERE vote.is_blind AND vote.withdrawn_at IS NULL AND one->>'scheme' = $1
        AND NOT EXISTS (SELECT FROM golden_item WHERE golden_item.case_item = vote.case_item)
      GROUP BY vote.case_item HAVING count(*) >= 2 AND max(vote.at) >= $2`,
    [scheme, since],
  )
  return rows.map(({ categories }) => categories)
}

function voteOf(row: VoteRow): Vote {
  const { id, round, grades, annotation, basis } = row
  return {
    ...{ id, round, grades, annotation, basis },
    item: row.case_item,
    by: row.person,
    forStack: row.for_stack,
    at: row.at.toISOString(),
    ...(row.withdrawn_at && { withdrawnAt: row.withdrawn_at.toISOString() }),
  }
}

function required<T>(row: T | undefined, id: string): T {
  if (row === undefined) throw new Fault('evidence.unknown', `there is no vote ${id}`)
  return row
}
