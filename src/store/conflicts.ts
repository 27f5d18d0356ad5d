/** Conflicts: who may not act on what, because of an interest of their own; why is nobody else's. */
import type { PersonId, Subject } from '#terms/people'
import type { Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { lockPerson, notePerson } from './people.ts'

/** What somebody may have a conflict of interest about. */
export interface ConflictOn {
  readonly kind: Extract<Subject['kind'], 'case' | 'item' | 'person'>
  readonly id: string
}

/** More than anybody has. */
const KEPT_MAX = 1000

/** Records that a person may not act on something. @throws Fault `people.unknown` */
export async function recordConflict(
  tx: Transaction,
  personId: PersonId,
  on: ConflictOn,
  signed: Signed,
): Promise<void> {
  const person = await lockPerson(tx, personId, 'change') // whoever acts now holds the row: they come first, or are refused
  await tx.query(
    `INSERT INTO conflict (person, subject_kind, subject, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [personId, on.kind, on.id, signed.actor, signed.at],
  )
  const body = { on: `${on.kind}:${on.id}` }
  await notePerson(tx, person, { kind: 'person.conflict-recorded', body }, signed)
}

/** A conflict that stands. */
export interface ConflictKept {
  readonly on: ConflictOn
  /** Who wrote it down. */
  readonly by: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** A person's conflicts that stand, the latest first. */
export async function conflictsOf(session: Session, person: PersonId): Promise<ConflictKept[]> {
  const { rows } = await session.query<{
    subject_kind: ConflictOn['kind']
    subject: string
    recorded_by: string
    recorded_at: Date
  }>(
    `SELECT subject_kind, subject, recorded_by, recorded_at FROM conflict
      WHERE person = $1 AND ended_at IS NULL ORDER BY recorded_at DESC, subject_kind, subject LIMIT ${KEPT_MAX}`,
    [person],
  )
  return rows.map(({ subject_kind: kind, subject: id, recorded_by: by, recorded_at: at }) => ({
    on: { kind, id },
    ...{ by, at: at.toISOString() },
  }))
}

/** True of a person with a conflict of interest about any of these. */
export async function hasConflict(
  session: Session,
  person: PersonId,
  about: readonly ConflictOn[],
): Promise<boolean> {
  const { rows } = await session.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT FROM conflict WHERE person = $1 AND ended_at IS NULL
       AND (subject_kind || ':' || subject) = ANY($2)) AS has`,
    [person, about.map(({ kind, id }) => `${kind}:${id}`)],
  )
  return rows[0]?.has === true
}
