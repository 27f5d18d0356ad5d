/** Admissions: who let somebody in or gave them something, who waits to be let in by another, and who could do so. */
import type { PersonId, Role } from '#terms/people'
import type { Session, Transaction } from './database.ts'
import { streamOf } from './people.ts'

/** What one actor gave somebody who is not let in since: a way in, or a role or department. */
export interface Gift {
  readonly actor: string
  readonly kind: 'person.admitted' | 'person.sign-in-reset' | 'person.roles-set'
}

/** Any number that nobody else locks: of two who come in at once the second sees the first. */
const ADMISSION_LOCK = 4_604_605

/** Lets nobody else decide on an admission until the transaction ends. */
export async function lockAdmissions(tx: Transaction): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${ADMISSION_LOCK})`)
}

/** What somebody was given since they were let in last, in its order; what one person was allowed to give alone is none. */
export async function giftsTo(session: Session, id: PersonId): Promise<Gift[]> {
  const { rows } = await session.query<Gift>(
    `SELECT actor, kind FROM event
     WHERE stream = $1
       AND version > (SELECT coalesce(max(version), 0) FROM event
                      WHERE stream = $1 AND kind IN ('person.activated', 'person.resumed'))
       AND (kind IN ('person.admitted', 'person.sign-in-reset')
            OR (kind = 'person.roles-set' AND body->'given' IS NOT NULL AND body->'alone' IS NULL))
     ORDER BY version`,
    [streamOf(id)],
  )
  return rows
}

/** True of somebody who waits for another to let them in. */
export async function isAwaited(session: Session, id: PersonId): Promise<boolean> {
  return (await awaited(session, [id])).has(id)
}

/** Who of some people waits for another to let them in. */
export async function awaited(session: Session, ids: readonly PersonId[]): Promise<ReadonlySet<PersonId>> {
  const { rows } = await session.query<{ stream: string; kind: string }>(
    `SELECT DISTINCT ON (stream) stream, kind FROM event
     WHERE stream = ANY($1)
       AND kind IN ('person.awaited', 'person.suspended', 'person.resumed', 'person.activated', 'person.left')
     ORDER BY stream, version DESC`,
    [ids.map(streamOf)],
  )
  const waiting = new Set(rows.filter(({ kind }) => kind === 'person.awaited').map(({ stream }) => stream))
  return new Set(ids.filter((id) => waiting.has(streamOf(id))))
}

/**
 * True where there is somebody with one of these roles, other than these people: active, or suspended and thereby able
 * to be back,
 * so that nobody is alone by having suspended the other.
 */
export async function hasAnother(
  session: Session,
  roles: readonly Role[],
  than: readonly PersonId[],
): Promise<boolean> {
  const { rows } = await session.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT FROM person
                    WHERE state IN ('active', 'suspended') AND roles && $1 AND id <> ALL($2)) AS has`,
    [roles, than],
  )
  return rows[0]?.has === true
}
