/** Tiles: the tree's hashes as a reader of proofs asks for them, from the database. */
import { HASH_BYTES } from '#ledger/leaf'
import type { ReadTile } from '#ledger/proof'
import { TILE_WIDTH, tilePath } from '#ledger/tile'
import type { Session } from '#store/database'
import { tileAt } from '#store/tiles'
import { Fault } from '#terms/fault'

/** Reads tiles, each once. What it reads throws Fault `ledger.damaged` where a tile is gone or cut short. */
export function tilesIn(session: Session): ReadTile {
  const read = new Map<string, Promise<Uint8Array | undefined>>()
  return async ({ level, number, width }) => {
    const path = tilePath({ level, number, width: TILE_WIDTH })
    const reading = read.get(path) ?? tileAt(session, { level, number })
    read.set(path, reading)
    const hashes = await reading
    if (!hashes || hashes.length < width * HASH_BYTES)
      throw new Fault('ledger.damaged', `tile ${path} is gone or cut short: ${width} hashes were signed`)
    return hashes
  }
}
