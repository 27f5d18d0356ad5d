/** Priority: which case comes first, and why, in one line. Compared field by field: nothing is weighed against anything else. */
import type { Case, CaseItem, Priority, ScreenMatch } from '#terms/casework'
import type { Categories } from '#terms/register'
import { REPORTER_TRUSTS, type ReporterTrust } from '#terms/report'

/** How grave some categories are, 0 to 3; undefined where nothing is known of them. */
export type SeverityOf = (categories: Categories) => number | undefined

/** What the order of a case follows from. */
export interface PriorityFacts {
  /** What stands: what people said of the case is kept. */
  readonly before: Priority
  readonly items: readonly Pick<CaseItem, 'screening'>[]
  /** Of its reports; absent where it has none. */
  readonly reports?: {
    readonly atRisk: boolean
    readonly trust: ReporterTrust
    readonly receivedAt: string
  }
  readonly severityOf: SeverityOf
  /** ISO 8601: when the nearest of its clocks ends; absent where none runs. */
  readonly dueAt?: string | undefined
}

const SEVERITY_UNKNOWN = 1
/** Of an entry on a list that alerts, where nobody says which category. */
const SEVERITY_LISTED = 2
const CONFIDENCE = { same: 3, near: 2, none: 1, unknown: 1 } as const

/**
 * The priority of a case by what is known now. What somebody declared, a child at risk now or a grade, is never taken back
 * here.
 */
export function priorityOf({ before, items, reports, severityOf, dueAt }: PriorityFacts): Priority {
  const { dueAt: _, ...kept } = before
  const severities = items.map(({ screening }) => severityIn(screening?.matches ?? [], severityOf))
  const confidences = items.map(({ screening }) => (screening ? CONFIDENCE[screening.outcome] : 0))
  return {
    ...kept,
    ...(dueAt !== undefined && { dueAt }),
    atRisk: before.atRisk || reports?.atRisk === true,
    severity: items.length === 0 ? before.severity : Math.max(...severities),
    confidence: Math.max(0, ...confidences),
    ...(reports && { trust: reports.trust, receivedAt: reports.receivedAt }),
  }
}

function severityIn(matches: readonly ScreenMatch[], severityOf: SeverityOf): number {
  if (matches.length === 0) return SEVERITY_UNKNOWN
  return Math.max(...matches.map(({ categories }) => severityOf(categories) ?? SEVERITY_LISTED))
}

/** A case as it stands in the order: its number is the last word. */
export type Standing = Pick<Case, 'number' | 'priority'>

type Field = keyof Omit<Priority, 'ordered' | 'dueAt'> | 'ordered' | 'dueAt' | 'number'

/** The fields in their order, each with whether one stands before another by it: below 0 it does. */
const FIELDS: readonly (readonly [field: Field, compare: (one: Standing, next: Standing) => number])[] = [
  ['atRisk', (one, next) => Number(next.priority.atRisk) - Number(one.priority.atRisk)],
  ['gradeOne', (one, next) => Number(next.priority.gradeOne) - Number(one.priority.gradeOne)],
  ['severity', (one, next) => next.priority.severity - one.priority.severity],
  ['dueAt', (one, next) => sooner(one.priority.dueAt, next.priority.dueAt)],
  ['confidence', (one, next) => next.priority.confidence - one.priority.confidence],
  ['trust', (one, next) => trustPlace(one.priority.trust) - trustPlace(next.priority.trust)],
  ['ordered', (one, next) => pointsOf(next) - pointsOf(one)],
  ['receivedAt', (one, next) => Date.parse(one.priority.receivedAt) - Date.parse(next.priority.receivedAt)],
  ['number', (one, next) => (one.number < next.number ? -1 : one.number > next.number ? 1 : 0)],
]

/** Below 0 where the one comes before the next: the order of the queue, as the database has it. */
export function compareStandings(one: Standing, next: Standing): number {
  return firstDiffering(one, next)?.[1] ?? 0
}

function firstDiffering(one: Standing, next: Standing): readonly [Field, number] | undefined {
  for (const [field, compare] of FIELDS) {
    const order = compare(one, next)
    if (order !== 0) return [field, order]
  }
  return undefined
}

/** A clock that runs comes before none. */
function sooner(one: string | undefined, next: string | undefined): number {
  if (one === undefined || next === undefined) return Number(one === undefined) - Number(next === undefined)
  return Date.parse(one) - Date.parse(next)
}

function trustPlace(trust: ReporterTrust): number {
  return REPORTER_TRUSTS.indexOf(trust)
}

/** Without a prioritiser's word it stands as it would without a prioritiser. */
function pointsOf({ priority }: Standing): number {
  return priority.ordered?.points ?? 0
}

/** What can be said beside the order itself. */
export interface WhyGiven {
  readonly at: Date
  /** What the case's items were found to match, for words that name a category. */
  readonly matches?: readonly ScreenMatch[]
  readonly severityOf?: SeverityOf
}

/** Why a case stands above the next, in one line and in plain words: by the first field in which they differ. */
export function whyAbove(one: Standing, next: Standing | undefined, given: WhyGiven): string {
  const differing = next && firstDiffering(one, next)
  if (next === undefined || differing === undefined) return `the last that waits; ${ownWords(one, given)}`
  return wordsOf(differing[0], one, next, given)
}

/** What is said of a case alone: the weightiest that there is to say. */
function ownWords(one: Standing, given: WhyGiven): string {
  const { atRisk, gradeOne, severity, dueAt, confidence } = one.priority
  if (atRisk) return 'a child is at risk now'
  if (gradeOne) return GRADE_ONE
  if (severity !== SEVERITY_UNKNOWN) return severityWords(one, given)
  if (dueAt !== undefined) return clockWords(dueAt, given.at)
  return CONFIDENCE_WORDS[confidence] ?? 'nothing is known of it yet'
}

const GRADE_ONE = 'grade 1: an immediate threat to a child’s life'
const CONFIDENCE_WORDS = [
  'not yet checked',
  'on no list that could be asked, which says nothing of what it is',
  'looks like a known entry',
  'the same file as a known entry',
]

function wordsOf(field: Field, one: Standing, next: Standing, given: WhyGiven): string {
  const { priority } = one
  switch (field) {
    case 'atRisk':
      return 'a child is at risk now'
    case 'gradeOne':
      return GRADE_ONE
    case 'severity':
      return severityWords(one, given)
    case 'dueAt':
      if (next.priority.dueAt === undefined) return `a clock runs: ${clockWords(priority.dueAt, given.at)}`
      return `its clock ends sooner: ${clockWords(priority.dueAt, given.at)}`
    case 'confidence':
      return `more is known of it: ${CONFIDENCE_WORDS[priority.confidence] ?? ''}`
    case 'trust':
      return priority.trust === 'high'
        ? 'what this reporter said before was mostly right'
        : 'what the next one’s reporter said before was seldom right'
    case 'ordered':
      return pointsOf(one) > 0
        ? orderedWords('set higher', one)
        : orderedWords('the next one is set lower', next)
    case 'receivedAt':
      return `waits longer: since ${priority.receivedAt.slice(0, 16).replace('T', ' ')} UTC`
    case 'number':
      return 'came at the same moment as the next'
  }
}

function orderedWords(how: string, { priority: { ordered } }: Standing): string {
  return `${how} by ${ordered?.by ?? ''} (${signed(ordered?.points ?? 0)})`
}

function signed(points: number): string {
  return points > 0 ? `+${points}` : String(points)
}

/** Names the gravest category where one is known, and how sure it is that this is it. */
function severityWords({ priority }: Standing, { matches = [], severityOf }: WhyGiven): string {
  const { severity } = priority
  if (severity === 0) return 'known entries say that it is harmless'
  const gravest = matches.find(({ categories }) => (severityOf?.(categories) ?? SEVERITY_LISTED) === severity)
  if (!gravest) return SEVERITY_WORDS[severity] ?? ''
  const how = gravest.basis === 'sha256' ? 'by the same file' : 'by a near match'
  return `matches an entry ${categoryWords(gravest.categories)}${how}`
}

const SEVERITY_WORDS = [
  '',
  'nothing is known of how grave it is',
  'matches an entry of a listed category',
  'matches an entry of the gravest categories',
]

function categoryWords(categories: Categories): string {
  const [first] = Object.entries(categories)
  return first?.[1][0] === undefined ? '' : `of category ${first[1][0]} (${first[0]}) `
}

const MINUTE = 60_000
const HOUR_MINUTES = 60
const DAY_MINUTES = 1440

/** The time that a clock has left, in words. */
export function clockWords(dueAt: string | undefined, at: Date): string {
  const minutes = Math.trunc((Date.parse(dueAt ?? '') - at.getTime()) / MINUTE)
  if (Number.isNaN(minutes)) return 'none runs'
  if (minutes < 0) return `it ran out ${spanWords(-minutes)} ago`
  return `in ${spanWords(minutes)}`
}

function spanWords(minutes: number): string {
  if (minutes < 2 * HOUR_MINUTES) return `${minutes} min`
  if (minutes < 2 * DAY_MINUTES) return `${Math.floor(minutes / HOUR_MINUTES)} h`
  return `${Math.floor(minutes / DAY_MINUTES)} days`
}
