/** Show: what is written down of an item, for those who may know of it; nothing of its content. */
import { itemNamed } from '#store/items'
import { type KeptRecord, keptOf } from '#store/kept'
import { type OpeningRecord, openingsOf } from '#store/openings'
import type { ItemId, VaultItem } from '#terms/evidence'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import type { EvidenceDesk } from './desk.ts'

/** An opening as it is told: how long somebody looked, and what it cost them, is told to themself alone. */
export type OpeningTold = Omit<OpeningRecord, 'exposureUnits' | 'seenMilliseconds' | 'boxSeconds'> &
  Partial<Pick<OpeningRecord, 'exposureUnits' | 'seenMilliseconds' | 'boxSeconds'>>

/** An item with what it is kept for, and how often it was opened. */
export interface ShownItem {
  readonly item: VaultItem
  readonly kept: readonly KeptRecord[]
  readonly openings: readonly OpeningTold[]
}

/** Shows an item. @throws Fault `people.refused`, on record; `evidence.unknown` */
export function showItem(
  { database, now }: Pick<EvidenceDesk, 'database' | 'now'>,
  id: ItemId,
  by: PersonId,
): Promise<ShownItem> {
  const asked = { by, act: 'read-item', subject: { kind: 'item', id }, at: now() } as const
  return pass(database, asked, async (tx) => ({
    item: await itemNamed(tx, id),
    kept: await keptOf(tx, id),
    openings: (await openingsOf(tx, id)).map((opening) => toldTo(by, opening)),
  }))
}

function toldTo(by: PersonId, opening: OpeningRecord): OpeningTold {
  if (opening.kind !== 'viewing' || opening.person === by) return opening
  // From when it ended its length would follow; that it has ended stands in `ending`.
  const { exposureUnits, seenMilliseconds, boxSeconds, endedAt, ...told } = opening
  return told
}
