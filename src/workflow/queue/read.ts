/** Read: the queue without a picture, and the first screen of a case. */
import { whyAbove } from '#cases/priority'
import { nextWords } from '#cases/triage'
import { itemsInCase } from '#store/case-items'
import { caseNamed, lockCase } from '#store/cases'
import type { Session } from '#store/database'
import { type VaultContent, vaultContents } from '#store/items-in-cases'
import {
  type CaseHolding,
  casesIn,
  countCases,
  holdingsOf,
  nextAfter,
  placesMoved,
  queue,
  WAITING_STATES,
} from '#store/queue'
import { reportsOfCase } from '#store/reports'
import type { Case, CaseItem, CaseState, VotePolicy } from '#terms/casework'
import type { PersonId } from '#terms/people'
import type { Report, ReportWords } from '#terms/report'
import { pass } from '../door.ts'
import { useClaim } from './claim.ts'
import type { QueueDesk } from './desk.ts'

/** A case in the queue. */
export interface QueuedCase {
  readonly case: Case
  readonly items: number
  readonly reports: number
  /** Why it stands above the next, in one line. */
  readonly why: string
  /** Places higher than without the prioritiser that had a word; below 0: lower. Absent where none had. */
  readonly moved?: number
}

/** A part of the queue. */
export interface QueueRead {
  readonly cases: readonly QueuedCase[]
  /** All that wait for a person. */
  readonly total: number
  readonly more: boolean
}

/** Which part of the queue. */
export interface QueueAsked {
  readonly limit: number
  readonly offset: number
  /** Those that wait for a person unless given. */
  readonly state?: CaseState
}

/** Rows of the queue at most. */
export const QUEUE_ROWS_MAX = 200
const NOTHING_HELD: CaseHolding = { items: 0, reports: 0, matches: [] }

/**
 * Reads the queue, in its order; cases of a state that waits for nobody come as they were opened, the latest first.
 *
 * @throws Fault `people.refused`, on record
 */
export async function readQueue(
  desk: Pick<QueueDesk, 'database' | 'severityOf' | 'now'>,
  by: PersonId,
  asked: QueueAsked,
): Promise<QueueRead> {
  const at = desk.now()
  await pass(desk.database, { by, act: 'read-queue', at }, async () => undefined)
  const { database, severityOf } = desk
  const states = asked.state === undefined ? WAITING_STATES : [asked.state]
  const isOrdered = states.every((state) => WAITING_STATES.some((one) => one === state))
  const page = { states, limit: asked.limit + 1, offset: asked.offset }
  const rows = await (isOrdered ? queue(database, page) : casesIn(database, page))
  const shown = rows.slice(0, asked.limit)
  const holdings = await holdingsOf(
    database,
    shown.map(({ number }) => number),
  )
  const moved = await placesMoved(database, isOrdered ? orderedIn(shown) : [])
  const cases = shown.map((one, place) => {
    const { matches, ...counts } = holdings.get(one.number) ?? NOTHING_HELD
    const why = isOrdered
      ? whyAbove(one, rows[place + 1], { at, matches, severityOf })
      : `opened ${one.openedAt.slice(0, 10)}`
    return { case: one, ...counts, why, ...movedOf(one, moved) }
  })
  return { cases, total: await countCases(database, states), more: rows.length > shown.length }
}

function orderedIn(cases: readonly Case[]): string[] {
  return cases.filter(({ priority }) => priority.ordered).map(({ number }) => number)
}

function movedOf({ number }: Case, all: ReadonlyMap<string, number>): { readonly moved?: number } {
  const moved = all.get(number)
  return moved === undefined ? {} : { moved }
}

/** Everything of a case that is shown before any picture is. */
export interface WholeCase {
  readonly case: Case
  readonly why: string
  readonly next: string
  readonly reports: readonly (Report & Pick<ReportWords, 'address' | 'words'>)[]
  readonly items: readonly (CaseItem & Partial<VaultContent>)[]
  readonly moreItems: number
  readonly policy: VotePolicy
  /** As in the queue. */
  readonly moved?: number
  /** Whose word orders beside the rest, also where it has said nothing of this case; absent where nobody's does. */
  readonly prioritiser?: string
}

const REPORTS_MAX = 100
const ITEMS_MAX = 500

/**
 * Reads the first screen of a case: no picture, what was told, what the machine found, and what is to be done next. To read one's
 * own case is to use it: the claim goes on.
 *
 * @throws Fault `people.refused`, on record; `evidence.unknown`; `store.damaged` where what was told is not as it was sealed
 */
export async function readCase(desk: QueueDesk, by: PersonId, caseNumber: string): Promise<WholeCase> {
  const { database, claimMinutes } = desk
  const at = desk.now()
  await caseNamed(database, caseNumber)
  const asked = { by, act: 'read-case', subject: { kind: 'case', id: caseNumber }, at } as const
  const found = await pass(database, asked, async (tx) =>
    useClaim(tx, { claimMinutes }, await lockCase(tx, caseNumber), { actor: `person:${by}`, at }),
  )
  const [items, holdings] = await Promise.all([
    itemsInCase(database, caseNumber, ITEMS_MAX),
    holdingsOf(database, [caseNumber]),
  ])
  const { items: count, matches } = holdings.get(caseNumber) ?? NOTHING_HELD
  const next = await nextAfter(database, found)
  return {
    ...{ case: found, policy: desk.policy, next: nextWords(found, items) },
    why: whyAbove(found, next, { at, matches, severityOf: desk.severityOf }),
    ...movedOf(found, await placesMoved(database, orderedIn([found]))),
    ...(desk.prioritiser !== undefined && { prioritiser: desk.prioritiser }),
    reports: await reportsRead(desk, caseNumber),
    items: await withContent(database, items),
    moreItems: count - items.length,
  }
}

async function reportsRead(desk: QueueDesk, caseNumber: string): Promise<WholeCase['reports']> {
  const reports = await reportsOfCase(desk.database, caseNumber, REPORTS_MAX)
  return Promise.all(
    reports.map(async (report) => {
      const { address, words } = (await desk.wordsOf?.(report.id)) ?? {}
      return { ...report, ...(address !== undefined && { address }), ...(words !== undefined && { words }) }
    }),
  )
}

async function withContent(session: Session, items: readonly CaseItem[]): Promise<WholeCase['items']> {
  const contents = await vaultContents(
    session,
    items.flatMap(({ item }) => item ?? []),
  )
  return items.map((item) => ({ ...blind(item), ...(item.item && contents.get(item.item)) }))
}

/** What was decided of an item is not told while it waits for one more, who must not know it. */
function blind({ decision, ...item }: CaseItem): CaseItem {
  return { ...item, ...(decision && item.state === 'decided' && { decision }) }
}
