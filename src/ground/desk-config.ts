/** Desk config: the keys of the configuration that are about the review desk. */
import { VOTE_POLICIES, type VotePolicy } from '#terms/casework'
import { decimal, keysOf, oneOf, type Parser, several, text, whole } from './config-values.ts'
import { type IntakeConfig, intakeKeys } from './intake-config.ts'
import { type PrioritiserConfig, prioritiserKey } from './prioritiser-config.ts'

/** What is set of the desk; what is absent has its default. */
export interface DeskConfig extends IntakeConfig {
  /** How many people are asked; `two` unless set. */
  readonly votes?: VotePolicy
  /** The list of the organisation's own; `own` unless set. */
  readonly ownList?: string
  /** Who publishes it; `this organisation` unless set. */
  readonly publisher?: string
  /** The schemes that are graded in, the main one first; `uk-sentencing` and `ncmec-industry` unless set. */
  readonly schemes?: readonly string[]
  /** How long somebody has a case who took it up, unless they use it; 30 unless set. */
  readonly claimMinutes?: number
  /** The share of decisions that one more person grades, blind; 0.05 where `votes` is `one`, else 0, unless set. */
  readonly sample?: number
  /** How many pictures of golden sets are mixed in a day; 0 unless set. */
  readonly goldenPerDay?: number
  /** Who may say how soon a case should come; nobody unless set. */
  readonly prioritiser?: PrioritiserConfig
}

const SCHEMES_MAX = 8
const DAY_MINUTES = 1440
/** More would be a burden that nobody needs. */
const GOLDEN_PER_DAY_MAX = 100

export function deskKeys(folder: string): Parser {
  return keysOf({
    votes: oneOf(VOTE_POLICIES),
    ownList: text,
    publisher: text,
    schemes: several(text, SCHEMES_MAX),
    claimMinutes: whole(1, DAY_MINUTES),
    sample: decimal(0, 1),
    goldenPerDay: whole(0, GOLDEN_PER_DAY_MAX),
    prioritiser: prioritiserKey(folder),
    ...intakeKeys(),
  })
}
