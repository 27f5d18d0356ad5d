/** Evidence: sealed items, what may be done with them, and what was. */
import type { PersonId, Purpose } from './people.ts'

/** An item of the vault, `v-` and sixteen characters. */
export type ItemId = `v-${string}`

/** Digests and hashes that were taken in the pass that sealed an item. */
export interface SealedDigests {
  readonly md5: string
  readonly sha1: string
  readonly sha256: string
}

/** How an item stands. `quarantined`: sealed, and what derives from it is not known yet. */
export type ItemState = 'quarantined' | 'available' | 'destroyed'

/** A sealed item, as everybody who may know of it sees it. */
export interface VaultItem {
  readonly id: ItemId
  readonly digests: SealedDigests
  readonly sizeBytes: number
  /** By content, never by name: `image/jpeg`; `application/octet-stream` where it is not known. */
  readonly mediaType: string
  readonly custodian: PersonId | 'tutela'
  /** ISO 8601, UTC. */
  readonly sealedAt: string
  readonly state: ItemState
  /** SHA-256 of the sealed blob, in hex, and its size. */
  readonly blob: { readonly sha256: string; readonly sizeBytes: number }
  /** What the decoders found of it; absent until it was processed. */
  readonly derived?: Derived
  /** When blob and key were last found whole. */
  readonly verifiedAt?: string
  /** What the last verification found wrong. */
  readonly damagedBecause?: Damage
  readonly destroyedAt?: string
  readonly version: number
}

/** What came back from the decoders for an item: hashes and numbers, no content. */
export interface Derived {
  readonly kind: 'picture' | 'other' | 'unknown'
  readonly format?: string
  /** Why some part of it, or all, could not be hashed. */
  readonly because?: string
  readonly width?: number
  readonly height?: number
  readonly frames: readonly {
    readonly frame: number
    readonly region: string
    readonly quality: number
    /** PDQ in eight orientations, hex. */
    readonly pdq: readonly string[]
  }[]
  /** The version of what decoded and hashed. */
  readonly kernels: string
  readonly processedAt: string
}

/** What can be wrong with a sealed item. */
export const DAMAGES = [
  'blob-missing',
  'blob-changed',
  'blob-swapped',
  'key-missing',
  'key-unreadable',
  'key-of-another',
  'content-changed',
] as const
export type Damage = (typeof DAMAGES)[number]

/** Why an item is kept, and until when; bytes go when the last purpose has lapsed. */
export interface KeptFor {
  readonly purpose: Purpose
  /** Retention profile that sets the time: `hotline-memorandum`, `platform`, `police`, `workplace`. */
  readonly profile: string
  readonly from: string
  /** Absent: until it is decided, as under police instruction. */
  readonly until?: string
  readonly lapsedAt?: string
}

/** The three ways to open an item. There is no fourth. */
export const OPENING_KINDS = ['viewing', 'export', 'processing'] as const
export type OpeningKind = (typeof OPENING_KINDS)[number]

/** How much of a picture a viewing shows, from the least. */
export const VIEW_LEVELS = ['card', 'thumbnail', 'blurred', 'region', 'full'] as const
export type ViewLevel = (typeof VIEW_LEVELS)[number]

/** Places where a copy may be. */
export const COPY_PLACES = [
  'blob',
  'key',
  'key-backup',
  'person-key-backup',
  'blob-backup',
  'export',
  'cache',
  'mail',
  'snapshot',
  'sync',
  'log',
  'device',
  'other',
] as const
export type CopyPlace = (typeof COPY_PLACES)[number]

/** What became of a copy. `expired`: its stated time ended, and nobody confirmed it. */
export const COPY_OUTCOMES = ['destroyed', 'handed-over', 'returned', 'never-was', 'expired'] as const
export type CopyOutcome = (typeof COPY_OUTCOMES)[number]

/** How something came to be found. Memorandum on section 46, paragraphs 2, 3 and 15. */
export const DISCOVERY_WAYS = ['complaint', 'investigation', 'access', 'match', 'accident'] as const
export type DiscoveryWay = (typeof DISCOVERY_WAYS)[number]

/** To whom a report can be made that stops the clock. */
export const REPORTED_TO = ['police', 'nca', 'iwf', 'ncmec'] as const
export type ReportedTo = (typeof REPORTED_TO)[number]
