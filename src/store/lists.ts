/** Lists: the register's lists, who publishes them, and what each may be used for. */
import type { Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import type { ListChange, ListTerms, RegisteredList, Use } from '#terms/register'
import type { Signed } from './append.ts'
import { announceBound, bindAwaiting, lockNames } from './bound-lists.ts'
import { lockSeen, NO_ENTRIES, nextChange, writeChange } from './changes.ts'
import { LIST_COLUMNS, type ListRow, listOf, trustNumber } from './columns.ts'
import type { Session, Transaction } from './database.ts'

/** Letters, digits, `_`, `-` and `.`, up to 200. */
const NAME = /^[A-Za-z0-9_.-]{1,200}$/
/** Longest publisher or terms, in UTF-16 units. */
const TEXT_LENGTH_MAX = 8_192
const UNIQUE_VIOLATION = '23505'

/** What may be changed of a list. */
export type TermsGiven = Partial<ListTerms> & { readonly enabledRatio?: number }

/**
 * Makes an empty list.
 *
 * @throws Fault `register.exists` when a list of that name stands; `request.invalid` for a name or texts that cannot be
 */
export async function createList(
  transaction: Transaction,
  name: string,
  terms: ListTerms,
  signed: Signed,
): Promise<RegisteredList> {
  await lockNames(transaction)
  const list = await listToTry(transaction, name, terms, signed)
  await bindAwaiting(transaction, list, signed)
  await announceBound(transaction, list.id)
  return changedTerms(transaction, list, signed)
}

/**
 * A list as `createList` makes it, for a transaction of which nothing is kept: it is not written down, and nobody waits for it.
 *
 * @throws Fault `register.exists`; `request.invalid`
 */
export async function listToTry(
  transaction: Transaction,
  name: string,
  terms: ListTerms,
  { at }: Signed,
): Promise<RegisteredList> {
  checkName(name)
  checkTexts(terms)
  const { rows } = await transaction
    .query<ListRow>(
      `INSERT INTO list (name, kind, publisher, terms, uses, trust, scheme, version, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) RETURNING ${LIST_COLUMNS}`,
      [name, ...termsColumns(terms), at],
    )
    .catch((error: unknown) => taken(error, name))
  return listOf(required(rows[0]))
}

/** @throws Fault `register.unknown` */
export async function listNamed(session: Session, name: string): Promise<RegisteredList> {
  const { rows } = await session.query<ListRow>(
    `SELECT ${LIST_COLUMNS} FROM list WHERE name = $1 AND removed_at IS NULL`,
    [name],
  )
  if (!rows[0]) throw new Fault('register.unknown', `there is no list "${name}"`)
  return listOf(rows[0])
}

/** Every list that stands, by name. */
export async function allLists(session: Session): Promise<RegisteredList[]> {
  const { rows } = await session.query<ListRow>(
    `SELECT ${LIST_COLUMNS} FROM list WHERE removed_at IS NULL ORDER BY name COLLATE "C"`,
  )
  return rows.map(listOf)
}

/**
 * Refuses a use that the list's terms do not permit.
 *
 * @throws Fault `register.refused`
 */
export function checkUse(list: RegisteredList, use: Use): void {
  if (list.uses.includes(use)) return
  const uses = list.uses.length > 0 ? list.uses.join(', ') : 'nothing'
  throw new Fault('register.refused', `list "${list.name}" may be used for ${uses}, not for ${use}`)
}

/**
 * Changes what is set of a list. A new trust holds for entries that come from now on and state none.
 *
 * @param list as it was read: the change is decided on that version
 * @throws Fault `store.conflict` when the list was changed since it was read; `request.invalid`
 */
export async function setTerms(
  transaction: Transaction,
  list: RegisteredList,
  given: TermsGiven,
  signed: Signed,
): Promise<RegisteredList> {
  checkTexts(given)
  const { enabledRatio } = given
  if (enabledRatio !== undefined && !(enabledRatio >= 0 && enabledRatio <= 1))
    throw new Fault('request.invalid', `a share of ${enabledRatio} is not from 0 to 1`)
  const locked = await lockSeen(transaction, list)
  const next = { ...locked, ...given }
  await transaction.query(
    `UPDATE list SET kind = $2, publisher = $3, terms = $4, uses = $5, trust = $6, scheme = $7, enabled_ratio = $8
     WHERE id = $1`,
    [list.id, ...termsColumns(next), next.enabledRatio],
  )
  return changedTerms(transaction, next, signed)
}

/**
 * Gives a list another name; clients that are bound to it stay so.
 *
 * @throws Fault `register.exists`, `store.conflict`, `request.invalid`
 */
export async function renameList(
  transaction: Transaction,
  list: RegisteredList,
  name: string,
  signed: Signed,
): Promise<RegisteredList> {
  checkName(name)
  const locked = await lockSeen(transaction, list)
  await lockNames(transaction)
  await transaction
    .query('UPDATE list SET name = $2 WHERE id = $1', [list.id, name])
    .catch((error: unknown) => taken(error, name))
  await bindAwaiting(transaction, { id: list.id, name }, signed)
  await announceBound(transaction, list.id)
  return changedTerms(transaction, { ...locked, name }, signed)
}

/**
 * Removes a list: nothing is answered from it any more. Its entries stay in the tables as they were, for what it was on a date;
 * its name is free, but clients that were bound to it are bound to no other list that takes the name.
 *
 * @throws Fault `store.conflict` when the list was changed since it was read
 */
export async function removeList(
  transaction: Transaction,
  list: RegisteredList,
  because: string,
  signed: Signed,
): Promise<ListChange> {
  const locked = await lockSeen(transaction, list)
  await transaction.query('UPDATE list SET removed_at = $2 WHERE id = $1', [list.id, signed.at])
  await announceBound(transaction, list.id)
  const id = await nextChange(transaction)
  const made = { id, kind: 'remove', ...NO_ENTRIES, withdrawn: locked.entries, because } as const
  return writeChange(transaction, locked, made, signed)
}

/** Writes down what the list is from now on. */
async function changedTerms(
  transaction: Transaction,
  list: RegisteredList,
  signed: Signed,
): Promise<RegisteredList> {
  const id = await nextChange(transaction)
  const made = { id, kind: 'terms', ...NO_ENTRIES, terms: termsNow(list) } as const
  const { numberedAt } = await writeChange(transaction, list, made, signed)
  return { ...list, version: list.version + 1, changedAt: numberedAt }
}

/** What a change keeps of the list; the share in millionths, to have one form. */
export function termsNow(list: RegisteredList): Record<string, Canonical> {
  const { name, kind, publisher, terms, uses, trust, scheme, enabledRatio } = list
  const enabledMillionths = Math.round(enabledRatio * 1e6)
  return { name, kind, publisher, terms, uses, trust, scheme: scheme ?? null, enabledMillionths }
}

function termsColumns({ kind, publisher, terms, uses, trust, scheme }: ListTerms): unknown[] {
  return [kind, publisher, terms, [...new Set(uses)], trustNumber(trust), scheme ?? null]
}

function checkName(name: string): void {
  if (!NAME.test(name))
    throw new Fault('request.invalid', 'a list has a name of up to 200 letters, digits, "_", "-" and "."')
}

function checkTexts(given: TermsGiven): void {
  for (const text of [given.publisher, given.terms, given.scheme]) {
    if (text !== undefined && (text.length > TEXT_LENGTH_MAX || /[\0\p{Surrogate}]/u.test(text)))
      throw new Fault(
        'request.invalid',
        `publisher, terms and scheme have up to ${TEXT_LENGTH_MAX} characters`,
      )
  }
}

function taken(error: unknown, name: string): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
  if (!isTaken) throw error
  throw new Fault('register.exists', `there is a list "${name}" already`, { cause: error })
}

function required<T>(row: T | undefined): T {
  if (row === undefined) throw new TypeError('the database did not return what it was asked to')
  return row
}
