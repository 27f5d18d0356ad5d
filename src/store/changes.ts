/** Changes: what was done to a list, one after the other, each whole or not at all. */
import type { Actor, Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import { type Sha256, sha256 } from '#terms/hash'
import type { ChangeKind, ListChange, RegisteredList } from '#terms/register'
import { append, type Signed } from './append.ts'
import { LIST_COLUMNS, type ListRow, listOf } from './columns.ts'
import type { Session, Transaction } from './database.ts'

/** The channel on which the number of each committed change is told. */
export const CHANGE_CHANNEL = 'tutela_change'

/** What a change comes to. */
export interface ChangeCounts {
  readonly added: number
  readonly replaced: number
  readonly withdrawn: number
  readonly unchanged: number
}

/** A change that was made in its transaction, and is still to be written down. */
export interface ChangeMade extends ChangeCounts {
  /** From `nextChange`. */
  readonly id: number
  readonly kind: ChangeKind
  /** The entry that was judged. */
  readonly entry?: number
  /** The rows of entries that it brought lie from first to last. */
  readonly rows?: { readonly first: number; readonly last: number }
  /** What the list is from now on, where that changed. */
  readonly terms?: Readonly<Record<string, Canonical>>
  readonly because?: string
}

/** The counts of a change that touched no entry. */
export const NO_ENTRIES: ChangeCounts = { added: 0, replaced: 0, withdrawn: 0, unchanged: 0 }

/**
 * The list of a name, locked until the transaction ends: nobody else changes it meanwhile.
 *
 * @throws Fault `register.unknown`
 */
export async function lockList(transaction: Transaction, name: string): Promise<RegisteredList> {
  const { rows } = await transaction.query<ListRow>(
    `SELECT ${LIST_COLUMNS} FROM list WHERE name = $1 AND removed_at IS NULL FOR UPDATE`,
    [name],
  )
  if (!rows[0]) throw new Fault('register.unknown', `there is no list "${name}"`)
  return listOf(rows[0])
}

/**
 * Locks a list that was read before.
 *
 * @throws Fault `store.conflict` when it was changed since; `register.unknown` when it was removed
 */
export async function lockSeen(transaction: Transaction, seen: RegisteredList): Promise<RegisteredList> {
  const list = await lockListId(transaction, seen.id)
  if (list.version !== seen.version)
    throw new Fault('store.conflict', `list "${list.name}" was changed since version ${seen.version}`)
  return list
}

/** Locks a list by its number. */
export async function lockListId(transaction: Transaction, id: number): Promise<RegisteredList> {
  const { rows } = await transaction.query<ListRow>(
    `SELECT ${LIST_COLUMNS} FROM list WHERE id = $1 AND removed_at IS NULL FOR UPDATE`,
    [id],
  )
  if (!rows[0]) throw new Fault('register.unknown', `list ${id} was removed, or never was`)
  return listOf(rows[0])
}

/** The number that a change of a locked list will have; rows refer to it before it is written down. */
export async function nextChange(transaction: Transaction): Promise<number> {
  const { rows } = await transaction.query<{ id: number }>(
    `SELECT nextval(pg_get_serial_sequence('change', 'id'))::int AS id`,
  )
  return rows[0]?.id ?? missing()
}

/**
 * Writes a change of a locked list down: its row, its event and leaf, the list's new version, and last, under the lock that puts
 * all changes in the order of their commits, its number. Whoever listens is told once the transaction has ended well.
 */
export async function writeChange(
  transaction: Transaction,
  list: RegisteredList,
  made: ChangeMade,
  signed: Signed,
): Promise<ChangeTold> {
  await insertChange(transaction, list, made, signed)
  const digest = await changeDigest(transaction, made.id)
  const { id, kind, added, replaced, withdrawn, unchanged } = made
  const body = { change: id, kind, added, replaced, withdrawn, unchanged, digest }
  const version = await append(
    transaction,
    `list:${list.id}`,
    list.version,
    [{ kind: 'list.changed', body }],
    signed,
  )
  const entries = added - withdrawn
  const numbered = await numberChange(transaction, { id, list: list.id, version, entries, digest })
  const at = signed.at.toISOString()
  const told = { id, ...numbered, list: list.id, kind, actor: signed.actor, at, ...counted(made), digest }
  return { ...told, ...given({ because: made.because, entry: made.entry }) }
}

async function insertChange(
  transaction: Transaction,
  list: RegisteredList,
  made: ChangeMade,
  { actor, at }: Signed,
): Promise<void> {
  const { id, kind, added, replaced, withdrawn, unchanged, rows, terms, because } = made
  await transaction.query(
    `INSERT INTO change (id, list, kind, actor, at, added, replaced, withdrawn, unchanged, row_first, row_last, terms,
                         because)
     OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[id, list.id, kind, actor, at, added, replaced, withdrawn, unchanged],
      ...[rows?.first, rows?.last, terms && JSON.stringify(terms), because],
    ],
  )
}

/** Gives a change its number, and its list the version and the date that it has from then on. */
async function numberChange(
  transaction: Transaction,
  change: { id: number; list: number; version: number; entries: number; digest: Sha256 },
): Promise<Pick<ListChange, 'number' | 'numberedAt'>> {
  const { id, list, version, entries, digest } = change
  const { rows } = await transaction.query<{ number: number; numbered_at: Date }>(
    `WITH next AS (UPDATE counter SET value = value + 1 WHERE name = 'change' RETURNING value),
       numbered AS (
         UPDATE change SET number = next.value, digest = $2, numbered_at = greatest(clock_timestamp(),
             (SELECT numbered_at FROM change before WHERE before.number = next.value - 1))
           FROM next WHERE change.id = $1 RETURNING change.number, change.numbered_at)
     UPDATE list SET version = $4, entries = entries + $5, changed_at = numbered.numbered_at
       FROM numbered WHERE list.id = $3 RETURNING numbered.number, numbered.numbered_at`,
    [id, Buffer.from(digest, 'hex'), list, version, entries],
  )
  const { number, numbered_at: numberedAt } = rows[0] ?? missing()
  await transaction.query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, String(number)])
  return { number, numberedAt: numberedAt.toISOString() }
}

/** The digest of a change, worked out from what stands in the tables. */
export async function changeDigest(session: Session, id: number): Promise<Sha256> {
  const { rows } = await session.query<{ digest: Buffer }>('SELECT change_digest($1) AS digest', [id])
  return sha256(rows[0]?.digest.toString('hex') ?? '') ?? missing()
}

function counted({ added, replaced, withdrawn, unchanged }: ChangeCounts): ChangeCounts {
  return { added, replaced, withdrawn, unchanged }
}

interface ChangeRow extends ChangeCounts {
  readonly id: number
  readonly number: number
  readonly list: number
  readonly kind: ChangeKind
  readonly actor: Actor
  readonly at: Date
  readonly numbered_at: Date
  readonly digest: Buffer
  readonly because: string | null
  readonly entry: number | null
}

const CHANGE_COLUMNS = `id, number, list, kind, actor, at, numbered_at, added, replaced, withdrawn, unchanged, digest, because,
  CASE kind WHEN 'judge' THEN (SELECT entry FROM judgement WHERE since = change.id
                               UNION SELECT entry FROM judgement WHERE until = change.id) END AS entry`

/** A change as it is told afterwards. */
export type ChangeTold = ListChange & { readonly because?: string }

function changeOf(row: ChangeRow): ChangeTold {
  const { id, number, list, kind, actor, because, entry } = row
  const digest = sha256(row.digest.toString('hex')) ?? missing()
  const [at, numberedAt] = [row.at.toISOString(), row.numbered_at.toISOString()]
  const told = { id, number, list, kind, actor, at, numberedAt, ...counted(row), digest }
  return { ...told, ...given({ because: because ?? undefined, entry: entry ?? undefined }) }
}

function given({ because, entry }: { because: string | undefined; entry: number | undefined }) {
  return { ...(because !== undefined && { because }), ...(entry !== undefined && { entry }) }
}

/** The changes of a list, the newest first. @param limit most of them */
export async function changesOf(session: Session, list: number, limit: number): Promise<ChangeTold[]> {
  const { rows } = await session.query<ChangeRow>(
    `SELECT ${CHANGE_COLUMNS} FROM change WHERE list = $1 AND number IS NOT NULL ORDER BY id DESC LIMIT $2`,
    [list, limit],
  )
  return rows.map(changeOf)
}

/** The newest change of a list. @throws TypeError for a list without any, which there is not */
export async function lastChange(session: Session, list: number): Promise<ChangeTold> {
  return (await changesOf(session, list, 1))[0] ?? missing()
}

/**
 * The last change of a list that was committed by a date: what `entriesOf` takes to give the list as it was then.
 *
 * @returns undefined when the list was not there yet
 */
export async function changeAt(session: Session, list: number, date: Date): Promise<ChangeTold | undefined> {
  const { rows } = await session.query<ChangeRow>(
    `SELECT ${CHANGE_COLUMNS} FROM change WHERE list = $1 AND number IS NOT NULL AND numbered_at <= $2
     ORDER BY id DESC LIMIT 1`,
    [list, date],
  )
  return rows[0] && changeOf(rows[0])
}

/** The newest change of all lists; 0 before the first. */
export async function newestChange(session: Session): Promise<number> {
  const { rows } = await session.query<{ value: number }>(
    `SELECT value::int FROM counter WHERE name = 'change'`,
  )
  return rows[0]?.value ?? missing()
}

function missing(): never {
  throw new TypeError('the database did not return what it was asked to')
}
