/** Report: what somebody tells, how it came, and what they may learn of its outcome. */

/** A report, `r-` and sixteen characters. */
export type ReportId = `r-${string}`

/** How a report came. `gate`: a block or a hold at the gate; `scan`: `tutela scan --report-to`. */
export const REPORT_CHANNELS = ['public', 'platform', 'gate', 'scan', 'partner', 'police', 'analyst'] as const
export type ReportChannel = (typeof REPORT_CHANNELS)[number]

/** What it is about. Only the first two have, or may have, a picture. */
export const REPORT_KINDS = ['material', 'page', 'grooming', 'live-abuse', 'concern'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

/** How far what this reporter said before was right: it orders, and never leaves anything out. */
export const REPORTER_TRUSTS = ['high', 'usual', 'low'] as const
export type ReporterTrust = (typeof REPORTER_TRUSTS)[number]

/** All that the reference code shows: the same for a match, for none and for a hold. */
export const REPORT_STAGES = ['received', 'looked-at', 'closed'] as const
export type ReportStage = (typeof REPORT_STAGES)[number]

/** A report, without what is sealed of it. */
export interface Report {
  readonly id: ReportId
  readonly channel: ReportChannel
  readonly kind: ReportKind
  /** The client, source or person that brought it; absent for the public. */
  readonly from?: string
  readonly trust: ReporterTrust
  readonly isAnonymous: boolean
  readonly atRisk: boolean
  /** ISO 8601, UTC. */
  readonly receivedAt: string
  readonly caseNumber: string
  /** True where it joined a case that was open already: the same address or the same file. */
  readonly hasJoined: boolean
  readonly stage: ReportStage
  readonly version: number
}

/** What of a report is sealed under a key of its own, so that weeding shreds it. */
export interface ReportWords {
  /** Address as it was reported. */
  readonly address?: string
  /** What was seen, and how. */
  readonly words?: string
  /** Where the reporter can be reached. */
  readonly contact?: string
  /** What the platform said of the account, kept as it came. */
  readonly about?: Readonly<Record<string, string>>
}
