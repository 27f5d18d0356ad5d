/** Credentials: by what a person signs in: hashes, sealed secrets and public keys, none of which opens by itself. */
import { newId } from '#ground/id'
import type { PersonId } from '#terms/people'
import { append, appendEach, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

export type CredentialKind = 'password' | 'totp' | 'passkey' | 'oidc' | 'recovery' | 'setup'

/** A credential that stands. */
export interface Credential {
  readonly id: string
  readonly person: PersonId
  readonly kind: CredentialKind
  readonly secret: Buffer
  /** Of TOTP the last step that was taken, of a passkey its counter. */
  readonly counter: number
  readonly label?: string
}

export interface CredentialGiven {
  /** A passkey brings its own. */
  readonly id?: string
  readonly person: PersonId
  readonly kind: CredentialKind
  readonly secret: Uint8Array
  readonly counter?: number
  readonly label?: string
  readonly expiresAt?: Date
}

interface CredentialRow {
  readonly id: string
  readonly person: PersonId
  readonly kind: CredentialKind
  readonly secret: Buffer
  readonly counter: string
  readonly label: string | null
}

const COLUMNS = 'id, person, kind, secret, counter, label'
const STANDS = 'ended_at IS NULL AND (expires_at IS NULL OR expires_at > $1)'

/** The stream of a credential: who made it and what ended it; a row without one was put in by somebody else. */
export function credentialStream(id: string): string {
  return `credential:${id}`
}

/** Keeps a credential. The event holds the keyed digest of its secret. @returns its id @throws Fault `store.conflict` */
export async function addCredential(
  tx: Transaction,
  given: CredentialGiven,
  signed: Signed,
): Promise<string> {
  const { id = newId('k'), person, kind, secret, counter = 0, label, expiresAt } = given
  await tx.query(
    `INSERT INTO credential (id, person, kind, secret, counter, label, made_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, person, kind, secret, counter, label ?? null, signed.at, expiresAt ?? null],
  )
  const body = {
    ...{ person, kind, secret: textDigest(tx, secretWords(secret)) },
    expiresAt: expiresAt?.toISOString() ?? null,
  }
  await append(tx, credentialStream(id), 0, [{ kind: 'credential.made', body }], signed)
  return id
}

/** A secret as the text that is digested. */
export function secretWords(secret: Uint8Array): string {
  return Buffer.from(secret).toString('base64')
}

/** Lets nobody else who asks for it decide on this digest until the transaction ends. */
export async function lockSecret(tx: Transaction, secret: Uint8Array): Promise<void> {
  const key = Buffer.from(secret).readBigInt64BE(0)
  await tx.query('SELECT pg_advisory_xact_lock($1)', [`${key}`])
}

/** The credentials of a kind that a person has. */
export async function credentialsOf(
  session: Session,
  person: PersonId,
  kind: CredentialKind,
  at: Date,
): Promise<Credential[]> {
  const { rows } = await session.query<CredentialRow>(
    `SELECT ${COLUMNS} FROM credential WHERE ${STANDS} AND person = $2 AND kind = $3 ORDER BY made_at, id`,
    [at, person, kind],
  )
  return rows.map(parsed)
}

/** The credential of a kind with this digest as its secret, or with this id. */
export async function credentialBy(
  session: Session,
  kind: CredentialKind,
  by: { readonly secret: Uint8Array } | { readonly id: string },
  at: Date,
): Promise<Credential | undefined> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['secret', by.secret]
  const { rows } = await session.query<CredentialRow>(
    `SELECT ${COLUMNS} FROM credential WHERE ${STANDS} AND kind = $2 AND ${column} = $3`,
    [at, kind, value],
  )
  return rows[0] && parsed(rows[0])
}

/** A credential as its person sees it. */
export interface CredentialShown {
  readonly id: string
  readonly label?: string
  readonly madeAt: Date
  readonly usedAt?: Date
}

/** The credentials of a kind that a person has, with when they were made and used last; no secret. */
export async function credentialsShown(
  session: Session,
  person: PersonId,
  kind: CredentialKind,
  at: Date,
): Promise<CredentialShown[]> {
  const { rows } = await session.query<{
    id: string
    label: string | null
    made_at: Date
    used_at: Date | null
  }>(
    `SELECT id, label, made_at, used_at FROM credential
     WHERE ${STANDS} AND person = $2 AND kind = $3 ORDER BY made_at, id`,
    [at, person, kind],
  )
  return rows.map(({ id, label, made_at: madeAt, used_at: usedAt }) => ({
    ...{ id, madeAt },
    ...(label !== null && { label }),
    ...(usedAt && { usedAt }),
  }))
}

/** True of an id that a credential has or had. */
export async function isCredentialKnown(session: Session, id: string): Promise<boolean> {
  const { rowCount } = await session.query('SELECT FROM credential WHERE id = $1', [id])
  return rowCount === 1
}

/** Takes a step of a credential that is above the last one taken. @returns false where another took it first */
export async function takeStep(tx: Transaction, id: string, step: number, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE credential SET counter = $2, used_at = $3
     WHERE id = $1 AND ended_at IS NULL AND (counter < $2 OR (kind = 'passkey' AND counter = 0 AND $2 = 0))`,
    [id, step, at],
  )
  return rowCount === 1
}

/** Uses up a credential that serves once. @returns false where it was used before */
export async function spend(tx: Transaction, id: string, signed: Signed): Promise<boolean> {
  const ended = await tx.query<{ id: string }>(
    'UPDATE credential SET ended_at = $2, used_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING id',
    [id, signed.at],
  )
  await noteEnded(tx, ended.rows, signed)
  return ended.rowCount === 1
}

/** Ends the credentials of these kinds that a person has. */
export async function endCredentials(
  tx: Transaction,
  person: PersonId,
  kinds: readonly CredentialKind[],
  signed: Signed,
): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    `UPDATE credential SET ended_at = $3 WHERE person = $1 AND kind = ANY($2) AND ended_at IS NULL
     RETURNING id`,
    [person, kinds, signed.at],
  )
  await noteEnded(tx, rows, signed)
}

/** Empties what a person signed in by, all of it ended before: of a person who is weeded no key and no name of one stays. */
export async function emptyCredentials(tx: Transaction, person: PersonId, signed: Signed): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    `UPDATE credential SET secret = '', label = NULL WHERE person = $1 AND ended_at IS NOT NULL AND secret <> ''
     RETURNING id`,
    [person],
  )
  await noteEach(tx, rows, { kind: 'credential.emptied', after: 2 }, signed)
}

function noteEnded(tx: Transaction, rows: readonly { readonly id: string }[], signed: Signed): Promise<void> {
  return noteEach(tx, rows, { kind: 'credential.ended', after: 1 }, signed)
}

function noteEach(
  tx: Transaction,
  rows: readonly { readonly id: string }[],
  { kind, after }: { readonly kind: string; readonly after: number },
  signed: Signed,
): Promise<void> {
  const drafts = rows.map(({ id }) => ({ stream: credentialStream(id), after, kind, body: {} }))
  return appendEach(tx, drafts, signed)
}

function parsed({ label, counter, ...row }: CredentialRow): Credential {
  return { ...row, counter: Number(counter), ...(label !== null && { label }) }
}
