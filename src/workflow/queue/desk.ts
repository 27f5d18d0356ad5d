/** Desk: what the queue, claims and the case's own page work with. */
import type { Database } from '#store/database'
import type { VotePolicy } from '#terms/casework'
import type { Categories } from '#terms/register'
import type { ReportId, ReportWords } from '#terms/report'

/** What the queue works with. */
export interface QueueDesk {
  readonly database: Database
  /** How long somebody has a case who took it up, unless they use it. */
  readonly claimMinutes: number
  readonly policy: VotePolicy
  /** Whose word orders beside the rest; absent where nobody's does. */
  readonly prioritiser?: string
  /** How grave categories are, 0 to 3, by the vocabularies. */
  severityOf(categories: Categories): number | undefined
  /** What was told in a report, opened; absent where this service cannot open it. */
  wordsOf?(report: ReportId): Promise<ReportWords | undefined>
  now(): Date
}

/** Where nothing else is set. */
export const CLAIM_MINUTES = 30
