/** Standing: how an item of the vault stands, read for the door and kept so until its transaction ends. */
import type { ItemState } from '#terms/evidence'
import type { Transaction } from './database.ts'

export interface ItemStanding {
  readonly state: ItemState
  readonly isHeld: boolean
  /** Cases that it belongs to. */
  readonly cases: readonly string[]
}

/**
 * Reads an item and locks its row: `share` beside others who read it, `change` alone.
 *
 * @returns undefined for an id that no item has
 */
export async function itemStanding(
  tx: Transaction,
  id: string,
  how: 'share' | 'change',
): Promise<ItemStanding | undefined> {
  const lock = how === 'share' ? 'FOR SHARE' : 'FOR NO KEY UPDATE'
  const locked = await tx.query<{ state: ItemState }>(`SELECT state FROM vault_item WHERE id = $1 ${lock}`, [
    id,
  ])
  const state = locked.rows[0]?.state
  if (state === undefined) return undefined
  // Read once the row is locked: a hold or a case that came before it is seen.
  const { rows } = await tx.query<{ held: boolean; cases: string[] }>(
    `SELECT EXISTS (SELECT FROM hold WHERE item = $1 AND released_at IS NULL) AS held,
            ARRAY(SELECT case_number FROM item_case WHERE item = $1 ORDER BY case_number) AS cases`,
    [id],
  )
  return { state, isHeld: rows[0]?.held === true, cases: rows[0]?.cases ?? [] }
}
