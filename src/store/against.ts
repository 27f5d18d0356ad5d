/** Against: what stands against destroying an item: a hold, a purpose that has not lapsed. */
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Transaction } from './database.ts'
import { lockItem } from './item-lock.ts'

/** What stands against destroying an item. */
export type Against = 'destroyed' | 'under-hold' | 'not-due' | 'proposed-already'

/** What stands against destroying an item, read under its lock; undefined where nothing does. @throws Fault `evidence.unknown` */
export async function againstDestroying(
  transaction: Transaction,
  item: ItemId,
): Promise<Exclude<Against, 'proposed-already'> | undefined> {
  const { state } = await lockItem(transaction, item)
  if (state === 'destroyed') return 'destroyed'
  const { rows } = await transaction.query<{ held: boolean; kept: boolean }>(
    `SELECT EXISTS (SELECT FROM hold WHERE item = $1 AND released_at IS NULL) AS held,
            EXISTS (SELECT FROM kept_for WHERE item = $1 AND lapsed_at IS NULL) AS kept`,
    [item],
  )
  if (rows[0]?.held !== false) return 'under-hold'
  return rows[0].kept ? 'not-due' : undefined
}

/** @throws Fault `evidence.refused` where something stands against it */
export function refuseFor(item: ItemId, against: Against | undefined): void {
  switch (against) {
    case undefined:
      return
    case 'destroyed':
      throw new Fault('evidence.refused', `${item} is destroyed already`)
    case 'under-hold':
      throw new Fault('evidence.refused', `${item} is under hold: it cannot go`)
    case 'not-due':
      throw new Fault('evidence.refused', `${item} is kept for a purpose that has not lapsed: it is not due`)
    case 'proposed-already':
      throw new Fault('evidence.refused', `a destruction of ${item} stands already`)
  }
}
