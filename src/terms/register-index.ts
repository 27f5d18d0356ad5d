/** Register index: the register as it is searched, as whoever asks sees it. */
import type { Fingerprint, IndexedRegisterList, RegisterHits } from './lookup.ts'

/** Whether the index can be asked. While it is built nobody is told *none*. */
export type IndexState =
  /** It answers as of this change; and of so many later ones, which only add, while a large one before them is taken in. */
  { readonly kind: 'ready'; readonly number: number; readonly ahead?: number } | { readonly kind: 'building' }

export interface HitsAsked {
  /** Largest PDQ distance that counts. */
  readonly distanceMax?: number
  /** Hits at most. */
  readonly limit?: number
  /** Ids of the lists that are asked; all when absent. */
  readonly lists?: ReadonlySet<number>
}

/** The index in service. */
export interface RegisterIndex {
  readonly state: IndexState
  /** @throws Fault `index.not-ready` while it is built */
  hits(fingerprint: Fingerprint, asked?: HitsAsked): RegisterHits
  /** The same for many, in their order. */
  hitsMany(fingerprints: readonly Fingerprint[], asked?: HitsAsked): Promise<readonly RegisterHits[]>
  /** The lists that it answers from, by id; another map whenever a change became visible. */
  lists(): ReadonlyMap<number, IndexedRegisterList>
  /** Settles once it answers as of this change and all before it, with `alone` as of it; or of the newest that is committed. */
  catchUp(number?: number, alone?: 'alone'): Promise<void>
}
