/** Opening: what the vault asks for before it gives the bytes of one item, once. */
import type { ItemId, OpeningKind } from '#terms/evidence'
import { takeOpening } from './mint.ts'

/** Bytes of an item are given for nothing else than this, once, and not after its time. */
export interface Opening {
  readonly kind: OpeningKind
  /** Of the viewing, export or processing that was written down before this was made. */
  readonly id: string
  readonly item: ItemId
  /** ISO 8601, UTC: afterwards nothing is given. */
  readonly until: string
}

/** Takes an opening for good. @returns false for one that was taken before, was never made by the store, or has run out */
export function spendOpening(opening: Opening, now: Date): boolean {
  return takeOpening(opening) && now.toISOString() <= opening.until
}
