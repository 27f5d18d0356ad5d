/** Gate: the verdict on one item as the service gives it: what matched, what was set aside and why, and what to do. */
import type { Decision } from './client.ts'
import type { DigestKind, Orientation } from './hash.ts'
import type { Categories, Trust } from './register.ts'
import type { Check, Reason, Region, Verdict } from './verdict.ts'

/** Why a match does not count: it stays in the answer. */
export type SuppressedBy =
  /** The file itself, by SHA-256, is on a false-positive or known-good entry. */
  | { readonly kind: 'false-positive' | 'known-good'; readonly list: string; readonly entry: number }
  /** The entry that matched was judged a false positive by whoever keeps this register. */
  | { readonly kind: 'judged'; readonly entry: number }
  /** The entry is switched off until a time, or for good. */
  | { readonly kind: 'disabled' }

/** An entry of the register that an item matched. */
export interface RegisterMatch {
  readonly list: string
  readonly entry: number
  readonly trust: Trust
  readonly categories: Categories
  readonly basis: Check
  /** Bits of 256 that differ; PDQ only. */
  readonly distance?: number
  readonly orientation?: Orientation
  readonly region?: Region
  readonly frame?: number
  readonly suppressedBy?: SuppressedBy
}

/** What a remote matcher said of the item, or why it could not. */
export type RemoteSaid =
  | {
      readonly matcher: string
      readonly kind: 'match' | 'none'
      readonly category?: string
      readonly near?: boolean
    }
  | { readonly matcher: string; readonly kind: 'unknown'; readonly because: string }

/**
 * Why the gate cannot say: as in a scan; for want of the index, of a remote matcher's answer, or of a list to ask; because the
 * lists hold kinds of hash that were not given of the item; or because it hit more than is listed, all of it set aside.
 */
export type GateReason =
  | Reason
  | 'index-not-ready'
  | 'remote-failed'
  | 'not-given'
  | 'no-list'
  | 'matches-limit'

/** A check that was made, and for PDQ what of the item was looked up: a hash alone cannot be turned. */
export type CheckMade =
  | { readonly basis: DigestKind }
  | {
      readonly basis: 'pdq'
      readonly orientations: readonly Orientation[]
      readonly regions: readonly Region[]
      /** Frames or pages with at least one hash that was looked up. */
      readonly frames: number
    }

/** What is said of one item. */
export interface GateVerdict {
  readonly verdict: Verdict
  readonly because?: GateReason
  readonly decision: Decision
  readonly checked: readonly CheckMade[]
  readonly matches: readonly RegisterMatch[]
  readonly more: boolean
  readonly remote?: readonly RemoteSaid[]
}
