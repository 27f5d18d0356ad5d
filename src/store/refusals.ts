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

/** A refusal as it was written down. */
export interface RefusedAt {
  readonly id: string
  readonly by: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly act: string
  readonly because: Refusal
  readonly purpose?: string
  /** What it would have been on: kind, colon, id. */
  readonly on?: string
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
export async function latestRefusals(session: Session): Promise<RefusedAt[]> {
  const { rows } = await session.query<{
    stream: string
    actor: string
    at: Date
    body: Pick<RefusedAt, 'act' | 'because' | 'purpose' | 'on'>
  }>(
    `SELECT stream, actor, at, body FROM event WHERE kind = 'act.refused' ORDER BY id DESC LIMIT ${SHOWN_MAX}`,
  )
  return rows.map(({ stream, actor, at, body: { act, because, purpose, on } }) => ({
    id: stream.slice('refusal:'.length),
    by: actor.slice('person:'.length),
    at: at.toISOString(),
    ...{ act, because },
    ...(purpose !== undefined && { purpose }),
    ...(on !== undefined && { on }),
  }))
}
