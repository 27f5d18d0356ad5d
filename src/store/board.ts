/** Board: figures of the desk, counted in the tables: of cases, items, votes and lists, and of nobody by themself. */
import type { CaseKind, CaseState, Decided } from '#terms/casework'
import type { Session } from './database.ts'

/** States of a case in which something of it is still to be done. */
const OPEN = `state IN ('screening', 'waiting', 'second', 'third')`
/** What measures the measure is not work. */
const NOT_GOLDEN = 'NOT EXISTS (SELECT FROM golden_item WHERE golden_item.case_item = case_item.id)'
const NOT_GOLDEN_CASE = `NOT EXISTS (SELECT FROM golden_item JOIN case_item ON case_item.id = golden_item.case_item
  WHERE case_item.case_number = desk_case.number)`

/** When the clocks of open cases end, and how long these have been there. */
export interface OpenFigures {
  readonly open: number
  readonly overdue: number
  readonly withinFourHours: number
  readonly withinADay: number
  readonly later: number
  readonly without: number
  readonly nearestDueAt: Date | null
  readonly oldestAt: Date | null
  readonly underFourHours: number
  readonly underADay: number
  readonly underThreeDays: number
  readonly underAWeek: number
  readonly longer: number
}

/** The figures of open cases at a time. */
export async function openFigures(session: Session, at: Date): Promise<OpenFigures> {
  const { rows } = await session.query<OpenFigures>(
    `SELECT count(*)::int AS open,
            count(*) FILTER (WHERE due_at < $1)::int AS overdue,
            count(*) FILTER (WHERE due_at >= $1 AND due_at < $1 + interval '4 hours')::int AS "withinFourHours",
            count(*) FILTER (WHERE due_at >= $1 + interval '4 hours' AND due_at < $1 + interval '1 day')::int AS "withinADay",
            count(*) FILTER (WHERE due_at >= $1 + interval '1 day')::int AS later,
            count(*) FILTER (WHERE due_at IS NULL)::int AS without,
            min(due_at) AS "nearestDueAt", min(received_at) AS "oldestAt",
            count(*) FILTER (WHERE age < interval '4 hours')::int AS "underFourHours",
            count(*) FILTER (WHERE age >= interval '4 hours' AND age < interval '1 day')::int AS "underADay",
            count(*) FILTER (WHERE age >= interval '1 day' AND age < interval '3 days')::int AS "underThreeDays",
            count(*) FILTER (WHERE age >= interval '3 days' AND age < interval '7 days')::int AS "underAWeek",
            count(*) FILTER (WHERE age >= interval '7 days')::int AS longer
       FROM (SELECT due_at, received_at, $1 - received_at AS age
               FROM desk_case WHERE ${OPEN} AND ${NOT_GOLDEN_CASE}) AS open_case`,
    [at],
  )
  return required(rows[0])
}

export interface LoadFigure {
  readonly state: CaseState
  readonly kind: CaseKind
  readonly cases: number
  readonly claimed: number
  readonly held: number
}

/** Cases that are not closed, by state and kind. */
export async function loadFigures(session: Session, at: Date): Promise<LoadFigure[]> {
  const { rows } = await session.query<LoadFigure>(
    `SELECT state, kind, count(*)::int AS cases,
            count(*) FILTER (WHERE claimed_until > $1)::int AS claimed,
            count(*) FILTER (WHERE held_because IS NOT NULL)::int AS held
       FROM desk_case WHERE state <> 'closed' AND ${NOT_GOLDEN_CASE} GROUP BY state, kind
      ORDER BY array_position(ARRAY['screening', 'waiting', 'second', 'third', 'decided'], state), kind`,
    [at],
  )
  return rows
}

export interface ScreeningFigures {
  readonly waits: number
  readonly inHand: number
  readonly unknown: number
  readonly since: Date | null
}

/** What waits for the machine, what it has in hand, and what it could not tell. */
export async function screeningFigures(session: Session, at: Date): Promise<ScreeningFigures> {
  const { rows } = await session.query<ScreeningFigures>(
    `SELECT count(*) FILTER (WHERE screen_after IS NOT NULL)::int AS waits,
            count(*) FILTER (WHERE leased_until > $1)::int AS "inHand",
            count(*) FILTER (WHERE state = 'unknown')::int AS unknown,
            min(screen_after) AS since
       FROM case_item WHERE (screen_after IS NOT NULL OR state = 'unknown') AND ${NOT_GOLDEN}`,
    [at],
  )
  return required(rows[0])
}

export interface DecisionFigure {
  readonly day: string
  readonly how: Decided['how']
  readonly items: number
}

/** Decisions by day (UTC) and how they came to stand; without the golden set. */
export async function decisionFigures(session: Session, since: Date): Promise<DecisionFigure[]> {
  const { rows } = await session.query<DecisionFigure>(
    `SELECT to_char(decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, decision->>'how' AS how, count(*)::int AS items
       FROM case_item WHERE decided_at >= $1 AND ${NOT_GOLDEN} GROUP BY 1, 2 ORDER BY 1, 2`,
    [since],
  )
  return rows
}

/** A grade of a generated picture, and what the picture is labelled as. */
export interface GoldenGrade {
  readonly scheme: string
  readonly category: string
  readonly answer: string
}

/** Grades on generated pictures whose answer is known. */
export async function goldenGrades(session: Session, since: Date): Promise<GoldenGrade[]> {
  const { rows } = await session.query<GoldenGrade>(
    `SELECT one->>'scheme' AS scheme, one->>'category' AS category, answer->>'category' AS answer
       FROM golden_item JOIN vote ON vote.case_item = golden_item.case_item
            CROSS JOIN jsonb_array_elements(vote.grades) AS one
            CROSS JOIN jsonb_array_elements(golden_item.grades) AS answer
      WHERE vote.withdrawn_at IS NULL AND vote.at >= $1 AND answer->>'scheme' = one->>'scheme' ORDER BY 1, vote.id`,
    [since],
  )
  return rows
}

export interface GrowthFigure {
  readonly day: string
  readonly added: number
  readonly withdrawn: number
}

/** What came to a list and went from it, by day (UTC). */
export async function growthFigures(session: Session, list: number, since: Date): Promise<GrowthFigure[]> {
  const { rows } = await session.query<GrowthFigure>(
    `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
            sum(added)::int AS added, sum(withdrawn)::int AS withdrawn
       FROM change WHERE list = $1 AND number IS NOT NULL AND at >= $2 AND added + withdrawn > 0
      GROUP BY 1 ORDER BY 1`,
    [list, since],
  )
  return rows
}

export interface TakedownFigure {
  readonly kind: CaseKind
  readonly category: string
  readonly items: number
}

/** Decided items that came with an address, by the kind of their case and the category of a scheme; without the golden set. */
export async function takedownFigures(session: Session, scheme: string): Promise<TakedownFigure[]> {
  const { rows } = await session.query<TakedownFigure>(
    `SELECT desk_case.kind, one->>'category' AS category, count(*)::int AS items
       FROM case_item JOIN desk_case ON desk_case.number = case_item.case_number
            JOIN report ON report.id = case_item.report
            CROSS JOIN jsonb_array_elements(case_item.decision->'grades') AS one
      WHERE case_item.decision IS NOT NULL AND report.address_key IS NOT NULL AND one->>'scheme' = $1 AND ${NOT_GOLDEN}
      GROUP BY 1, 2 ORDER BY 1, 2`,
    [scheme],
  )
  return rows
}

function required<T>(row: T | undefined): T {
  if (row === undefined) throw new TypeError('the database did not return what it was asked to')
  return row
}
