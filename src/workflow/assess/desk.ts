/** Desk: what grading works with. */
import type { Vocabularies } from '#lists/vocabularies'
import type { Database } from '#store/database'
import type { VotePolicy } from '#terms/casework'

/** What grading works with. */
export interface AssessDesk {
  readonly database: Database
  readonly vocabularies: Vocabularies
  /** The schemes that are graded in, the main one first. */
  readonly schemes: readonly string[]
  readonly policy: VotePolicy
  /** Name of the organisation's own list, and who publishes it. */
  readonly ownList: string
  readonly publisher: string
  /** Seals a rationale under the key of its vote's case. */
  readonly sealWords: (caseNumber: string, words: string) => Promise<Uint8Array>
  now(): Date
}

/** The scheme whose digits are on the keyboard, where no other is set. */
export const SCHEMES_DEFAULT = ['uk-sentencing', 'ncmec-industry'] as const
/** What is given where something is not a category of a scheme. */
export const NO_CATEGORY = 'none'
