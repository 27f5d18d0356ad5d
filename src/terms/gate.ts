/** Gate: the verdict on one item as the service gives it: what matched, what was set aside and why, and what to do. */
import type { Decision } from './client.ts'
import type { Orientation } from './hash.ts'
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

/** Why the gate cannot say: as in a scan, or for want of the index or a remote matcher. */
export type GateReason = Reason | 'index-not-ready' | 'remote-failed' | 'not-given'

/** What is said of one item. */
export interface GateVerdict {
  readonly verdict: Verdict
  readonly because?: GateReason
  readonly decision: Decision
  readonly checked: readonly Check[]
  readonly matches: readonly RegisterMatch[]
  readonly more: boolean
  readonly remote?: readonly RemoteSaid[]
}
