/** Settle: what the findings of a case's items come to: its stacks, its priority, and for whom it waits. */
import { priorityOf } from '#cases/priority'
import { QUALITY_MIN, stacked } from '#cases/stack'
import { stateAfterScreening } from '#cases/triage'
import type { Signed } from '#store/append'
import { type CaseFacts, factsOf } from '#store/case-facts'
import { changeCaseItem } from '#store/case-items'
import { changeCase, priorityTold } from '#store/cases'
import { endClaimAllocation } from '#store/claims'
import type { Transaction } from '#store/database'
import { turnedOf } from '#store/items-in-cases'
import { lockOpen, lockScreened } from '#store/screenings'
import type { Case, CaseItem, Priority } from '#terms/casework'
import { canonical } from '#terms/event'
import type { ScreenDesk } from './desk.ts'

/** Items of one case that are looked at together; of more the order goes by the first. */
const ITEMS_MAX = 5000
const CASES_AT_ONCE = 50

type SettleDesk = Pick<ScreenDesk, 'severityOf'>

/**
 * Brings a case that is locked to where its items stand. Nothing is written where nothing changed.
 *
 * @returns the case as it is now
 */
export async function settleCase(
  tx: Transaction,
  desk: SettleDesk,
  before: Case,
  signed: Signed,
): Promise<Case> {
  const [after = before] = await settleLocked(tx, desk, [before], signed)
  return after
}

async function settleLocked(
  tx: Transaction,
  desk: SettleDesk,
  cases: readonly Case[],
  signed: Signed,
): Promise<Case[]> {
  const facts = await factsOf(tx, cases, ITEMS_MAX)
  const settled: Case[] = []
  for (const before of cases) {
    const known = facts.get(before.number)
    if (known) settled.push(await settleBy(tx, desk, before, known, signed))
  }
  return settled
}

async function settleBy(
  tx: Transaction,
  { severityOf }: SettleDesk,
  before: Case,
  { items, unscreened, dueAt, reports }: CaseFacts,
  signed: Signed,
): Promise<Case> {
  await restack(tx, items, signed)
  const known = { items, severityOf, dueAt, ...(reports && { reports }) }
  const priority = priorityOf({ before: before.priority, ...known })
  const state = stateAfterScreening({ state: before.state, priority }, items, unscreened)
  const isOver = state === 'decided' && before.claim !== undefined
  if (isOver) await endClaimAllocation(tx, before, signed)
  const change = {
    ...(state !== before.state && { state }),
    ...(!isSame(priority, before.priority) && { priority }),
    ...(isOver && { claim: null }),
  }
  if (Object.keys(change).length === 0) return before
  return changeCase(tx, before, change, { kind: 'case.screened', body: { items: items.length } }, signed)
}

function isSame(one: Priority, other: Priority): boolean {
  return canonical(priorityTold(one)) === canonical(priorityTold(other))
}

async function restack(tx: Transaction, items: readonly CaseItem[], signed: Signed): Promise<void> {
  const ids = items.flatMap(({ item, hashes }) => (item !== undefined && hashes.pdq ? [item] : []))
  const turned = items.length > 1 && ids.length > 0 ? await turnedOf(tx, ids, QUALITY_MIN) : undefined
  const moved = stacked(
    items.map((one) => {
      const theirs = one.item && turned?.get(one.item)
      return theirs ? { ...one, turned: theirs } : one
    }),
  )
  for (const item of items) {
    const stack = moved.get(item.id)
    if (stack === undefined) continue
    await changeCaseItem(tx, item, { stack }, { kind: 'case-item.stacked', body: {} }, signed)
  }
}

/** Settles cases whose items were looked at, some in one transaction. */
export async function settleCases(
  desk: Pick<ScreenDesk, 'database' | 'severityOf' | 'now'>,
  numbers: Iterable<string>,
): Promise<void> {
  const all = [...new Set(numbers)].sort()
  for (let at = 0; at < all.length; at += CASES_AT_ONCE)
    await desk.database.transaction(async (tx) => {
      const signed = { actor: 'tutela', at: desk.now() } as const
      await settleLocked(tx, desk, await lockOpen(tx, all.slice(at, at + CASES_AT_ONCE)), signed)
    })
}

/** Settles cases that the machine is through with, and that were passed over, or have nothing to look up. @returns how many */
export async function settleRest(desk: Pick<ScreenDesk, 'database' | 'severityOf' | 'now'>): Promise<number> {
  return desk.database.transaction(async (tx) => {
    const signed = { actor: 'tutela', at: desk.now() } as const
    const rest = await lockScreened(tx, CASES_AT_ONCE)
    if (rest.length > 0) await settleLocked(tx, desk, rest, signed)
    return rest.length
  })
}
