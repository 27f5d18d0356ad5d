/** Training: who was trained in what, by whom, and what they had to look at for it, which is exposure as any other. */
import { newId } from '#ground/id'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { lockPerson } from './people.ts'
import { textDigest } from './text-digest.ts'

/** One training of one person. */
export interface TrainingGiven {
  readonly person: PersonId
  readonly subject: string
  readonly givenBy: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly validUntil?: string
  /** Weighted units of what was shown; 0 where all of it was generated. */
  readonly exposureUnits: number
}

/** Records a training. @throws Fault `people.unknown`; `request.invalid` */
export async function recordTraining(tx: Transaction, given: TrainingGiven, signed: Signed): Promise<string> {
  const { person, subject, givenBy, at, validUntil, exposureUnits } = given
  if (
    subject.trim() === '' ||
    givenBy.trim() === '' ||
    !(Number.isSafeInteger(exposureUnits) && exposureUnits >= 0)
  )
    throw new Fault('request.invalid', 'a training has a subject, who gave it, and exposure in whole units')
  if ([at, validUntil ?? at].some((day) => Number.isNaN(Date.parse(day))))
    throw new Fault('request.invalid', 'a training has dates in ISO 8601')
  if (Date.parse(at) > signed.at.getTime())
    throw new Fault('request.invalid', 'a training is recorded once it was given')
  await lockPerson(tx, person, 'share')
  const id = newId('n')
  await tx.query(
    `INSERT INTO training (id, person, subject, given_by, at, valid_until, exposure_units)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, person, subject, givenBy, at, validUntil ?? null, exposureUnits],
  )
  const body = {
    person,
    at: new Date(at).toISOString(),
    validUntil: validUntil === undefined ? null : new Date(validUntil).toISOString(),
    exposureUnits,
    words: textDigest(tx, `${subject}\n${givenBy}`),
  }
  await append(tx, `training:${id}`, 0, [{ kind: 'training.recorded', body }], signed)
  return id
}

/** True of a person with training that holds at a time. */
export async function isTrained(session: Session, person: PersonId, at: Date): Promise<boolean> {
  const { rows } = await session.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT FROM training WHERE person = $1 AND at <= $2
       AND (valid_until IS NULL OR valid_until > $2)) AS has`,
    [person, at],
  )
  return rows[0]?.has === true
}

/** A person's training, the newest first. */
export async function trainingOf(
  session: Session,
  person: PersonId,
): Promise<(TrainingGiven & { readonly id: string })[]> {
  const { rows } = await session.query<{
    id: string
    subject: string
    given_by: string
    at: Date
    valid_until: Date | null
    exposure_units: number
  }>(
    `SELECT id, subject, given_by, at, valid_until, exposure_units FROM training WHERE person = $1 ORDER BY at DESC, id`,
    [person],
  )
  return rows.map((row) => ({
    ...{ id: row.id, person, subject: row.subject, givenBy: row.given_by, at: row.at.toISOString() },
    ...(row.valid_until && { validUntil: row.valid_until.toISOString() }),
    exposureUnits: row.exposure_units,
  }))
}
