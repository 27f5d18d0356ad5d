/** Advice: what an officer advised on future conduct, shown at the next like act (Memorandum on section 46, paragraph 26). */
import { newId } from '#ground/id'
import { Fault } from '#terms/fault'
import type { Act, Advice, PersonId } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { lockPerson } from './people.ts'
import { textDigest } from './text-digest.ts'

interface AdviceRow {
  readonly id: string
  readonly given_to: PersonId
  readonly officer: string
  readonly acts: Act[]
  readonly words: string
  readonly at: Date
  readonly acknowledged_at: Date | null
}

const COLUMNS = 'id, given_to, officer, acts, words, at, acknowledged_at'
const WORDS_CHARACTERS_MAX = 8000

/** Records advice to a person. @throws Fault `people.unknown`; `request.invalid` without words or an officer */
export async function recordAdvice(
  tx: Transaction,
  given: Pick<Advice, 'givenTo' | 'officer' | 'acts' | 'words'>,
  signed: Signed,
): Promise<string> {
  const { givenTo, officer, acts, words } = given
  const isGiven =
    officer.trim() !== '' && words.trim() !== '' && words.length <= WORDS_CHARACTERS_MAX && acts.length > 0
  if (!isGiven)
    throw new Fault(
      'request.invalid',
      `advice has an officer, acts, and words of up to ${WORDS_CHARACTERS_MAX} characters`,
    )
  await lockPerson(tx, givenTo, 'share')
  const id = newId('w')
  await tx.query(
    `INSERT INTO advice (id, given_to, officer, acts, words, at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, givenTo, officer, acts, words, signed.at, signed.actor],
  )
  const body = { givenTo, acts, words: textDigest(tx, `${officer}\n${words}`) }
  await append(tx, `advice:${id}`, 0, [{ kind: 'advice.recorded', body }], signed)
  return id
}

/** The person says that they have read it. @throws Fault `people.unknown` where it is not theirs, or was said before */
export async function acknowledgeAdvice(
  tx: Transaction,
  id: string,
  person: PersonId,
  signed: Signed,
): Promise<void> {
  const { rowCount } = await tx.query(
    'UPDATE advice SET acknowledged_at = $3 WHERE id = $1 AND given_to = $2 AND acknowledged_at IS NULL',
    [id, person, signed.at],
  )
  if (rowCount !== 1)
    throw new Fault('people.unknown', `no advice ${id} to ${person} waits to be acknowledged`)
  await append(tx, `advice:${id}`, 1, [{ kind: 'advice.acknowledged', body: {} }], signed)
}

/** All advice to some people, on an act or on every act, the newest first. */
export async function adviceTo(session: Session, people: readonly PersonId[], act?: Act): Promise<Advice[]> {
  const { rows } = await session.query<AdviceRow>(
    `SELECT ${COLUMNS} FROM advice WHERE given_to = ANY($1) AND ($2::text IS NULL OR $2 = ANY(acts))
     ORDER BY at DESC, id`,
    [people, act ?? null],
  )
  return rows.map(parsed)
}

/** @returns undefined for an id that no advice has */
export async function adviceNamed(session: Session, id: string): Promise<Advice | undefined> {
  const { rows } = await session.query<AdviceRow>(`SELECT ${COLUMNS} FROM advice WHERE id = $1`, [id])
  return rows[0] && parsed(rows[0])
}

function parsed({ given_to: givenTo, acknowledged_at: said, at, ...same }: AdviceRow): Advice {
  return { ...same, givenTo, at: at.toISOString(), ...(said && { acknowledgedAt: said.toISOString() }) }
}
