/** Case: the open case that a report joins, or the one that it opens; and what of it is an item of its own. */
import { newId } from '#ground/id'
import type { Signed } from '#store/append'
import { nearestClock } from '#store/case-clocks'
import { addCaseItem, itemLike } from '#store/case-items'
import { changeCase, dueBy, lockCase, openCase } from '#store/cases'
import type { Transaction } from '#store/database'
import { type Joins, openCaseAbout } from '#store/reports'
import type { Case, CaseKind, CaseState, ItemHashes, Priority } from '#terms/casework'
import type { VaultItem } from '#terms/evidence'
import { REPORTER_TRUSTS, type ReporterTrust, type ReportId, type ReportKind } from '#terms/report'
import { newCaseNumber } from './reference.ts'

/** What of a report its case goes by. */
export interface ReportInCase {
  readonly id: ReportId
  readonly kind: ReportKind
  readonly caseKind: CaseKind
  readonly trust: ReporterTrust
  readonly atRisk: boolean
  readonly joins: Joins
  readonly hashes: readonly ItemHashes[]
  /** What was sealed of it. */
  readonly sealed?: VaultItem
  /** Until when somebody must have looked; absent where no clock runs. */
  readonly lookBy?: Date | undefined
}

/** The case that a report joins, locked; undefined where it is to open its own. */
export async function caseToJoin(tx: Transaction, joins: Joins): Promise<Case | undefined> {
  for (;;) {
    const number = await openCaseAbout(tx, joins)
    if (number === undefined) return undefined
    const found = await lockCase(tx, number)
    if (found.state !== 'closed') return found // closed at this moment: there may be another
  }
}

/** Opens a case for a report. What has nothing for a machine, or a child at risk in it, waits for a person at once. */
export function openCaseFor(
  tx: Transaction,
  { caseKind, trust, atRisk, hashes, sealed, lookBy }: ReportInCase,
  signed: Signed,
): Promise<Case> {
  const isScreened = (hashes.length > 0 || sealed !== undefined) && !atRisk
  const priority: Priority = {
    ...{ atRisk, gradeOne: false, severity: 1, confidence: 0, trust },
    receivedAt: signed.at.toISOString(),
    ...(lookBy && { dueAt: lookBy.toISOString() }),
  }
  const state = isScreened ? 'screening' : 'waiting'
  return openCase(tx, { number: newCaseNumber(), kind: caseKind, priority, state }, signed)
}

/** Tells a case that a report joined it: it never loses rank by that, and what was decided is looked at for what is new. */
export async function joinCase(
  tx: Transaction,
  before: Case,
  { id, trust, atRisk }: ReportInCase,
  added: Added,
  signed: Signed,
): Promise<void> {
  const { priority } = before
  const raised = {
    ...dueBy(priority, await nearestClock(tx, before)),
    atRisk: priority.atRisk || atRisk,
    trust: REPORTER_TRUSTS.find((one) => one === trust || one === priority.trust) ?? priority.trust,
  }
  const state = stateAfter(before.state, added, atRisk)
  const event = { kind: 'case.joined', body: { report: id, items: added.items } }
  await changeCase(tx, before, { priority: raised, ...(state && { state }) }, event, signed)
}

function stateAfter(before: CaseState, added: Added, atRisk: boolean): CaseState | undefined {
  if (atRisk && (before === 'screening' || before === 'decided')) return 'waiting'
  if (before !== 'decided' || added.items === 0) return undefined
  return added.screened === 0 ? 'waiting' : 'screening'
}

/** How many items a report added to its case, and how many of them the machine looks at. */
export interface Added {
  readonly items: number
  readonly screened: number
}

/** Adds what of a report is not in its case yet: its file, each set of its hashes, or the one thing that it is about. */
export async function addItems(
  tx: Transaction,
  caseNumber: string,
  report: ReportInCase,
  signed: Signed,
): Promise<Added> {
  const given = itemsOf(report)
  let [items, screened] = [0, 0]
  for (const { hashes, item } of given) {
    const had = await itemLike(tx, caseNumber, report.kind, hashes)
    if (had && (had.item !== undefined || item === undefined)) continue
    const isScreened = Object.keys(hashes).length > 0
    await addCaseItem(
      tx,
      {
        ...{ id: newId('i'), caseNumber, report: report.id, kind: report.kind, hashes },
        ...(item && { item }),
        ...(had && { stack: had.stack }),
        screenAfter: signed.at, // also where it has no hash: that nothing could be looked up is written down, too
      },
      signed,
    )
    items++
    if (isScreened) screened++
  }
  return { items, screened }
}

function itemsOf({ hashes, sealed }: ReportInCase): { hashes: ItemHashes; item?: VaultItem['id'] }[] {
  const files = sealed ? [{ hashes: sealed.digests, item: sealed.id }] : []
  const all = [...files, ...hashes.map((one) => ({ hashes: one }))]
  return all.length > 0 ? all : [{ hashes: {} }]
}
