/** Idempotency: the first answer to a request that names a key, given again to the same request and to no other. */
import { Fault } from '#terms/fault'
import type { Session } from './database.ts'

/** A request that names a key. */
export interface KeyedRequest {
  readonly client: number
  readonly key: string
  /** SHA-256 of all that the answer depends on. */
  readonly request: Buffer
  readonly at: Date
}

/** What is known of a request that names a key. */
export type Begun =
  /** It is the first, or the first was given up: answer it, then `keepAnswer` or `forgetRequest`. */
  | { readonly kind: 'first' }
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'in-work' }
  /** The key stands for another request. */
  | { readonly kind: 'other' }

/** How long an answer is kept. */
export const KEPT_HOURS = 24
/** After this time a request without an answer is taken for one whose service was killed. */
const GIVEN_UP_SECONDS = 120

/** Notes a request, in one statement, so that of two at once only one is the first. @throws Fault `store.unreachable` */
export async function beginRequest(session: Session, given: KeyedRequest): Promise<Begun> {
  const { client, key, request, at } = given
  const expired = new Date(at.getTime() - KEPT_HOURS * 3_600_000)
  const givenUp = new Date(at.getTime() - GIVEN_UP_SECONDS * 1000)
  const { rowCount } = await session.query(
    `INSERT INTO idempotent AS had (client, key, request, at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (client, key) DO UPDATE SET request = excluded.request, status = NULL, body = NULL, at = excluded.at
     WHERE had.at < $5 OR (had.status IS NULL AND had.at < $6)`,
    [client, key, request, at, expired, givenUp],
  )
  return rowCount === 1 ? { kind: 'first' } : had(session, given)
}

/** A request that was begun: by its time it is told from another that took its key over after it was given up. */
export type BegunRequest = Pick<KeyedRequest, 'client' | 'key' | 'at'>

interface Answer {
  readonly status: number
  readonly body: string
}

/**
 * Keeps the answer to a request that was begun: in the transaction of what it answers for, so that both are kept, or neither.
 *
 * @throws Fault `request.conflict` when the request was given up and begun again meanwhile
 */
export async function keepAnswer(
  session: Session,
  { client, key, at }: BegunRequest,
  { status, body }: Answer,
): Promise<void> {
  const { rowCount } = await session.query(
    `UPDATE idempotent SET status = $4, body = $5 WHERE client = $1 AND key = $2 AND at = $3 AND status IS NULL`,
    [client, key, at, status, body],
  )
  if (rowCount !== 1)
    throw new Fault('request.conflict', 'the request with this idempotency key was sent again meanwhile')
}

/** Says more in an answer that is kept. One that was dropped meanwhile stays so. */
export async function amendAnswer(
  session: Session,
  { client, key, at }: BegunRequest,
  body: string,
): Promise<void> {
  await session.query(
    'UPDATE idempotent SET body = $4 WHERE client = $1 AND key = $2 AND at = $3 AND status IS NOT NULL',
    [client, key, at, body],
  )
}

/** Forgets a request that came to no answer, so that it can be sent again. */
export async function forgetRequest(session: Session, { client, key, at }: BegunRequest): Promise<void> {
  await session.query(
    'DELETE FROM idempotent WHERE client = $1 AND key = $2 AND at = $3 AND status IS NULL',
    [client, key, at],
  )
}

/** Drops the answers whose time is over. @returns how many */
export async function dropOldAnswers(session: Session, now: Date): Promise<number> {
  const { rowCount } = await session.query('DELETE FROM idempotent WHERE at < $1', [
    new Date(now.getTime() - KEPT_HOURS * 3_600_000),
  ])
  return rowCount ?? 0
}

async function had(session: Session, { client, key, request }: KeyedRequest): Promise<Begun> {
  const { rows } = await session.query<{ request: Buffer; status: number | null; body: string | null }>(
    'SELECT request, status, body FROM idempotent WHERE client = $1 AND key = $2',
    [client, key],
  )
  const [row] = rows
  if (!row) return { kind: 'in-work' } // it was given up between the two statements: the next try begins it
  if (!row.request.equals(request)) return { kind: 'other' }
  return row.status === null
    ? { kind: 'in-work' }
    : { kind: 'answered', status: row.status, body: row.body ?? '' }
}
