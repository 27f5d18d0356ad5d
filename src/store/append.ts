/** Append: the one way in which a state changes: its events and their leaves, in the transaction of the change. */
import { createHash, randomBytes } from 'node:crypto'
import type pg from 'pg'
import type { Actor, Canonical, Event, EventDraft } from '#terms/event'
import { canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import type { Session, Transaction } from './database.ts'

/** Who appends, and when. */
export interface Signed {
  readonly actor: Actor
  readonly at: Date
}

const SALT_BYTES = 32
const UNIQUE_VIOLATION = '23505'

/**
 * Appends events to a stream, each with its leaf.
 *
 * @param after version of the stream that the change was decided on; 0 for a new stream
 * @returns the stream's new version
 * @throws Fault `store.conflict` when somebody else changed the stream meanwhile: read it again and decide again
 */
export async function append(
  transaction: Transaction,
  stream: string,
  after: number,
  drafts: readonly EventDraft[],
  { actor, at }: Signed,
): Promise<number> {
  const salted = drafts.map((draft, place) => {
    const event = { stream, version: after + place + 1, actor, at: at.toISOString(), ...draft }
    const salt = randomBytes(SALT_BYTES)
    return { ...event, body: canonical(event.body), salt, hash: leafHash(salt, event) }
  })
  const [only, ...others] = salted
  if (!only) return after
  const statement = others.length === 0 ? one(only, at) : several(stream, salted, { actor, at })
  await transaction.query(statement).catch((error: unknown) => conflict(error, stream, after))
  return after + drafts.length
}

/** An event of one stream among several that are appended together. */
export interface StreamDraft extends EventDraft {
  readonly stream: string
  /** Version of the stream that the change was decided on. */
  readonly after: number
}

/**
 * Appends one event to each of many streams, each with its leaf, in one statement.
 *
 * @throws Fault `store.conflict` when somebody else changed one of the streams meanwhile
 */
export async function appendEach(
  transaction: Transaction,
  drafts: readonly StreamDraft[],
  { actor, at }: Signed,
): Promise<void> {
  if (drafts.length === 0) return
  const salted = drafts.map(({ stream, after, kind, body }) => {
    const event = { stream, version: after + 1, kind, actor, at: at.toISOString(), body }
    const salt = randomBytes(SALT_BYTES)
    return { ...event, body: canonical(body), salt, hash: leafHash(salt, event) }
  })
  const column = <K extends keyof Salted>(name: K): Salted[K][] => salted.map((one) => one[name])
  await transaction
    .query({
      name: 'append each',
      text: `WITH given AS (
               SELECT * FROM unnest($3::text[], $4::int[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
                 AS given (stream, version, kind, body, salt, hash)),
             written AS (
               INSERT INTO event (stream, version, kind, actor, at, body, salt)
               SELECT stream, version, kind, $1, $2, body::jsonb, salt FROM given RETURNING id, stream)
             INSERT INTO leaf (event, hash) SELECT id, hash FROM written JOIN given USING (stream)`,
      values: [
        ...[actor, at, column('stream'), column('version'), column('kind')],
        ...[column('body'), column('salt'), column('hash')],
      ],
    })
    .catch((error: unknown) => conflict(error, `one of ${drafts.length} streams`, 0))
}

/** An event's row with its leaf. */
interface Salted extends Omit<Event, 'id' | 'body'> {
  readonly body: string
  readonly salt: Buffer
  readonly hash: Buffer
}

/** Prepared once a connection, and in one go: each way to the database is a good part of what a small change costs. */
function one({ stream, version, kind, actor, body, salt, hash }: Salted, at: Date): pg.QueryConfig {
  return {
    name: 'append',
    text: `WITH written AS (
             INSERT INTO event (stream, version, kind, actor, at, body, salt)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id)
           INSERT INTO leaf (event, hash) SELECT id, $8 FROM written`,
    values: [stream, version, kind, actor, at, body, salt, hash],
  }
}

function several(stream: string, salted: readonly Salted[], { actor, at }: Signed): pg.QueryConfig {
  return {
    name: 'append several',
    text: `WITH given AS (
             SELECT * FROM unnest($4::int[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
               AS given (version, kind, body, salt, hash)),
           written AS (
             INSERT INTO event (stream, version, kind, actor, at, body, salt)
             SELECT $1, version, kind, $2, $3, body::jsonb, salt FROM given ORDER BY version RETURNING id, version)
           INSERT INTO leaf (event, hash) SELECT id, hash FROM written JOIN given USING (version) ORDER BY version`,
    values: [
      ...[stream, actor, at],
      ...[
        salted.map(({ version }) => version),
        salted.map(({ kind }) => kind),
        salted.map(({ body }) => body),
      ],
      ...[salted.map(({ salt }) => salt), salted.map(({ hash }) => hash)],
    ],
  }
}

/** The leaf of an event: SHA-256 of its salt and its canonical form. */
export function leafHash(salt: Uint8Array, event: Omit<Event, 'id'>): Buffer {
  const { stream, version, kind, actor, at, body } = event
  const text = canonical({ stream, version, kind, actor, at, body })
  return createHash('sha256').update(salt).update(text).digest()
}

/** The events of a stream in order. */
export async function eventsOf(session: Session, stream: string): Promise<Event[]> {
  const { rows } = await session.query<EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM event WHERE stream = $1 ORDER BY version`,
    [stream],
  )
  return rows.map(eventOf)
}

/** The columns of `EventRow`. */
export const EVENT_COLUMNS = 'id, stream, version, kind, actor, at, body'

/** An event as its row says it. */
export interface EventRow {
  readonly id: string
  readonly stream: string
  readonly version: number
  readonly kind: string
  readonly actor: Actor
  readonly at: Date
  readonly body: Record<string, Canonical>
}

/** The event that a row tells. */
export function eventOf({ at, ...row }: EventRow): Event {
  return { ...row, at: at.toISOString() }
}

function conflict(error: unknown, stream: string, after: number): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
  if (!isTaken) throw error
  throw new Fault('store.conflict', `${stream} was changed since version ${after}`, { cause: error })
}
