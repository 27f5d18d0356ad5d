/** Look-up: what is asked of the register's index, and what it answers before anything is weighed. */
import type { DigestKind, Orientation } from './hash.ts'
import type { Categories, ListKind, Trust, Use } from './register.ts'
import type { Check, Region } from './verdict.ts'

/** One PDQ hash to look up, and where in the item it came from. */
export interface PdqAsked {
  readonly frame: number
  readonly region: Region
  readonly orientation: Orientation
  /** 32 bytes. */
  readonly hash: Uint8Array
}

/** All that is known of one item and can be looked up. Digests in lower-case hex. */
export interface Fingerprint {
  readonly digests: Readonly<Partial<Record<DigestKind, string>>>
  /** Only hashes of sufficient quality. */
  readonly pdq: readonly PdqAsked[]
}

/** One version of one entry that a fingerprint hit; every list of the register is searched, whoever asks. */
export interface RegisterHit {
  readonly row: number
  readonly entry: number
  /** Id of its list, for `lists`. */
  readonly list: number
  /** What its publisher says. */
  readonly trust: Trust
  /** What whoever keeps this register says instead. */
  readonly judged?: Trust
  /** Switched off until then, in milliseconds since 1970; Infinity for good. */
  readonly disabledUntil?: number
  readonly categories: Categories
  readonly basis: Check
  /** PDQ only: bits that differ, and which of the hashes asked for. */
  readonly distance?: number
  readonly query?: number
}

export interface RegisterHits {
  /** Nearest hit of each entry and basis. */
  readonly hits: readonly RegisterHit[]
  /** True when the limit cut something off. */
  readonly more: boolean
}

/** A list as the index knows it. */
export interface IndexedRegisterList {
  readonly id: number
  readonly name: string
  readonly kind: ListKind
  readonly uses: readonly Use[]
  readonly enabledRatio: number
  readonly entries: number
  /** ISO 8601, UTC. */
  readonly changedAt: string
}
