/** Overrides: a child at risk now, declared for a case, an item or a person; it opens gates for a time, on record. */
import { newId } from '#ground/id'
import { Fault } from '#terms/fault'
import type { Subject } from '#terms/people'
import { append, type Signed } from './append.ts'

import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

/** What a child at risk now is declared about. */
export type RiskSubject = {
  readonly kind: Extract<Subject['kind'], 'case' | 'item' | 'person'>
  readonly id: string
}

const MINUTES_MAX = 24 * 60
const BECAUSE_CHARACTERS_MAX = 2000

/**
 * Declares a child at risk now, for a time.
 *
 * @returns the id of the override
 * @throws Fault `request.invalid` without a reason, or for longer than a day
 */
export async function declareRisk(
  tx: Transaction,
  on: RiskSubject,
  { because, minutes }: { readonly because: string; readonly minutes: number },
  signed: Signed,
): Promise<string> {
  if (because.trim() === '' || because.length > BECAUSE_CHARACTERS_MAX)
    throw new Fault(
      'request.invalid',
      `a child at risk now is declared with a reason of up to ${BECAUSE_CHARACTERS_MAX} characters`,
    )
  if (!(Number.isSafeInteger(minutes) && minutes >= 1 && minutes <= MINUTES_MAX))
    throw new Fault('request.invalid', `it holds for 1 to ${MINUTES_MAX} minutes, and can be declared again`)
  const id = newId('o')
  const endsAt = new Date(signed.at.getTime() + minutes * 60_000)
  await tx.query(
    `INSERT INTO risk_override (id, subject_kind, subject, because, declared_by, declared_at, ends_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, on.kind, on.id, because, signed.actor, signed.at, endsAt],
  )
  const body = { on: `${on.kind}:${on.id}`, because: textDigest(tx, because), until: endsAt.toISOString() }
  await append(tx, `risk:${id}`, 0, [{ kind: 'risk.declared', body }], signed)
  return id
}

/** Ends an override before its time. @throws Fault `people.unknown` where none stands by that id */
export async function endRisk(tx: Transaction, id: string, signed: Signed): Promise<void> {
  const { rowCount } = await tx.query(
    'UPDATE risk_override SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND ends_at > $2',
    [id, signed.at],
  )
  if (rowCount !== 1) throw new Fault('people.unknown', `no override ${id} stands`)
  await append(tx, `risk:${id}`, 1, [{ kind: 'risk.ended', body: {} }], signed)
}

/** The override about any of these that stands longest. */
export async function overrideOn(
  session: Session,
  about: readonly RiskSubject[],
  at: Date,
): Promise<string | undefined> {
  const { rows } = await session.query<{ id: string }>(
    `SELECT id FROM risk_override WHERE (subject_kind || ':' || subject) = ANY($1)
       AND ended_at IS NULL AND declared_at <= $2 AND ends_at > $2 ORDER BY ends_at DESC, id LIMIT 1`,
    [about.map(({ kind, id }) => `${kind}:${id}`), at],
  )
  return rows[0]?.id
}
