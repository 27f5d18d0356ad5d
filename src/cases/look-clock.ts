/** Look clock: how long from receipt until somebody must have looked, by what kind of case and of report it is. */
import type { CaseKind } from '#terms/casework'
import type { ReportKind } from '#terms/report'

/** One rule of a table. */
export interface LookRule {
  /** Minutes from receipt; absent where no clock runs. */
  readonly withinMinutes?: number
  /** Why, in words. */
  readonly because: string
  /** What it follows from. */
  readonly source: string
  /** True where the time was read in the text of its source. */
  readonly isVerified: boolean
}

/** A table of clocks: a rule for each kind of case and of report. */
export interface LookClocks {
  readonly name: string
  readonly title: string
  /** The date from which it stands. */
  readonly from: string
  /** Where a child is at risk now: it holds where it ends sooner. */
  readonly atRisk: LookRule
  readonly rules: ReadonlyMap<CaseKind, ReadonlyMap<ReportKind, LookRule>>
}

/** Of a report, what its clock follows from. */
export interface Clocked {
  readonly caseKind: CaseKind
  readonly kind: ReportKind
  readonly atRisk: boolean
  readonly receivedAt: Date
}

const MINUTE = 60_000

/** Until when somebody must have looked at what a report tells; undefined where no clock runs. */
export function lookBy(
  { rules, atRisk: risk }: LookClocks,
  { caseKind, kind, atRisk, receivedAt }: Clocked,
): Date | undefined {
  const rule = rules.get(caseKind)?.get(kind)
  if (!rule) throw new TypeError(`no rule for ${kind} of ${caseKind}`)
  const minutes = [rule.withinMinutes, atRisk ? risk.withinMinutes : undefined].filter(
    (one) => one !== undefined,
  )
  return minutes.length === 0 ? undefined : new Date(receivedAt.getTime() + Math.min(...minutes) * MINUTE)
}

/** A table as events and rows name it: its name and its date. */
export function tableName({ name, from }: Pick<LookClocks, 'name' | 'from'>): string {
  return `${name} ${from}`
}

const LENGTH = /^P(?=.)(?:(\d{1,3})D)?(?:T(?=.)(?:(\d{1,3})H)?(?:(\d{1,4})M)?)?$/

/** Minutes of a length as `PT4H`, `P2D` or `P1DT12H` (ISO 8601, a day of 24 hours); undefined for anything else, or none. */
export function minutesOf(untrusted: string): number | undefined {
  const [, days = 0, hours = 0, minutes = 0] = LENGTH.exec(untrusted) ?? []
  const all = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes)
  return all > 0 ? all : undefined
}
