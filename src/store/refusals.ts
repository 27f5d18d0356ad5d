/** Refusals: every act that the door refused, with its reason, by whom and when. */
import { newId } from '#ground/id'
import type { Act, PersonId, Purpose, Refusal, Subject } from '#terms/people'
import { append } from './append.ts'
import type { Database, Session } from './database.ts'

/** An act that was refused. */
export interface RefusedAct {
  readonly by: PersonId
  readonly act: Act
  readonly purpose?: Purpose
  readonly subject?: Subject
  readonly because: Refusal
}

const SHOWN_MAX = 500

/** Writes a refusal down, in a transaction of its own. @returns its id */
export async function recordRefusal(database: Database, refused: RefusedAct, at: Date): Promise<string> {
  const { by, act, purpose, subject, because } = refused
  const id = newId('r')
  const body = {
    ...{ act, because },
    ...(purpose !== undefined && { purpose }),
    ...(subject !== undefined && { on: `${subject.kind}:${subject.id}` }),
  }
  await database.transaction((tx) =>
    append(tx, `refusal:${id}`, 0, [{ kind: 'act.refused', body }], { actor: `person:${by}`, at }),
  )
  return id
}

/** The latest refusals, newest first. */
export async function latestRefusals(
  session: Session,
): Promise<{ id: string; by: string; at: string; act: string; because: string }[]> {
  const { rows } = await session.query<{
    stream: string
    actor: string
    at: Date
    body: { act: string; because: string }
  }>(
    `SELECT stream, actor, at, body FROM event WHERE kind = 'act.refused' ORDER BY id DESC LIMIT ${SHOWN_MAX}`,
  )
  return rows.map(({ stream, actor, at, body: { act, because } }) => ({
    ...{
      id: stream.slice('refusal:'.length),
      by: actor.slice('person:'.length),
      at: at.toISOString(),
      act,
      because,
    },
  }))
}
