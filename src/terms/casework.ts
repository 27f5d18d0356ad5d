/** Casework: cases and their items, what the machine found of them, what people said, and what was decided. */
import type { ItemId } from './evidence.ts'
import type { PersonId, Purpose } from './people.ts'
import type { Warning } from './prioritiser.ts'
import type { Categories, Trust } from './register.ts'
import type { ReporterTrust, ReportKind } from './report.ts'
import type { Check } from './verdict.ts'

/** `young-people` and `workplace` take no bytes, and nothing of theirs becomes an entry by itself. */
export const CASE_KINDS = ['hotline', 'platform', 'device', 'referral', 'young-people', 'workplace'] as const
export type CaseKind = (typeof CASE_KINDS)[number]

/**
 * `screening`: the machine is at it; `waiting`: for an analyst; `second`: for another person; `third`: two disagree;
 * `decided`: nothing of it waits for a person; `closed`.
 */
export const CASE_STATES = ['screening', 'waiting', 'second', 'third', 'decided', 'closed'] as const
export type CaseState = (typeof CASE_STATES)[number]

/** What the order of the queue goes by, the weightiest first; each is compared only where those before it are equal. */
export interface Priority {
  /** A child is at risk now: before everything. */
  readonly atRisk: boolean
  /** Referral grade 1: an immediate threat to a child's life. */
  readonly gradeOne: boolean
  /** 0 to 3, from what known entries say of it: 3 the gravest categories of the scheme, 1 unknown, 0 said to be harmless. */
  readonly severity: number
  /** ISO 8601: when the nearest clock ends; absent where none runs. */
  readonly dueAt?: string
  /** 0 to 3: the same file, a near one, unknown, not checked. */
  readonly confidence: number
  readonly trust: ReporterTrust
  /** What a prioritiser added, −10 to 10, by whose word; it never decides. */
  readonly ordered?: { readonly by: string; readonly points: number }
  /** ISO 8601: the oldest report. */
  readonly receivedAt: string
}

/** Who works on a case, until when. Exclusive: two analysts never have one case. */
export interface Claim {
  readonly by: PersonId
  readonly purpose: Extract<Purpose, 'assess' | 'second-review' | 'adjudicate'>
  /** ISO 8601; it lapses then unless it is used. */
  readonly until: string
}

/** A case, without a picture. */
export interface Case {
  readonly number: string
  readonly kind: CaseKind
  readonly state: CaseState
  readonly openedAt: string
  readonly priority: Priority
  readonly claim?: Claim
  readonly heldBecause?: string
  readonly closedAt?: string
  readonly closedBecause?: string
  /** When it last came to wait again after it was decided or closed: the clocks of what had come before begin anew. */
  readonly reopenedAt?: string
  readonly version: number
}

/** An item of a case, `i-` and sixteen characters: a file, or the hashes or the address of one. */
export type CaseItemId = `i-${string}`

/** How an item stands. `known`: the same file as a relied-on entry, and nobody need look. */
export const CASE_ITEM_STATES = [
  'new',
  'known',
  'near',
  'none',
  'unknown',
  'voted',
  'split',
  'decided',
] as const
export type CaseItemState = (typeof CASE_ITEM_STATES)[number]

/** Hashes of an item that came with its report, or were taken of it; hex. */
export interface ItemHashes {
  readonly md5?: string
  readonly sha1?: string
  readonly sha256?: string
  readonly pdq?: readonly { readonly hash: string; readonly quality: number }[]
}

/** An entry that an item was found to match. */
export interface ScreenMatch {
  readonly list: string
  readonly entry: number
  readonly trust: Trust
  readonly categories: Categories
  readonly basis: Check
  readonly distance?: number
}

/** What a prioritiser's model said of a picture. It orders and warns, is often wrong, and is never a finding. */
export interface Classified {
  /** Which model, as `nsfwjs 4.3.0 mobilenet_v2`. */
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  /** −10 to 10; absent where it could say nothing, with why. */
  readonly points?: number
  readonly warnings: readonly Warning[]
  readonly because?: string
}

/** What the machine found of an item. */
export interface Screening {
  /**
   * `same`: by SHA-256 a relied-on entry; `near`: anything less; `none` means these lists, at this time, within this
   * distance.
   */
  readonly outcome: 'same' | 'near' | 'none' | 'unknown'
  readonly because?: string
  /** It was known before, by an entry that is relied on no more: disputed, withdrawn or said to be wrong since. */
  readonly wasKnown?: true
  readonly matches: readonly ScreenMatch[]
  /** Number of the register's change that was searched. */
  readonly change: number
  readonly versions: string
  /** ISO 8601. */
  readonly at: string
  readonly attempts: number
  readonly classified?: Classified
}

export interface CaseItem {
  readonly id: CaseItemId
  readonly caseNumber: string
  /** Its sealed bytes; absent where they are not held. */
  readonly item?: ItemId
  readonly hashes: ItemHashes
  readonly kind: ReportKind
  readonly state: CaseItemState
  readonly screening?: Screening
  /** Near-duplicates of a case lie in one stack, named by its first item. */
  readonly stack: CaseItemId
  readonly decision?: Decided
  readonly version: number
}

/** Where something was seen by those who graded it, from the least. */
export const BASES = ['hash', 'text', 'metadata', 'thumbnail', 'region', 'full', 'third-party'] as const
export type Basis = (typeof BASES)[number]

/** What is said of an item beside its category. Codes are of the vocabularies. */
export interface Annotation {
  /** Of `iwf-age-band`; the youngest child that is seen. */
  readonly youngest?: string
  readonly sexes?: readonly ('female' | 'male' | 'unclear')[]
  readonly children?: number
  readonly selfGenerated?: 'yes' | 'no' | 'unclear'
  readonly selfGeneratedContext?: 'consensual' | 'pressured' | 'recorded-by-others' | 'unclear'
  readonly origin?: 'photographed' | 'drawn' | 'generated' | 'unclear'
  readonly series?: string
}

export const VOTE_ROUNDS = [1, 2, 3, 4] as const
export type VoteRound = (typeof VOTE_ROUNDS)[number]

/** A grade: a category of a scheme as it stood. `none`: not a category of it. */
export interface Grade {
  readonly scheme: string
  readonly version: string
  readonly category: string
}

/** What one person says of one item. Another's is not shown to them before theirs is in. */
export interface Vote {
  readonly id: `w-${string}`
  readonly item: CaseItemId
  readonly by: PersonId
  /** 1: the analyst; 2: another person; 3: where they disagree, or always; 4: where three disagree. */
  readonly round: VoteRound
  readonly grades: readonly Grade[]
  readonly annotation: Annotation
  readonly basis: Basis
  /** True where it was given for a whole stack: it never implies that each was seen. */
  readonly forStack: boolean
  readonly at: string
  readonly withdrawnAt?: string
}

/** How many people an organisation asks. `two`: blind to one another; `three`: and always a third. */
export const VOTE_POLICIES = ['one', 'two', 'three'] as const
export type VotePolicy = (typeof VOTE_POLICIES)[number]

/** What stands of an item in the end. */
export interface Decided {
  readonly grades: readonly Grade[]
  readonly annotation: Annotation
  readonly how: 'known' | 'one' | 'agreed' | 'adjudicated'
  readonly at: string
  /** The entry of the organisation's own list that it became. */
  readonly entry?: { readonly list: string; readonly entry: number }
  /** Absent where no share of decisions is drawn. */
  readonly sample?: Sample
}

/** Whether a decision was drawn for one more blind review, which it and its entry stand through. */
export interface Sample {
  /** Of a million decisions so many are drawn. */
  readonly perMillion: number
  readonly isDrawn: boolean
  /** How it ended: the other said the same; a further person said so; what was decided is changed. Absent while it is open. */
  readonly outcome?: 'agreed' | 'upheld' | 'changed'
}
