/** Items in cases: what of sealed items is shown beside them in a case. */
import type { ItemId } from '#terms/evidence'
import type { Session } from './database.ts'

/** What is known of sealed bytes without looking. */
export interface VaultContent {
  readonly mediaType: string
  readonly sizeBytes: number
}

/** Type and size of some sealed items. */
export async function vaultContents(
  session: Session,
  items: readonly ItemId[],
): Promise<ReadonlyMap<ItemId, VaultContent>> {
  if (items.length === 0) return new Map()
  const { rows } = await session.query<{ id: ItemId; media_type: string; size_bytes: string }>(
    'SELECT id, media_type, size_bytes FROM vault_item WHERE id = ANY($1)',
    [items],
  )
  return new Map(
    rows.map((row) => [row.id, { mediaType: row.media_type, sizeBytes: Number(row.size_bytes) }] as const),
  )
}
