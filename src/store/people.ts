/** People: who is admitted, with which roles and in which state; names are sealed bytes here. */
import type { Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import type { Person, PersonId, Role } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

/** A person as they stand in the database. */
export interface StoredPerson extends Person {
  readonly admittedAt: string
  /** From when the period of weeding runs. */
  readonly leftAt?: string
  readonly weededAt?: string
  readonly keyGoneAt?: string
  /** No copy of the key is left either. */
  readonly weedingCompleteAt?: string
  readonly budgetUnits?: number
}

interface PersonRow {
  readonly id: PersonId
  readonly state: Person['state']
  readonly roles: Role[]
  readonly departments: string[]
  readonly admitted_at: Date
  readonly left_at: Date | null
  readonly weeded_at: Date | null
  readonly key_gone_at: Date | null
  readonly weeding_complete_at: Date | null
  readonly budget_units: number | null
  readonly version: number
}

const COLUMNS =
  'id, state, roles, departments, admitted_at, left_at, weeded_at, key_gone_at, weeding_complete_at, budget_units, version'
const UNIQUE_VIOLATION = '23505'

/** Who comes in; what names them is sealed already. */
export interface Admitted {
  readonly id: PersonId
  readonly roles: readonly Role[]
  readonly departments: readonly string[]
  readonly identity: Uint8Array
}

/** Admits a person: invited, until they have set up their sign-in. */
export async function admitPerson(tx: Transaction, given: Admitted, signed: Signed): Promise<StoredPerson> {
  const { id, identity } = given
  const roles = [...new Set(given.roles)].sort()
  const departments = [...new Set(given.departments)].sort()
  await tx.query(
    `INSERT INTO person (id, state, roles, departments, identity, admitted_at, version)
     VALUES ($1, 'invited', $2, $3, $4, $5, 1)`,
    [id, roles, departments, identity, signed.at],
  )
  await append(tx, streamOf(id), 0, [{ kind: 'person.admitted', body: { roles, departments } }], signed)
  return required(await personOf(tx, id))
}

/** @returns undefined for a pseudonym that nobody has */
export async function personOf(session: Session, id: PersonId): Promise<StoredPerson | undefined> {
  const { rows } = await session.query<PersonRow>(`SELECT ${COLUMNS} FROM person WHERE id = $1`, [id])
  return rows[0] && parsed(rows[0])
}

/**
 * A person whose row stays as it is until the transaction ends: `share` beside other readers, `change` alone.
 *
 * @throws Fault `people.unknown`
 */
export async function lockPerson(
  tx: Transaction,
  id: PersonId,
  how: 'share' | 'change',
): Promise<StoredPerson> {
  const lock = how === 'share' ? 'FOR SHARE' : 'FOR NO KEY UPDATE'
  const { rows } = await tx.query<PersonRow>(`SELECT ${COLUMNS} FROM person WHERE id = $1 ${lock}`, [id])
  if (!rows[0]) throw new Fault('people.unknown', `there is nobody with the pseudonym ${id}`)
  return parsed(rows[0])
}

/** Everybody, in the order in which they were admitted. */
export async function allPeople(session: Session): Promise<StoredPerson[]> {
  const { rows } = await session.query<PersonRow>(`SELECT ${COLUMNS} FROM person ORDER BY admitted_at, id`)
  return rows.map(parsed)
}

/** What may be changed of a person. */
export interface PersonChange {
  readonly state?: Person['state']
  readonly roles?: readonly Role[]
  readonly departments?: readonly string[]
  /** What else its event says. */
  readonly noted?: Readonly<Record<string, Canonical>>
}

/**
 * Changes a person, with its event.
 *
 * @param person as it was read: the change is decided on that version
 * @throws Fault `store.conflict` when it was changed since
 */
export async function changePerson(
  tx: Transaction,
  person: Person,
  change: PersonChange,
  kind: `person.${string}`,
  signed: Signed,
): Promise<StoredPerson> {
  const state = change.state ?? person.state
  const roles = [...new Set(change.roles ?? person.roles)].sort()
  const departments = [...new Set(change.departments ?? person.departments)].sort()
  const { rowCount } = await tx.query(
    'UPDATE person SET state = $3, roles = $4, departments = $5 WHERE id = $1 AND version = $2',
    [person.id, person.version, state, roles, departments],
  )
  if (rowCount !== 1) throw changedMeanwhile(person)
  await notePerson(tx, person, { kind, body: { ...change.noted, state, roles, departments } }, signed)
  return required(await personOf(tx, person.id))
}

/**
 * Writes an event about a person, whose version it raises.
 *
 * @returns the person at the new version
 * @throws Fault `store.conflict` when the person was changed since
 */
export async function notePerson<P extends Person>(
  tx: Transaction,
  person: P,
  event: { readonly kind: `person.${string}`; readonly body: Readonly<Record<string, Canonical>> },
  signed: Signed,
): Promise<P> {
  const { rowCount } = await tx.query(
    'UPDATE person SET version = version + 1 WHERE id = $1 AND version = $2',
    [person.id, person.version],
  )
  if (rowCount !== 1) throw changedMeanwhile(person)
  const version = await append(tx, streamOf(person.id), person.version, [event], signed)
  return { ...person, version }
}

/** The sealed name of a person. @returns undefined once it was weeded */
export async function sealedIdentity(session: Session, id: PersonId): Promise<Buffer | undefined> {
  const { rows } = await session.query<{ identity: Buffer | null }>(
    'SELECT identity FROM person WHERE id = $1',
    [id],
  )
  return rows[0]?.identity ?? undefined
}

/** Sets the name by which a person signs in, as its keyed digest. @throws Fault `register.exists` where another has it */
export async function setSignIn(tx: Transaction, id: PersonId, signIn: Uint8Array): Promise<void> {
  await tx.query('UPDATE person SET sign_in = $2 WHERE id = $1', [id, signIn]).catch((error: unknown) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
    if (!isTaken) throw error
    throw new Fault('register.exists', 'somebody else signs in by that name', { cause: error })
  })
}

/** Whoever signs in by a name, by its keyed digest. */
export async function personBySignIn(
  session: Session,
  signIn: Uint8Array,
): Promise<StoredPerson | undefined> {
  const { rows } = await session.query<PersonRow>(
    `SELECT ${COLUMNS} FROM person WHERE sign_in = $1 AND state <> 'left'`,
    [signIn],
  )
  return rows[0] && parsed(rows[0])
}

/** Takes the sealed name out; its key is shredded by whoever calls this, once it is committed. */
export async function weedPerson(tx: Transaction, person: Person, signed: Signed): Promise<void> {
  await tx.query(
    `UPDATE person SET identity = NULL, sign_in = NULL, weeded_at = $2, state = 'left' WHERE id = $1`,
    [person.id, signed.at],
  )
  await notePerson(tx, person, { kind: 'person.weeded', body: { state: 'left' } }, signed)
}

/** The stream of a person's events. */
export function streamOf(id: PersonId): string {
  return `person:${id}`
}

function parsed(row: PersonRow): StoredPerson {
  const { id, state, roles, departments, version } = row
  return {
    ...{ id, state, roles, departments, version },
    admittedAt: row.admitted_at.toISOString(),
    ...(row.left_at && { leftAt: row.left_at.toISOString() }),
    ...(row.weeded_at && { weededAt: row.weeded_at.toISOString() }),
    ...(row.key_gone_at && { keyGoneAt: row.key_gone_at.toISOString() }),
    ...(row.weeding_complete_at && { weedingCompleteAt: row.weeding_complete_at.toISOString() }),
    ...(row.budget_units !== null && { budgetUnits: row.budget_units }),
  }
}

function changedMeanwhile({ id }: Person): Fault {
  return new Fault('store.conflict', `${id} was changed meanwhile`)
}

function required<T>(row: T | undefined): T {
  if (row === undefined) throw new TypeError('the database did not return what it was asked to')
  return row
}
