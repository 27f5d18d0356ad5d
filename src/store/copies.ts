/** Copies: every place where a copy of an item or of its key may be, until it is accounted for (memorandum, paragraph 20). */
import { newId } from '#ground/id'
import type { CopyOutcome, CopyPlace, ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

/** A place where a copy may be, or was. */
export interface Copy {
  readonly id: `c-${string}`
  /** Absent for a place that holds many: a backup of the keys. */
  readonly item?: ItemId
  readonly place: CopyPlace
  /** Which one, in words: a path, a tape, a device. Free text: it stays in its table. */
  readonly label: string
  readonly madeAt: string
  readonly madeBy: string
  /** When it ends by itself. */
  readonly expiresAt?: string
  readonly accountedAt?: string
  readonly accountedBy?: string
  readonly outcome?: CopyOutcome
  readonly proof?: string
  readonly version: number
}

/** What a copy is registered with. */
export interface CopyGiven {
  readonly item?: ItemId
  readonly place: CopyPlace
  readonly label: string
  readonly expiresAt?: Date
}

/** What became of it, and what shows that: free text, or a digest. */
export interface CopyAccount {
  readonly outcome: CopyOutcome
  readonly proof: string
}

interface CopyRow {
  readonly id: `c-${string}`
  readonly item: ItemId | null
  readonly place: CopyPlace
  readonly label: string
  readonly made_at: Date
  readonly made_by: string
  readonly expires_at: Date | null
  readonly accounted_at: Date | null
  readonly accounted_by: string | null
  readonly outcome: CopyOutcome | null
  readonly proof: string | null
  readonly version: number
}

/** The stream of a copy's events. */
export function copyStream(id: string): string {
  return `copy:${id}`
}

/**
 * Registers a place where a copy is, or may be: before it is made where that is in our hands.
 *
 * @returns its id
 */
export async function addCopy(
  transaction: Transaction,
  { item, place, label, expiresAt }: CopyGiven,
  signed: Signed,
): Promise<string> {
  const id = newId('c')
  await transaction.query(
    `INSERT INTO copy (id, item, place, label, made_at, made_by, expires_at, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`,
    [id, item, place, label, signed.at, signed.actor, expiresAt],
  )
  const body = {
    ...(item !== undefined && { item }),
    place,
    labelSha256: textDigest(transaction, label),
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  }
  await append(transaction, copyStream(id), 0, [{ kind: 'copy.registered', body }], signed)
  return id
}

/**
 * Accounts for a copy: it is no more, or it is in the hands of whom it was for.
 *
 * @throws Fault `evidence.unknown`; `evidence.refused` where that was done before
 */
export async function accountCopy(
  transaction: Transaction,
  id: string,
  { outcome, proof }: CopyAccount,
  signed: Signed,
): Promise<void> {
  const { rows } = await transaction.query<{ version: number }>(
    `UPDATE copy SET accounted_at = $2, accounted_by = $3, outcome = $4, proof = $5, version = version + 1
      WHERE id = $1 AND accounted_at IS NULL RETURNING version`,
    [id, signed.at, signed.actor, outcome, proof],
  )
  const row = rows[0]
  if (!row) return refuseAccounted(transaction, id)
  const body = { outcome, proofSha256: textDigest(transaction, proof) }
  await append(transaction, copyStream(id), row.version - 1, [{ kind: 'copy.accounted', body }], signed)
}

/** A copy. @throws Fault `evidence.unknown` */
export async function copyNamed(session: Session, id: string): Promise<Copy> {
  const [copy] = await copiesWhere(session, 'id = $1', [id])
  if (!copy) throw new Fault('evidence.unknown', `there is no copy ${id}`)
  return copy
}

/**
 * The copies of an item that are not accounted for, with places that hold the keys of many and were filled while its key was
 * there. A backup whose time has ended is among them until that is written down.
 */
export function openCopies(session: Session, item: ItemId): Promise<Copy[]> {
  return copiesWhere(session, `accounted_at IS NULL AND (item = $1 OR ${HOLDS_KEY_OF})`, [item])
}

/** Every copy of an item that was ever registered, and the places that held its key among others. */
export function copiesOf(session: Session, item: ItemId): Promise<Copy[]> {
  return copiesWhere(session, `(item = $1 OR ${HOLDS_KEY_OF})`, [item])
}

/** Copies of an item's key that are not accounted for: while there is one, its destruction is not complete. */
export async function openKeyCopies(session: Session, item: ItemId): Promise<Copy[]> {
  return (await openCopies(session, item)).filter(({ place }) => place === 'key' || place === 'key-backup')
}

/**
 * The copy that the vault itself holds: the first of its kind, registered in the transaction that sealed the item.
 * Others of the same
 * kind were registered by people, and are for people to account for.
 */
export async function ownCopy(
  session: Session,
  item: ItemId,
  place: 'key' | 'blob',
): Promise<Copy | undefined> {
  const first = `id = (SELECT c.id FROM copy c JOIN event e ON e.stream = 'copy:' || c.id AND e.version = 1
    WHERE c.item = $1 AND c.place = $2 ORDER BY e.id LIMIT 1)`
  return (await copiesWhere(session, first, [item, place]))[0]
}

/** Copies that nobody has accounted for though their time has ended. */
export function copiesExpired(session: Session, now: Date, rowsMax: number): Promise<Copy[]> {
  return copiesWhere(session, 'accounted_at IS NULL AND expires_at <= $1', [now], rowsMax)
}

// A place that holds keys of many counts unless it was registered after the key was gone, or long before the item was
// sealed: a key lies in
// its folder a little before its item is written down. The order of events decides, so that a clock set back hides none.
const HOLDS_KEY_OF = `(copy.item IS NULL AND place IN ('key', 'key-backup') AND NOT EXISTS (
    SELECT FROM destruction d
      JOIN event gone ON gone.stream = 'destruction:' || d.id AND gone.kind = 'destruction.key-gone'
      JOIN event made ON made.stream = 'copy:' || copy.id AND made.version = 1
     WHERE d.item = $1 AND d.withdrawn_at IS NULL AND gone.id < made.id)
  AND NOT EXISTS (
    SELECT FROM event made, event sealed
     WHERE made.stream = 'copy:' || copy.id AND made.version = 1
       AND sealed.stream = 'vault:' || $1 AND sealed.version = 1
       AND made.id < sealed.id AND made.at < sealed.at - interval '1 day'))`

const ROWS_MAX = 10_000

async function refuseAccounted(session: Session, id: string): Promise<never> {
  const { accountedAt } = await copyNamed(session, id)
  throw new Fault('evidence.refused', `the copy ${id} was accounted for on ${accountedAt}`)
}

async function copiesWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
  rowsMax = ROWS_MAX,
): Promise<Copy[]> {
  const { rows } = await session.query<CopyRow>(
    `SELECT id, item, place, label, made_at, made_by, expires_at, accounted_at, accounted_by, outcome, proof, version
       FROM copy WHERE ${condition} ORDER BY made_at, id LIMIT ${rowsMax}`,
    values,
  )
  return rows.map((row) => ({
    id: row.id,
    ...(row.item !== null && { item: row.item }),
    place: row.place,
    label: row.label,
    madeAt: row.made_at.toISOString(),
    madeBy: row.made_by,
    ...(row.expires_at && { expiresAt: row.expires_at.toISOString() }),
    ...(row.accounted_at && { accountedAt: row.accounted_at.toISOString() }),
    ...(row.accounted_by !== null && { accountedBy: row.accounted_by }),
    ...(row.outcome !== null && { outcome: row.outcome }),
    ...(row.proof !== null && { proof: row.proof }),
    version: row.version,
  }))
}
