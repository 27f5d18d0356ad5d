/** Desk config: the keys of the configuration that are about the review desk. */
import { VOTE_POLICIES, type VotePolicy } from '#terms/casework'
import { httpAddress, keysOf, keysWith, oneOf, type Parser, several, text, whole } from './config-values.ts'
import { type IntakeConfig, intakeKeys } from './intake-config.ts'
import { ADDRESSES } from './service-config.ts'

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
  /** A service that says how soon a case should come; none unless set. */
  readonly prioritiser?: PrioritiserConfig
}

/** A service of somebody's own that orders, and never decides. */
export interface PrioritiserConfig {
  readonly http: string
  /** Which addresses it may be at; `public` unless set. */
  readonly addresses?: (typeof ADDRESSES)[number]
  readonly secondsMax?: number
}

const SCHEMES_MAX = 8
const DAY_MINUTES = 1440
const ASK_SECONDS_MAX = 60

export function deskKeys(): Parser {
  const prioritiser = {
    http: httpAddress,
    addresses: oneOf(ADDRESSES),
    secondsMax: whole(1, ASK_SECONDS_MAX),
  }
  return keysOf({
    votes: oneOf(VOTE_POLICIES),
    ownList: text,
    publisher: text,
    schemes: several(text, SCHEMES_MAX),
    claimMinutes: whole(1, DAY_MINUTES),
    prioritiser: keysWith(prioritiser, ['http']),
    ...intakeKeys(),
  })
}
