/** Desk: what grading works with. */
import type { DeskConfig } from '#ground/desk-config'
import { caseKey, type PersonKeys } from '#ground/person-keys'
import { readVocabularies, type Vocabularies } from '#lists/vocabularies'
import type { Database } from '#store/database'
import type { CaseItemId, VotePolicy } from '#terms/casework'
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
  /** Of a million decisions so many are drawn for one more review. */
  readonly samplePerMillion: number
  /** A digest of a decision that nobody without the deployment's key foresees. */
  readonly drawOf: (item: CaseItemId, at: string) => Uint8Array
  now(): Date
}

/** Of decisions that one person makes alone this share is drawn where nothing else is set. */
const SAMPLE_OF_ONE = 0.05
const MILLION = 1_000_000

/** The scheme whose digits are on the keyboard, where no other is set. */
const SCHEMES_DEFAULT = ['uk-sentencing', 'ncmec-industry'] as const
/** What is given where something is not a category of a scheme. */
export const NO_CATEGORY = 'none'

/** From what a desk for grading is opened. */
export interface AssessGiven {
  readonly database: Database
  readonly keys: PersonKeys
  readonly set: Pick<DeskConfig, 'votes' | 'sample' | 'ownList' | 'schemes' | 'publisher'>
  now(): Date
}

/** What grading works with, as it is set. @throws Fault `config.invalid` for a scheme that is not known */
export function assessDesk({ database, keys, set, now }: AssessGiven): AssessDesk {
  const vocabularies = readVocabularies()
  const schemes = set.schemes ?? SCHEMES_DEFAULT
  const unknown = schemes.find((name) => vocabularies.schemes.get(name)?.kind !== 'category')
  if (unknown !== undefined)
    throw new Fault('config.invalid', `desk.schemes: nothing is graded in ${unknown}`)
  const policy = set.votes ?? 'two'
  const share = set.sample ?? (policy === 'one' ? SAMPLE_OF_ONE : 0)
  if (share > 0 && policy === 'three')
    throw new Fault('config.invalid', 'desk.sample: three grade each item already, and nothing is drawn')
  return {
    ...{ database, vocabularies, schemes, policy, now },
    samplePerMillion: Math.round(share * MILLION),
    drawOf: (item, at) => keys.digest('sample', `${item} ${at}`),
    ownList: set.ownList ?? 'own',
    publisher: set.publisher ?? 'this organisation',
    sealWords: (caseNumber, words) => keys.seal(caseKey(caseNumber), 'words', words),
  }
}
