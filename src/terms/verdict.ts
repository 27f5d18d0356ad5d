/** Verdict: what a scan says of one file: match, none, or unknown, because. */
import type { DigestKind, Orientation } from './hash.ts'

/** Why a check that the lists call for could not be made. */
export const REASONS = [
  'unreadable',
  'permission',
  'vanished',
  'too-large',
  'truncated',
  'frames-limit',
  'encrypted',
  'decoder-failed',
  'plain',
  'container',
  'unsupported',
] as const
export type Reason = (typeof REASONS)[number]

/** A picture as it stands, or without its uniform border. */
export type Region = 'whole' | 'unbordered'

/** The checks that were made on a file. */
export type Check = DigestKind | 'pdq'

/** The checks, the one that leaves the least room for doubt first. */
export const STRENGTH: readonly Check[] = ['sha256', 'sha1', 'md5', 'pdq']

/** One entry of one list that a file matched, and on what basis. */
export interface Match {
  /** The list file's name. */
  readonly list: string
  /** Entry number within its list, counted from 1. */
  readonly entry: number
  readonly label?: string
  readonly category?: string
  readonly basis: Check
  /** Bits of 256 that differ; PDQ only. */
  readonly distance?: number
  readonly orientation?: Orientation
  readonly region?: Region
  /** Frame or page, counted from 0; PDQ only. */
  readonly frame?: number
}

/** What is said of a file. `unknown` never turns into `none`. */
export type Verdict = 'match' | 'none' | 'unknown'
