/** Sessions: who is signed in; kept here by the digest of a token that is nowhere kept. */
import { createHash, randomBytes } from 'node:crypto'
import type { Person, PersonId } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { personOf } from './people.ts'

/** How long a session lasts. */
export interface SessionLimits {
  /** Without a request. */
  readonly idleMinutes: number
  /** Whatever is done in it. */
  readonly hours: number
}

export const SESSION_LIMITS: SessionLimits = { idleMinutes: 30, hours: 12 }

/** By what a person signed in. */
export type SignedInBy = 'password' | 'recovery' | 'passkey' | 'oidc' | 'setup' | 'demonstration'

/** A session that stands. */
export interface PersonSession {
  readonly person: Person
  readonly begunAt: Date
  readonly endsAt: Date
  readonly how: SignedInBy
}

const TOKEN_BYTES = 32
const TOKEN = /^tus_[A-Za-z0-9_-]{43}$/
const MINUTE_MILLISECONDS = 60_000

/** Begins a session. @returns its token, which is to be given once, and when it ends at the latest */
export async function beginSession(
  tx: Transaction,
  {
    person,
    how,
    limits,
  }: { readonly person: PersonId; readonly how: SignedInBy; readonly limits: SessionLimits },
  at: Date,
): Promise<{ readonly token: string; readonly endsAt: Date }> {
  const token = `tus_${randomBytes(TOKEN_BYTES).toString('base64url')}`
  const hash = hashOf(token)
  const endsAt = new Date(at.getTime() + limits.hours * 60 * MINUTE_MILLISECONDS)
  await tx.query(
    'INSERT INTO session (token_hash, person, how, begun_at, seen_at, ends_at) VALUES ($1, $2, $3, $4, $4, $5)',
    [hash, person, how, at, endsAt],
  )
  const body = { how, until: endsAt.toISOString() }
  await append(tx, streamOf(hash), 0, [{ kind: 'session.begun', body }], { actor: `person:${person}`, at })
  return { token, endsAt }
}

/**
 * The session of a token, which is thereby used, unless `isUse` says that nobody did anything by it.
 *
 * @returns undefined for a token that nobody has, a session that ended, ran out or was left alone, and a person who is not active
 */
export async function sessionOf(
  session: Session,
  untrustedToken: string,
  idleMinutes: number,
  at: Date,
  isUse = true,
): Promise<PersonSession | undefined> {
  if (!TOKEN.test(untrustedToken)) return undefined
  const hash = hashOf(untrustedToken)
  const { rows } = await session.query<{
    person: PersonId
    how: SignedInBy
    begun_at: Date
    seen_at: Date
    ends_at: Date
  }>(
    `SELECT person, how, begun_at, seen_at, ends_at FROM session
     WHERE token_hash = $1 AND ended_at IS NULL AND ends_at > $2 AND seen_at > $3`,
    [hash, at, new Date(at.getTime() - idleMinutes * MINUTE_MILLISECONDS)],
  )
  const [row] = rows
  if (!row) return undefined
  const person = await personOf(session, row.person)
  if (person?.state !== 'active') return undefined
  // Once a minute is enough to know that it is in use; a clock that went back moves nothing back.
  if (isUse && at.getTime() - row.seen_at.getTime() >= MINUTE_MILLISECONDS)
    await session.query('UPDATE session SET seen_at = greatest(seen_at, $2) WHERE token_hash = $1', [
      hash,
      at,
    ])
  return { person, begunAt: row.begun_at, endsAt: row.ends_at, how: row.how }
}

/** Ends the session of a token. @returns false where none stands */
export async function endSession(tx: Transaction, token: string, signed: Signed): Promise<boolean> {
  const ended = await tx.query<{ token_hash: Buffer }>(
    'UPDATE session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL RETURNING token_hash',
    [hashOf(token), signed.at],
  )
  await noteEnded(tx, ended.rows, signed)
  return ended.rows.length === 1
}

/** Ends every session of a person, but for the one of a token where that is given. */
export async function endSessionsOf(
  tx: Transaction,
  person: PersonId,
  signed: Signed,
  except?: string,
): Promise<void> {
  const ended = await tx.query<{ token_hash: Buffer }>(
    `UPDATE session SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL
       AND ($3::bytea IS NULL OR token_hash <> $3) RETURNING token_hash`,
    [person, signed.at, except === undefined ? null : hashOf(except)],
  )
  await noteEnded(tx, ended.rows, signed)
}

async function noteEnded(
  tx: Transaction,
  rows: readonly { readonly token_hash: Buffer }[],
  signed: Signed,
): Promise<void> {
  for (const { token_hash: hash } of rows)
    await append(tx, streamOf(hash), 1, [{ kind: 'session.ended', body: {} }], signed)
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The first half of the digest names the session: it opens nothing. */
function streamOf(hash: Buffer): string {
  return `session:${hash.toString('hex').slice(0, 32)}`
}
