/** Look-up: what is asked of the register's index, and what it answers before anything is weighed. */
import type { DigestKind, HashKind, Orientation } from './hash.ts'
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

/** The bit of each kind of hash in a combination of kinds. */
export const KIND_BITS = { md5: 1, sha1: 2, sha256: 4, pdq: 8 } as const satisfies Record<HashKind, number>

/** A list as the index knows it. */
export interface IndexedRegisterList {
  readonly id: number
  readonly name: string
  readonly kind: ListKind
  readonly uses: readonly Use[]
  readonly enabledRatio: number
  readonly entries: number
  /**
   * Which kinds of hash its entries hold together: each combination of `KIND_BITS` that an entry has, once; 0 for an entry
   * with PhotoDNA alone. It may name more than there are. Absent: any.
   */
  readonly holds?: readonly number[]
  /** ISO 8601, UTC. */
  readonly changedAt: string
}
