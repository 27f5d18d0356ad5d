/** Exchange: a partner from which a list is pulled: how far it was read, what a page of it says, and what it is told back. */
import type { Canonical } from './event.ts'
import type { EntryStep } from './register.ts'

/** The partners whose interfaces are known here. */
export const PARTNERS = ['ncmec', 'stopncii', 'threatexchange', 'tat'] as const
export type Partner = (typeof PARTNERS)[number]

/** How far a partner was read: a time on the partner's clock, which never goes back. */
export interface Checkpoint {
  /** Seconds since 1970. */
  readonly time: number
  /** The partner's own word for the place, where it has one. */
  readonly cursor?: string
}

/** Where a broken-off pull goes on; known only to the exchange that gave it. Never holds a secret. */
export type Resume = Readonly<Record<string, Canonical>>

/** One page of what a partner has changed. */
export interface Page {
  readonly steps: readonly EntryStep[]
  /** Records that were left out, since they are malformed or of a kind that is not carried. */
  readonly leftOut: number
  /** Size of the page as it came. */
  readonly bytes: number
  /** Where to go on when the next page fails; absent where the pull can only begin again. */
  readonly resume?: Resume
  /** How far the partner is read once this page and all before it are applied; the last page has it. */
  readonly checkpoint?: Checkpoint
  /** A stretch begins again, since its paging ran out: what came before may come once more. */
  readonly isAgain?: boolean
  /** Records that are yet to come, as far as the partner says. */
  readonly remaining?: number
}

/** What a pull starts from. */
export interface PullFrom {
  /** Absent: everything is asked for. */
  readonly checkpoint?: Checkpoint
  readonly resume?: Resume
}

/** When a pull is made, and what ends it before its time. */
export interface PullMoment {
  readonly now: Date
  readonly stop?: AbortSignal
}

/** What a partner is told about an entry of its list. */
export interface FeedbackTold {
  readonly kind: 'affirm' | 'dispute'
  /** The hash that is meant, as `md5`; absent: the entry. */
  readonly hashKind?: string
  /** For a partner that knows reasons: one of its own names or ids. */
  readonly reason?: string
  readonly key: string
  readonly hashes: Readonly<Record<string, string>>
  /** What the entry carried besides when it was pulled. */
  readonly extra?: unknown
}

/** What became of something told: taken, or nothing that this partner could be told. */
export type Told = { readonly kind: 'taken' } | { readonly kind: 'impossible'; readonly because: string }

/** A partner's interface, opened with its credentials. All its failures are Faults `source.*` and `wire.*`. */
export interface Exchange {
  /** After so many days a checkpoint is not enough, since the partner forgets what it withdrew. */
  readonly refetchAfterDays?: number
  /** Asks whether the partner knows us. @returns as whom, in a few words */
  check(moment: PullMoment): Promise<string>
  /** What of a pull that broke off so long ago can be gone on with; undefined: it begins again. */
  goingOn(resume: Resume, ageSeconds: number): Resume | undefined
  /** Everything that changed since a checkpoint, page by page. */
  pull(from: PullFrom, moment: PullMoment): AsyncGenerator<Page, void, void>
  /** Absent where the partner takes no feedback. */
  readonly tell?: (told: FeedbackTold, moment: PullMoment) => Promise<Told>
}
