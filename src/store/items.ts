/** Items: what the vault holds, row by row; bytes and keys lie elsewhere. */
import type { Canonical } from '#terms/event'
import type { Damage, Derived, ItemId, ItemState, SealedDigests, VaultItem } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

/** A new item, sealed already: its blob and its key are safe before this is written. */
export interface ItemGiven {
  readonly id: ItemId
  readonly digests: SealedDigests
  readonly sizeBytes: number
  readonly mediaType: string
  readonly custodian: PersonId | 'tutela'
  readonly blob: { readonly sha256: string; readonly sizeBytes: number }
}

/** The row of an item. */
export interface ItemRow {
  readonly id: ItemId
  readonly state: ItemState
  readonly md5: Buffer
  readonly sha1: Buffer
  readonly sha256: Buffer
  readonly size_bytes: string
  readonly media_type: string
  readonly custodian: PersonId | 'tutela'
  readonly sealed_at: Date
  readonly blob_sha256: Buffer
  readonly blob_bytes: string
  readonly derived: Derived | null
  readonly verified_at: Date | null
  readonly damaged_because: Damage | null
  readonly destroyed_at: Date | null
  readonly version: number
}

/** The columns of `ItemRow`. */
export const ITEM_COLUMNS = `id, state, md5, sha1, sha256, size_bytes, media_type, custodian, sealed_at, blob_sha256, blob_bytes,
  derived, verified_at, damaged_because, destroyed_at, version`
const PAGE_ROWS = 500

/** The stream of an item's events. */
export function itemStream(id: ItemId): string {
  return `vault:${id}`
}

/**
 * Writes down a sealed item.
 *
 * @returns undefined when an item with this SHA-256 stands already
 */
export async function addItem(
  transaction: Transaction,
  given: ItemGiven,
  signed: Signed,
): Promise<VaultItem | undefined> {
  const { id, digests, sizeBytes, mediaType, custodian, blob } = given
  const hex = (digest: string): Buffer => Buffer.from(digest, 'hex')
  const { rows } = await transaction.query<ItemRow>(
    `INSERT INTO vault_item (id, state, md5, sha1, sha256, size_bytes, media_type, custodian, sealed_at, blob_sha256,
                             blob_bytes, version)
     VALUES ($1, 'quarantined', $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)
     ON CONFLICT (sha256) WHERE state <> 'destroyed' DO NOTHING RETURNING ${ITEM_COLUMNS}`,
    [
      ...[id, hex(digests.md5), hex(digests.sha1), hex(digests.sha256), sizeBytes, mediaType, custodian],
      ...[signed.at, hex(blob.sha256), blob.sizeBytes],
    ],
  )
  const [row] = rows
  if (!row) return undefined
  const body = {
    ...digests,
    sizeBytes,
    mediaType,
    custodian,
    blobSha256: blob.sha256,
    blobBytes: blob.sizeBytes,
  }
  await append(transaction, itemStream(id), 0, [{ kind: 'vault.sealed', body }], signed)
  return itemOf(row)
}

/** An item. @throws Fault `evidence.unknown` */
export async function itemNamed(session: Session, id: ItemId): Promise<VaultItem> {
  const text = `SELECT ${ITEM_COLUMNS} FROM vault_item WHERE id = $1`
  const { rows } = await session.query<ItemRow>({ name: 'item', text, values: [id] })
  return known(rows[0], id)
}

/** True of an item that was ever written down. */
export async function isWritten(session: Session, id: ItemId): Promise<boolean> {
  const { rows } = await session.query('SELECT id FROM vault_item WHERE id = $1', [id])
  return rows.length > 0
}

/** The cases that an item is in. */
export async function casesOf(session: Session, id: ItemId): Promise<string[]> {
  const { rows } = await session.query<{ case_number: string }>(
    'SELECT case_number FROM item_case WHERE item = $1 ORDER BY case_number COLLATE "C"',
    [id],
  )
  return rows.map(({ case_number }) => case_number)
}

/** True of an item that is there and not destroyed; it cannot be until the transaction ends. */
export async function isStanding(transaction: Transaction, id: string): Promise<boolean> {
  const { rows } = await transaction.query(
    `SELECT id FROM vault_item WHERE id = $1 AND state <> 'destroyed' FOR SHARE`,
    [id],
  )
  return rows.length > 0
}

/** The item that stands with a SHA-256, locked until the transaction ends. */
export async function lockItemByDigest(
  transaction: Transaction,
  sha256: string,
): Promise<VaultItem | undefined> {
  const { rows } = await transaction.query<ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM vault_item WHERE sha256 = $1 AND state <> 'destroyed' FOR UPDATE`,
    [Buffer.from(sha256, 'hex')],
  )
  return rows[0] && itemOf(rows[0])
}

/** The item whose blob has a SHA-256, whatever its state. */
export async function itemByBlob(session: Session, blobSha256: string): Promise<ItemId | undefined> {
  const { rows } = await session.query<{ id: ItemId }>('SELECT id FROM vault_item WHERE blob_sha256 = $1', [
    Buffer.from(blobSha256, 'hex'),
  ])
  return rows[0]?.id
}

/** Every item, those verified longest ago first, in pages; what is added meanwhile may be missed. */
export async function* allItems(session: Session): AsyncGenerator<VaultItem> {
  const { rows: ids } = await session.query<{ id: ItemId }>(
    'SELECT id FROM vault_item ORDER BY verified_at NULLS FIRST, id',
  )
  for (let at = 0; at < ids.length; at += PAGE_ROWS) {
    const page = ids.slice(at, at + PAGE_ROWS).map(({ id }) => id)
    const { rows } = await session.query<ItemRow>(
      `SELECT ${ITEM_COLUMNS} FROM vault_item JOIN unnest($1::text[]) WITH ORDINALITY AS asked(asked, place) ON asked = id
        ORDER BY place`,
      [page],
    )
    for (const row of rows) yield itemOf(row)
  }
}

/** Puts an item into a case; where it is in it already nothing changes. */
export async function addToCase(
  transaction: Transaction,
  id: ItemId,
  caseNumber: string,
  signed: Signed,
): Promise<void> {
  const { rowCount } = await transaction.query(
    'INSERT INTO item_case (item, case_number) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [id, caseNumber],
  )
  if (rowCount === 1) await noteOnItem(transaction, id, 'vault.put-into-case', { caseNumber }, signed)
}

/** Items that nothing was derived of yet, the oldest first; none that is known to be damaged, or that screening will read. */
export async function quarantined(session: Session, rowsMax: number): Promise<ItemId[]> {
  const { rows } = await session.query<{ id: ItemId }>(
    `SELECT id FROM vault_item WHERE state = 'quarantined' AND damaged_because IS NULL
        AND NOT EXISTS (SELECT FROM case_item WHERE item = vault_item.id AND case_item.state = 'new' AND screen_after IS NOT NULL)
      ORDER BY sealed_at, id LIMIT $1`,
    [rowsMax],
  )
  return rows.map(({ id }) => id)
}

/**
 * Appends to an item's stream what was done with it, and lifts its version.
 *
 * @returns the item as it stands afterwards
 * @throws Fault `evidence.unknown`
 */
export async function noteOnItem(
  transaction: Transaction,
  id: ItemId,
  kind: `vault.${string}`,
  body: Readonly<Record<string, Canonical>>,
  signed: Signed,
): Promise<VaultItem> {
  const { rows } = await transaction.query<ItemRow>(
    `UPDATE vault_item SET version = version + 1 WHERE id = $1 RETURNING ${ITEM_COLUMNS}`,
    [id],
  )
  const item = known(rows[0], id)
  await append(transaction, itemStream(id), item.version - 1, [{ kind, body }], signed)
  return item
}

/** Keeps what a verification found. Only what is new of it is an event. */
export async function setVerified(
  transaction: Transaction,
  id: ItemId,
  damage: Damage | undefined,
  signed: Signed,
): Promise<void> {
  const before = await transaction.query<{ damaged_because: Damage | null }>(
    'SELECT damaged_because FROM vault_item WHERE id = $1 FOR UPDATE',
    [id],
  )
  await transaction.query(
    `UPDATE vault_item SET damaged_because = $2::text,
            verified_at = CASE WHEN $2::text IS NULL THEN $3 ELSE verified_at END
      WHERE id = $1`,
    [id, damage ?? null, signed.at],
  )
  const was = before.rows[0]?.damaged_because ?? undefined
  if (was === damage) return
  if (damage === undefined) await noteOnItem(transaction, id, 'vault.found-whole', {}, signed)
  else await noteOnItem(transaction, id, 'vault.found-damaged', { because: damage }, signed)
}

/**
 * Ends an item: from here on nobody is given its bytes, and what is left of key and blob is removed. The row stays, as a
 * tombstone.
 *
 * @throws Fault `evidence.unknown`; `evidence.refused` where it is destroyed already
 */
export async function endItem(transaction: Transaction, id: ItemId, signed: Signed): Promise<VaultItem> {
  const { rows } = await transaction.query<{ id: string }>(
    `UPDATE vault_item SET state = 'destroyed', destroyed_at = $2, derived = NULL
      WHERE id = $1 AND state <> 'destroyed' RETURNING id`,
    [id, signed.at],
  )
  if (rows.length === 0) {
    await itemNamed(transaction, id)
    throw new Fault('evidence.refused', `${id} is destroyed already`)
  }
  return noteOnItem(transaction, id, 'vault.destroyed', {}, signed)
}

function known(row: ItemRow | undefined, id: ItemId): VaultItem {
  if (!row) throw new Fault('evidence.unknown', `there is no item ${id}`)
  return itemOf(row)
}

/** The item that a row tells. */
export function itemOf(row: ItemRow): VaultItem {
  return {
    id: row.id,
    digests: {
      md5: row.md5.toString('hex'),
      sha1: row.sha1.toString('hex'),
      sha256: row.sha256.toString('hex'),
    },
    sizeBytes: Number(row.size_bytes),
    mediaType: row.media_type,
    custodian: row.custodian,
    sealedAt: row.sealed_at.toISOString(),
    state: row.state,
    blob: { sha256: row.blob_sha256.toString('hex'), sizeBytes: Number(row.blob_bytes) },
    ...(row.derived && { derived: row.derived }),
    ...(row.verified_at && { verifiedAt: row.verified_at.toISOString() }),
    ...(row.damaged_because && { damagedBecause: row.damaged_because }),
    ...(row.destroyed_at && { destroyedAt: row.destroyed_at.toISOString() }),
    version: row.version,
  }
}
