/** Item lock: what destroys an item and what keeps it meet at its row, one after the other. */
import { createHash } from 'node:crypto'
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
    'SELECT state, sealed_at FROM vault_item WHERE id = $1 FOR UPDATE',
    [item],
  )
  if (!rows[0]) throw new Fault('evidence.unknown', `there is no item ${item}`)
  return { state: rows[0].state, sealedAt: rows[0].sealed_at.toISOString() }
}

/** SHA-256 of free text, in hex: what an event carries in its place. */
export function digestOfWords(words: string): string {
  return createHash('sha256').update(words).digest('hex')
}
