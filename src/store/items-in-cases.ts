/** Items in cases: what of sealed items is shown beside them in a case. */
import type { ItemId } from '#terms/evidence'
import type { Session } from './database.ts'

/** What is known of sealed bytes without looking. */
export interface VaultContent {
  readonly mediaType: string
  readonly sizeBytes: number
}

/** Frames of an item whose turned hashes are held against others. */
const FRAMES_MAX = 8

/**
 * PDQ hashes of some items, turned and mirrored in the seven other ways, hex: of whole frames of a quality at least.
 *
 * @returns none for an item that nothing was derived of, or that was destroyed
 */
export async function turnedOf(
  session: Session,
  items: readonly ItemId[],
  qualityMin: number,
): Promise<ReadonlyMap<ItemId, readonly string[]>> {
  const { rows } = await session.query<{ id: ItemId; turned: readonly (readonly string[])[] }>(
    `SELECT id, (SELECT jsonb_agg(whole.pdq - 0 ORDER BY whole.place) FROM (
              SELECT frame->'pdq' AS pdq, place FROM jsonb_array_elements(derived->'frames') WITH ORDINALITY AS one (frame, place)
               WHERE frame->>'region' = 'whole' AND (frame->>'quality')::int >= $2 ORDER BY place LIMIT ${FRAMES_MAX}) AS whole)
              AS turned
       FROM vault_item WHERE id = ANY($1) AND jsonb_array_length(derived->'frames') > 0`,
    [items, qualityMin],
  )
  return new Map(rows.flatMap(({ id, turned }) => (turned ? [[id, turned.flat()] as const] : [])))
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
