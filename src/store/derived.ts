/** Derived: what the decoders found of items, kept in their rows; events carry its digest. */
import { createHash } from 'node:crypto'
import { type Canonical, canonical } from '#terms/event'
import type { Derived, ItemId, VaultItem } from '#terms/evidence'
import { appendEach, type Signed } from './append.ts'
import type { Transaction } from './database.ts'
import { ITEM_COLUMNS, type ItemRow, itemOf, itemStream } from './items.ts'

/** What was found of one item. */
export interface DerivedGiven {
  readonly id: ItemId
  readonly derived: Derived
  readonly mediaType: string
  /** Id of the opening in whose name it was read. */
  readonly opening: string
}

/**
 * Keeps what the decoders found, each item's once. An item in quarantine is available from then on.
 *
 * @returns the items as they stand; one that was destroyed while it was being read is not among them
 */
export async function setDerived(
  tx: Transaction,
  given: readonly DerivedGiven[],
  signed: Signed,
): Promise<VaultItem[]> {
  const { rows } = await tx.query<ItemRow>({
    name: 'set derived',
    text: `WITH standing AS (
             SELECT vault_item.id AS found FROM vault_item
              WHERE vault_item.id = ANY($1) AND state <> 'destroyed' ORDER BY vault_item.id FOR NO KEY UPDATE),
           given AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS given (named, made, media))
           UPDATE vault_item SET derived = made::jsonb, media_type = media, version = version + 1,
                  state = CASE state WHEN 'quarantined' THEN 'available' ELSE state END
             FROM given JOIN standing ON found = named WHERE vault_item.id = found RETURNING ${ITEM_COLUMNS}`,
    values: [
      given.map(({ id }) => id),
      given.map(({ derived }) => JSON.stringify(derived)),
      given.map(({ mediaType }) => mediaType),
    ],
  })
  const items = new Map(rows.map((row) => [row.id, itemOf(row)]))
  const drafts = given.flatMap(({ id, derived, mediaType, opening }) => {
    const item = items.get(id)
    if (!item) return []
    const body = { opening, mediaType, content: derived.kind, derivedSha256: derivedDigest(derived) }
    return [{ stream: itemStream(id), after: item.version - 1, kind: 'vault.processed', body }]
  })
  await appendEach(tx, drafts, signed)
  return [...items.values()]
}

/** SHA-256 of what was found, in hex: what an event carries in its place. */
export function derivedDigest(derived: Derived): string {
  const plain = JSON.parse(JSON.stringify(derived)) as Canonical
  return createHash('sha256').update(canonical(plain)).digest('hex')
}
