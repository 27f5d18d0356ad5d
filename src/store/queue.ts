/** Queue: cases in the order in which they wait, how many of each there are, and what each holds. */
import type { Case, CaseState, ScreenMatch } from '#terms/casework'
import { CASE_COLUMNS, CASE_ORDER, type CaseRow, caseOf } from './cases.ts'
import type { Session } from './database.ts'

/** The states in which a case waits for a person. */
export const WAITING_STATES = ['waiting', 'second', 'third'] as const satisfies readonly CaseState[]

/** Cases that wait for people, in their order; those from a place in it on. */
export async function queue(
  session: Session,
  asked: { readonly limit: number; readonly offset: number; readonly states?: readonly CaseState[] },
): Promise<Case[]> {
  const states = asked.states ?? WAITING_STATES
  const { rows } = await session.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM desk_case
     WHERE state IN ('waiting', 'second', 'third') AND state = ANY($1) ORDER BY ${CASE_ORDER} LIMIT $2 OFFSET $3`,
    [states, asked.limit, asked.offset],
  )
  return rows.map(caseOf)
}

/** The case that stands right behind one in the queue; undefined where none does, or it waits for nobody. */
export async function nextAfter(session: Session, { number, state }: Case): Promise<Case | undefined> {
  if (!WAITING_STATES.some((one) => one === state)) return undefined
  const { rows } = await session.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM (
       SELECT *, lag(number) OVER (ORDER BY ${CASE_ORDER}) AS before_it FROM desk_case
        WHERE state IN ('waiting', 'second', 'third')) AS placed
     WHERE before_it = $1`,
    [number],
  )
  return rows[0] && caseOf(rows[0])
}

/** What the order goes by before a prioritiser has a word, as an equality of two cases. */
const EQUAL_BEFORE = `one.at_risk = other.at_risk AND one.grade_one = other.grade_one
  AND one.severity = other.severity AND one.due_at IS NOT DISTINCT FROM other.due_at
  AND one.confidence = other.confidence AND one.trust = other.trust`

/** How many places higher some cases stand than they would without a prioritiser; below 0: lower. */
export async function placesMoved(
  session: Session,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (numbers.length === 0) return new Map()
  const { rows } = await session.query<{ number: string; moved: number }>(
    `SELECT one.number, (
       count(*) FILTER (WHERE coalesce(other.ordered_points, 0) < coalesce(one.ordered_points, 0)
         AND (other.received_at, other.number) < (one.received_at, one.number))
       - count(*) FILTER (WHERE coalesce(other.ordered_points, 0) > coalesce(one.ordered_points, 0)
         AND (other.received_at, other.number) > (one.received_at, one.number)))::int AS moved
       FROM desk_case one JOIN desk_case other ON ${EQUAL_BEFORE} AND other.state IN ('waiting', 'second', 'third')
      WHERE one.number = ANY($1) AND one.state IN ('waiting', 'second', 'third') GROUP BY one.number`,
    [numbers],
  )
  return new Map(rows.map(({ number, moved }) => [number, moved]))
}

/** Cases of any state, those opened last first. */
export async function casesIn(
  session: Session,
  asked: { readonly states: readonly CaseState[]; readonly limit: number; readonly offset: number },
): Promise<Case[]> {
  const { rows } = await session.query<CaseRow>(
    `SELECT ${CASE_COLUMNS} FROM desk_case WHERE state = ANY($1) ORDER BY opened_at DESC, number LIMIT $2 OFFSET $3`,
    [asked.states, asked.limit, asked.offset],
  )
  return rows.map(caseOf)
}

/** How many cases of some states there are. */
export async function countCases(session: Session, states: readonly CaseState[]): Promise<number> {
  const { rows } = await session.query<{ count: string }>(
    'SELECT count(*) FROM desk_case WHERE state = ANY($1)',
    [states],
  )
  return Number(rows[0]?.count)
}

/** What of a case is counted in the queue, and the matches by which it stands where it does. */
export interface CaseHolding {
  readonly items: number
  readonly reports: number
  readonly matches: readonly ScreenMatch[]
}

/** Items whose matches are read for one line of the queue. */
const MATCHED_ITEMS_MAX = 5

/** What some cases hold, by their numbers. */
export async function holdingsOf(
  session: Session,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, CaseHolding>> {
  const { rows } = await session.query<{
    number: string
    items: string
    reports: string
    matches: readonly (readonly ScreenMatch[])[] | null
  }>(
    `SELECT asked.number, (SELECT count(*) FROM case_item WHERE case_number = asked.number) AS items,
            (SELECT count(*) FROM report WHERE case_number = asked.number) AS reports,
            (SELECT jsonb_agg(found.matches) FROM (
               SELECT screening->'matches' AS matches FROM case_item
                WHERE case_number = asked.number AND state IN ('known', 'near', 'voted', 'split')
                ORDER BY screening->>'outcome' DESC, id LIMIT ${MATCHED_ITEMS_MAX}) AS found
              WHERE found.matches IS NOT NULL) AS matches
       FROM unnest($1::text[]) AS asked (number)`,
    [numbers],
  )
  return new Map(
    rows.map(({ number, items, reports, matches }) => {
      return [number, { items: Number(items), reports: Number(reports), matches: (matches ?? []).flat() }]
    }),
  )
}
