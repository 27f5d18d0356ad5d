/** Weeding: how far the taking out of a name has come: left, its key gone, and no copy of that left anywhere. */
import type { PersonId } from '#terms/people'
import type { Signed } from './append.ts'
import type { Copy } from './copies.ts'
import { copyNamed } from './copies.ts'
import type { Session, Transaction } from './database.ts'
import { changePerson, lockPerson, notePerson, type StoredPerson } from './people.ts'

/** Somebody has left: from now on the period of weeding runs. */
export async function leavePerson(
  tx: Transaction,
  person: StoredPerson,
  signed: Signed,
): Promise<StoredPerson> {
  await tx.query('UPDATE person SET left_at = $2 WHERE id = $1', [person.id, signed.at])
  return changePerson(tx, person, { state: 'left', roles: [] }, 'person.left', signed)
}

/** People who have left and whose name is still here, who left first at the beginning. */
export async function namesLeft(
  session: Session,
  rowsMax: number,
): Promise<{ readonly person: PersonId; readonly leftAt: string }[]> {
  const { rows } = await session.query<{ id: PersonId; left_at: Date }>(
    `SELECT id, left_at FROM person WHERE left_at IS NOT NULL AND weeded_at IS NULL ORDER BY left_at, id LIMIT $1`,
    [rowsMax],
  )
  return rows.map(({ id, left_at: at }) => ({ person: id, leftAt: at.toISOString() }))
}

/** People whose weeding has begun and is not complete. */
export async function weedingsOpen(session: Session): Promise<PersonId[]> {
  const { rows } = await session.query<{ id: PersonId }>(
    'SELECT id FROM person WHERE weeded_at IS NOT NULL AND weeding_complete_at IS NULL ORDER BY weeded_at, id',
  )
  return rows.map(({ id }) => id)
}

/** Writes down that a person's key is gone from its folder; once. */
export async function noteKeyGone(tx: Transaction, id: PersonId, signed: Signed): Promise<void> {
  const person = await lockPerson(tx, id, 'change')
  if (person.keyGoneAt !== undefined) return
  await tx.query('UPDATE person SET key_gone_at = $2 WHERE id = $1', [id, signed.at])
  await notePerson(tx, person, { kind: 'person.key-gone', body: {} }, signed)
}

/** Completes every weeding that no copy of a key holds up any more. @returns whose */
export async function completeWeedings(tx: Transaction, signed: Signed): Promise<PersonId[]> {
  const complete: PersonId[] = []
  for (const id of await weedingsOpen(tx)) {
    const person = await lockPerson(tx, id, 'change')
    if (person.weedingCompleteAt !== undefined || person.keyGoneAt === undefined) continue
    if ((await personKeyCopies(tx, id)).length > 0) continue
    await tx.query('UPDATE person SET weeding_complete_at = $2 WHERE id = $1', [id, signed.at])
    await notePerson(tx, person, { kind: 'person.weeding-complete', body: {} }, signed)
    complete.push(id)
  }
  return complete
}

/**
 * Places that may still hold a person's key and are not accounted for: backups that were registered before it was gone, and not
 * long before the person came in. The order of events decides, so that a clock set back hides none.
 */
export async function personKeyCopies(session: Session, id: PersonId): Promise<Copy[]> {
  const { rows } = await session.query<{ id: string }>(
    `SELECT copy.id FROM copy JOIN event made ON made.stream = 'copy:' || copy.id AND made.version = 1
      WHERE copy.place = 'person-key-backup' AND copy.accounted_at IS NULL
        AND NOT EXISTS (SELECT FROM event gone WHERE gone.stream = 'person:' || $1
                          AND gone.kind = 'person.key-gone' AND gone.id < made.id)
        AND NOT EXISTS (SELECT FROM event admitted WHERE admitted.stream = 'person:' || $1 AND admitted.version = 1
                          AND made.id < admitted.id AND made.at < admitted.at - interval '1 day')
      ORDER BY copy.made_at, copy.id`,
    [id],
  )
  return Promise.all(rows.map((row) => copyNamed(session, row.id)))
}
