/** Authorities: written authorities, as they were given; a revoked one stays. */
import { newId } from '#ground/id'
import type { Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import {
  ACTS,
  type Act,
  AUTHORITY_PURPOSES,
  type Authority,
  type AuthorityPurpose,
  type AuthorityScope,
  type PersonId,
} from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

/** What is registered of an authority; the paper itself is kept elsewhere, under this digest. */
export type AuthorityGiven = Omit<Authority, 'id' | 'version' | 'revokedAt'> & {
  /** SHA-256 of the document, in hex. */
  readonly documentSha256?: string
}

interface AuthorityRow {
  readonly id: string
  readonly issuer: string
  readonly issued_for: string
  readonly purposes: AuthorityPurpose[]
  readonly acts: Act[]
  readonly people: PersonId[]
  readonly departments: string[]
  readonly scope: AuthorityScope
  readonly conditions: string[]
  readonly starts_at: Date
  readonly ends_at: Date
  readonly review_at: Date | null
  readonly revoked_at: Date | null
  readonly version: number
}

const COLUMNS = `id, issuer, issued_for, purposes, acts, people, departments, scope, conditions, starts_at, ends_at, review_at,
  revoked_at, version`
const MANY_MAX = 1000
const TEXT_CHARACTERS_MAX = 2000

/** Registers a written authority. @throws Fault `request.invalid` for one that could cover nothing */
export async function registerAuthority(
  tx: Transaction,
  given: AuthorityGiven,
  signed: Signed,
): Promise<Authority> {
  check(given)
  const id = newId('a')
  const { issuer, issuedFor, purposes, acts, people, departments, scope, conditions } = given
  await tx.query(
    `INSERT INTO authority (id, issuer, issued_for, purposes, acts, people, departments, scope, conditions, starts_at,
       ends_at, review_at, document_sha256, registered_by, registered_at, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)`,
    [
      ...[id, issuer, issuedFor, purposes, acts, people, departments, JSON.stringify(scope), conditions],
      ...[given.from, given.until, given.reviewAt ?? null],
      given.documentSha256 === undefined ? null : Buffer.from(given.documentSha256, 'hex'),
      ...[signed.actor, signed.at],
    ],
  )
  const authority = await authorityOf(tx, id)
  await append(
    tx,
    `authority:${id}`,
    0,
    [{ kind: 'authority.registered', body: stated(authority, (text) => textDigest(tx, text)) }],
    signed,
  )
  return authority
}

/** Revokes an authority: it covers nothing from now on. @throws Fault `people.unknown`, `store.conflict` */
export async function revokeAuthority(
  tx: Transaction,
  id: string,
  because: string,
  signed: Signed,
): Promise<void> {
  const { revokedAt, version } = await authorityOf(tx, id)
  if (revokedAt !== undefined) throw new Fault('store.conflict', `authority ${id} was revoked already`)
  const { rowCount } = await tx.query(
    `UPDATE authority SET revoked_at = $3, revoked_because = $4, version = version + 1
     WHERE id = $1 AND version = $2`,
    [id, version, signed.at, because],
  )
  if (rowCount !== 1) throw new Fault('store.conflict', `authority ${id} was changed meanwhile`)
  const body = { because: textDigest(tx, because) }
  await append(tx, `authority:${id}`, version, [{ kind: 'authority.revoked', body }], signed)
}

/** @throws Fault `people.unknown` */
export async function authorityOf(session: Session, id: string): Promise<Authority> {
  const { rows } = await session.query<AuthorityRow>(`SELECT ${COLUMNS} FROM authority WHERE id = $1`, [id])
  if (!rows[0]) throw new Fault('people.unknown', `there is no authority ${id}`)
  return parsed(rows[0])
}

/** Every authority that was registered, the newest first. */
export async function allAuthorities(session: Session): Promise<Authority[]> {
  const { rows } = await session.query<AuthorityRow>(
    `SELECT ${COLUMNS} FROM authority ORDER BY registered_at DESC, id`,
  )
  return rows.map(parsed)
}

/**
 * Those for an act that are in force at a time, kept from being revoked until the transaction ends.
 *
 * @param person whoever acts: one that they registered themself covers others, by a department or the whole
 * organisation, and not them
 */
export async function authoritiesInForce(
  tx: Transaction,
  act: Act,
  person: PersonId,
  at: Date,
): Promise<Authority[]> {
  const { rows } = await tx.query<AuthorityRow>(
    `SELECT ${COLUMNS} FROM authority
     WHERE $1 = ANY(acts) AND starts_at <= $2 AND ends_at > $2 AND revoked_at IS NULL
       AND registered_by <> $3 ORDER BY id FOR SHARE`,
    [act, at, `person:${person}`],
  )
  return rows.map(parsed)
}

/** Why an authority was revoked; undefined of one that stands. */
export async function revokedBecause(session: Session, id: string): Promise<string | undefined> {
  const { rows } = await session.query<{ because: string | null }>(
    'SELECT revoked_because AS because FROM authority WHERE id = $1',
    [id],
  )
  return rows[0]?.because ?? undefined
}

function parsed(row: AuthorityRow): Authority {
  const { id, issuer, purposes, acts, people, departments, scope, conditions, version } = row
  return {
    ...{ id, issuer, issuedFor: row.issued_for, purposes, acts, people, departments, scope, conditions },
    from: row.starts_at.toISOString(),
    until: row.ends_at.toISOString(),
    ...(row.review_at && { reviewAt: row.review_at.toISOString() }),
    ...(row.revoked_at && { revokedAt: row.revoked_at.toISOString() }),
    version,
  }
}

/** What an event says of an authority: who gave it, where it holds and on what terms as `digested` has it. */
export function stated(authority: Authority, digested: (text: string) => Canonical) {
  const { issuer, issuedFor, purposes, acts, people, departments, scope, conditions, from, until } = authority
  const words = digested(JSON.stringify([issuer, issuedFor, scope, conditions, departments]))
  return { purposes, acts, people, from, until, reviewAt: authority.reviewAt ?? null, words }
}

function check(given: AuthorityGiven): void {
  const { purposes, acts, from, until, people, departments, scope, conditions } = given
  if (purposes.length === 0 || !purposes.every((one) => AUTHORITY_PURPOSES.includes(one)))
    throw invalid(`an authority is given for one of ${AUTHORITY_PURPOSES.join(', ')} (paragraph 24)`)
  if (acts.length === 0 || !acts.every((one) => ACTS.includes(one)))
    throw invalid('an authority names the acts that it covers')
  for (const day of [from, until, given.reviewAt ?? until])
    if (Number.isNaN(Date.parse(day))) throw invalid(`"${day}" is no date`)
  if (!(Date.parse(from) < Date.parse(until))) throw invalid('an authority ends after it begins')
  const lists = [people, departments, conditions, ...Object.values(scope)]
  if (lists.some((one) => one.length > MANY_MAX)) throw invalid(`up to ${MANY_MAX} of each may be named`)
  const texts = [given.issuer, given.issuedFor, ...conditions]
  if (texts.some((one) => one.trim() === '' || one.length > TEXT_CHARACTERS_MAX))
    throw invalid(`issuer, for whom and conditions are texts of up to ${TEXT_CHARACTERS_MAX} characters`)
}

function invalid(message: string): Fault {
  return new Fault('request.invalid', message)
}
