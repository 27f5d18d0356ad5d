/** Tiles: the hashes of the tree as they lie in the database; a tile that is not full is extended in place. */
import { HASH_BYTES } from '#ledger/leaf'
import type { TilePlace } from '#ledger/tile'
import type { Tile } from '#ledger/tree'
import type { Session, Transaction } from './database.ts'

const BATCH_ROWS = 4096

/** A tile as it stands; undefined where there is none. */
export async function tileAt(
  session: Session,
  { level, number }: TilePlace,
): Promise<Uint8Array | undefined> {
  const { rows } = await session.query<{ hashes: Buffer }>({
    name: 'tile',
    text: 'SELECT hashes FROM tile WHERE level = $1 AND number = $2',
    values: [level, number],
  })
  return rows[0]?.hashes
}

/** Writes tiles down, in the place of what stood there. */
export async function putTiles(transaction: Transaction, tiles: readonly Tile[]): Promise<void> {
  await transaction.query({
    name: 'put tiles',
    text: `INSERT INTO tile (level, number, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
             ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes`,
    values: [
      tiles.map(({ level }) => level),
      tiles.map(({ number }) => number),
      tiles.map(({ hashes }) => Buffer.from(hashes)),
    ],
  })
}

/** Places and widths of all tiles, level by level and in order, in flat memory. @param transaction sees one moment */
export async function* allTiles(
  transaction: Transaction,
): AsyncGenerator<TilePlace & { readonly width: number }> {
  await transaction.query(
    `DECLARE tiles NO SCROLL CURSOR FOR
     SELECT level, number::text, length(hashes) / ${HASH_BYTES} AS width FROM tile ORDER BY level, tile.number`,
  )
  for (;;) {
    const { rows } = await transaction.query<{ level: number; number: string; width: number }>(
      `FETCH ${BATCH_ROWS} FROM tiles`,
    )
    for (const { level, number, width } of rows) yield { level, number: Number(number), width }
    if (rows.length < BATCH_ROWS) break
  }
  await transaction.query('CLOSE tiles')
}
