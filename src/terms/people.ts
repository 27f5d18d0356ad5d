/** People: who works here, in which roles, what they may do, and for which purposes. */

/** A person's pseudonym, `p-` and sixteen characters: what events, pages and colleagues see. */
export type PersonId = `p-${string}`

/** Roles by what people do; one person may have several. */
export const ROLES = [
  'analyst',
  'reviewer',
  'supervisor',
  'officer',
  'examiner',
  'approving-senior-officer',
  'safeguarding-lead',
  'steward',
  'it-responder',
  'auditor',
  'administrator',
] as const
export type Role = (typeof ROLES)[number]

/** What somebody does that not everybody may. Each passes one door. */
export const ACTS = [
  // material
  'seal',
  'view',
  'process',
  'export',
  'hold',
  'release-hold',
  'propose-destruction',
  'approve-destruction',
  'propose-export',
  'approve-export',
  'account-copy',
  'read-item',
  'keep-vault',
  // what others rely on
  'register-recipient',
  'check-recipient',
  'read-recipients',
  'register-authority',
  'revoke-authority',
  'record-advice',
  'record-training',
  'record-conflict',
  'allocate-case',
  'acknowledge-advice',
  'set-retention',
  'record-discovery',
  'declare-risk',
  'claim-risk',
  // people
  'admit-person',
  'set-roles',
  'let-in',
  'suspend-person',
  'reset-sign-in',
  'keep-passkeys',
  'set-budget',
  'read-own-exposure',
  'read-exposure-totals',
  'reveal-identity',
  'weed-identity',
  // records
  'read-ledger',
  'export-ledger',
  'make-defence-record',
  'read-records',
  // casework
  'bring-report',
  'read-queue',
  'claim-case',
  'read-case',
  'close-case',
  'withdraw-vote',
  'bring-appeal',
  'decide-appeal',
  'read-board',
  'make-golden',
  // lists and search
  'curate-lists',
  'scan',
  'crawl',
  'assess',
  'confirm',
] as const
export type Act = (typeof ACTS)[number]

/** Why somebody acts on material. Each lapses for itself. */
export const PURPOSES = [
  'assess',
  'second-review',
  'adjudicate',
  'confirm-near',
  'report',
  'investigate',
  'preserve',
  'proceedings',
  'identify-child',
  'advice',
  'appeal',
  'screen',
  'training',
  'integrity',
] as const
export type Purpose = (typeof PURPOSES)[number]

/** The three purposes for which a written authority can be given. Memorandum on section 46, paragraph 24. */
export const AUTHORITY_PURPOSES = ['investigate-offence', 'prevent-another', 'preserve-evidence'] as const
export type AuthorityPurpose = (typeof AUTHORITY_PURPOSES)[number]

/** A person as the door sees them. */
export interface Person {
  readonly id: PersonId
  readonly roles: readonly Role[]
  readonly departments: readonly string[]
  readonly state: 'invited' | 'active' | 'suspended' | 'left'
  readonly version: number
}

/** What an act is on. */
export interface Subject {
  readonly kind: 'item' | 'case' | 'person' | 'authority' | 'recipient' | 'ledger' | 'list' | 'deployment'
  readonly id: string
}

/** Why the door stayed shut: told to whoever asked, and written down. */
export const REFUSALS = [
  'no-role',
  'no-purpose',
  'purpose-not-for-role',
  'no-authority',
  'authority-conditions',
  'conflict-of-interest',
  'own-act',
  'not-allocated',
  'suspended',
  'session-old',
  'under-hold',
  'not-due',
  'destroyed',
  'never-held',
  'budget-reached',
  'break-due',
  'not-checked',
  'opted-out',
  'vault-locked',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** On what an act was let through. */
export interface Grant {
  readonly by: PersonId
  readonly act: Act
  readonly purpose?: Purpose
  readonly subject?: Subject
  /** The roles that allowed it. */
  readonly roles: readonly Role[]
  /** The written authority or the duty that it stands on, where one is asked for. */
  readonly basis?: { readonly kind: 'authority' | 'duty'; readonly id: string }
  /** An override that opened what would have stayed shut: a child at risk now. */
  readonly override?: string
  /** Advice of the authorities on like acts: shown to whoever acts. Memorandum on section 46, paragraph 26. */
  readonly advice?: readonly Advice[]
  /** ISO 8601, UTC. */
  readonly at: string
}

/** Advice that an officer gave on future conduct. */
export interface Advice {
  readonly id: string
  readonly givenTo: PersonId
  readonly officer: string
  readonly acts: readonly Act[]
  readonly words: string
  readonly at: string
  readonly acknowledgedAt?: string
}

/** What a written authority covers; a dimension that is absent is not bounded by it. */
export interface AuthorityScope {
  readonly cases?: readonly string[]
  readonly hosts?: readonly string[]
  readonly lists?: readonly string[]
}

/** A written authority, given for a chief officer or the National Crime Agency. Memorandum on section 46, paragraphs 23-24. */
export interface Authority {
  readonly id: string
  /** The officer, and for whom they give it. */
  readonly issuer: string
  readonly issuedFor: string
  readonly purposes: readonly AuthorityPurpose[]
  readonly acts: readonly Act[]
  /** People and departments; where both are empty, the whole organisation. */
  readonly people: readonly PersonId[]
  readonly departments: readonly string[]
  readonly scope: AuthorityScope
  /** `training`: whoever acts has training that holds. Anything else is words that are shown with the grant. */
  readonly conditions: readonly string[]
  /** ISO 8601, UTC. */
  readonly from: string
  readonly until: string
  /** Past this day it covers nothing until it was reviewed. */
  readonly reviewAt?: string
  readonly revokedAt?: string
  readonly version: number
}
