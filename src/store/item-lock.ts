/** Item lock: what destroys an item and what keeps it meet at its row, one after the other. */
import type { ItemId, ItemState } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Transaction } from './database.ts'

/** An item as it stands under its lock. */
export interface LockedItem {
  readonly state: ItemState
  /** ISO 8601, UTC. */
  readonly sealedAt: string
}

/**
 * Locks an item's row until the transaction ends.
 *
 * @throws Fault `evidence.unknown`
 */
export async function lockItem(transaction: Transaction, item: ItemId): Promise<LockedItem> {
  const { rows } = await transaction.query<{ state: ItemState; sealed_at: Date }>(
    'SELECT state, sealed_at FROM vault_item WHERE id = $1 FOR NO KEY UPDATE',
    [item],
  )
  if (!rows[0]) throw new Fault('evidence.unknown', `there is no item ${item}`)
  return { state: rows[0].state, sealedAt: rows[0].sealed_at.toISOString() }
}
