/** Desk: what grading works with. */
import type { DeskConfig } from '#ground/desk-config'
import { caseKey, type PersonKeys } from '#ground/person-keys'
import { readVocabularies, type Vocabularies } from '#lists/vocabularies'
import type { Database } from '#store/database'
import type { VotePolicy } from '#terms/casework'
import { Fault } from '#terms/fault'

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
const SCHEMES_DEFAULT = ['uk-sentencing', 'ncmec-industry'] as const
/** What is given where something is not a category of a scheme. */
export const NO_CATEGORY = 'none'

/** From what a desk for grading is opened. */
export interface AssessGiven {
  readonly database: Database
  readonly keys: PersonKeys
  readonly set: Pick<DeskConfig, 'votes' | 'ownList' | 'schemes' | 'publisher'>
  now(): Date
}

/** What grading works with, as it is set. @throws Fault `config.invalid` for a scheme that is not known */
export function assessDesk({ database, keys, set, now }: AssessGiven): AssessDesk {
  const vocabularies = readVocabularies()
  const schemes = set.schemes ?? SCHEMES_DEFAULT
  const unknown = schemes.find((name) => vocabularies.schemes.get(name)?.kind !== 'category')
  if (unknown !== undefined)
    throw new Fault('config.invalid', `desk.schemes: nothing is graded in ${unknown}`)
  return {
    ...{ database, vocabularies, schemes, now },
    policy: set.votes ?? 'two',
    ownList: set.ownList ?? 'own',
    publisher: set.publisher ?? 'this organisation',
    sealWords: (caseNumber, words) => keys.seal(caseKey(caseNumber), 'words', words),
  }
}
