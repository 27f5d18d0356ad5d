/** Sealings: seals under way, by which what a killed process left is known. No event: what is under way is no state yet. */
import type { ItemId } from '#terms/evidence'
import type { Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

/** Writes down that a seal begins, before a byte of it is. @param holder the lock that this process holds */
export async function beginSealing(
  session: Session,
  id: ItemId,
  holder: string,
  { actor, at }: Signed,
): Promise<void> {
  await session.query('INSERT INTO sealing (id, holder, at, actor) VALUES ($1, $2, $3, $4)', [
    id,
    holder,
    at,
    actor,
  ])
}

/** Ends a seal, with the transaction that writes down what came of it. @returns false where somebody cleared it meanwhile */
export async function endSealing(session: Session, id: ItemId): Promise<boolean> {
  const { rowCount } = await session.query('DELETE FROM sealing WHERE id = $1', [id])
  return rowCount === 1
}

/** The locks of those whose seals are written down as under way. */
export async function sealingHolders(session: Session): Promise<string[]> {
  const { rows } = await session.query<{ holder: string }>('SELECT DISTINCT holder FROM sealing')
  return rows.map(({ holder }) => holder)
}

/** The seals of a holder, locked until the transaction ends. */
export async function sealingsOf(transaction: Transaction, holder: string): Promise<ItemId[]> {
  const { rows } = await transaction.query<{ id: ItemId }>(
    'SELECT id FROM sealing WHERE holder = $1 ORDER BY id FOR UPDATE',
    [holder],
  )
  return rows.map(({ id }) => id)
}

/**
 * Waits for whoever is about to end a seal. @returns true where it is still under way, and stays so until the transaction
 * ends
 */
export async function lockSealing(transaction: Transaction, id: ItemId): Promise<boolean> {
  const { rows } = await transaction.query('SELECT id FROM sealing WHERE id = $1 FOR UPDATE', [id])
  return rows.length > 0
}

/** True of an item whose seal is under way. */
export async function isSealing(session: Session, id: string): Promise<boolean> {
  const { rows } = await session.query('SELECT id FROM sealing WHERE id = $1', [id])
  return rows.length > 0
}
