/** Copy: a whole ledger to be verified, whether it lies in the database or in a folder that was exported. */
import type { TilePlace } from '#ledger/tile'
import type { FileLine } from '#notary/checkpoint-file'
import type { Anchor, StoredCheckpoint } from '#store/anchors'
import type { SaltedEvent } from '#store/leaves'

/** A leaf and its event; each may lack the other, or its number, where rows were deleted or it is pending. */
export interface CopiedLeaf {
  /** Where it lies, as `event 17` or `events.jsonl line 5`. */
  readonly place: string
  readonly number?: number
  readonly hash?: Uint8Array
  readonly event?: SaltedEvent
  /** What is wrong with how it is written down. */
  readonly wrong?: string
}

/** An anchor; when it was given is what its proof says. `kept`: a checkpoint that somebody kept and brought along. */
export type CopiedAnchor = Omit<Anchor, 'at' | 'kind'> & { readonly kind: Anchor['kind'] | 'kept' }

/** A checkpoint or an anchor with where it lies. */
export type Copied<T> =
  | { readonly kind: 'read'; readonly place: string; readonly value: T }
  | { readonly kind: 'wrong'; readonly place: string; readonly says: string }

export interface LedgerCopy {
  /** Leaves with numbers first, in order. */
  leaves(): AsyncIterable<readonly CopiedLeaf[]>
  /** A tile's hashes, as many as there are; undefined where there is none. */
  tile(place: TilePlace & { readonly width: number }): Promise<Uint8Array | undefined>
  /** The places of all tiles that there are. */
  tiles(): AsyncIterable<TilePlace & { readonly width: number }>
  /** The entries of a tile's leaves, where the copy has them apart; undefined where they cannot be read. */
  entries?(number: number, width: number): Promise<readonly Uint8Array[] | undefined>
  /** In order of size. */
  checkpoints(): AsyncIterable<Copied<StoredCheckpoint>>
  /** In order of size. */
  anchors(): AsyncIterable<Copied<CopiedAnchor>>
  /** The file outside the database. */
  filed(): AsyncIterable<FileLine>
}
