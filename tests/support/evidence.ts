/** Evidence: an item of the vault as its row alone, for what asks nothing of its bytes. */
import { randomBytes } from 'node:crypto'
import { newId } from '#ground/id'
import type { Signed } from '#store/append'
import type { Database } from '#store/database'
import { addItem } from '#store/items'
import type { ItemId } from '#terms/evidence'

const hex = (bytes: number): string => randomBytes(bytes).toString('hex')

/** Writes an item down whose bytes are nowhere. */
export async function itemRow(
  database: Database,
  at: Date,
  actor: Signed['actor'] = 'tutela',
): Promise<ItemId> {
  const given = {
    id: newId('v'),
    digests: { md5: hex(16), sha1: hex(20), sha256: hex(32) },
    sizeBytes: 1000,
    mediaType: 'image/png',
    custodian: 'tutela' as const,
    blob: { sha256: hex(32), sizeBytes: 1200 },
  }
  await database.transaction((tx) => addItem(tx, given, { actor, at }))
  return given.id
}
