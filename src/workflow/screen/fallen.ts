/** Fallen: what was known by an entry that nobody relies on any more goes back into the line, and its case with it. */
import { foundOf } from '#cases/triage'
import type { Signed } from '#store/append'
import { caseItemNamed, changeCaseItem, lockCaseItem } from '#store/case-items'
import { changeCase, lockCase } from '#store/cases'
import type { Transaction } from '#store/database'
import { reopenReports } from '#store/report-stages'
import { knownBehind, screenAgain } from '#store/screenings'
import type { Case, CaseItem, CaseItemId } from '#terms/casework'
import { matchParsed } from '../gate/match.ts'
import { DESK_CLIENT, type ScreenDesk } from './desk.ts'
import type { Rescreening } from './screen.ts'

const AT_ONCE = 2000

/**
 * Holds what is known against the register as it stands now, a part at a time, where the register changed since. What is no
 * more the same file as a relied-on entry, since that was disputed, withdrawn or said to be wrong, is new again: the machine
 * looks at it once more, and its case waits for that, also where it was decided or closed. Nothing is changed where the whole
 * list is not in use any more, as while a source is switched off.
 *
 * @returns where to go on; the same as `before` where there is nothing to do
 * @throws Fault `index.not-ready`
 */
export async function recheckKnown(
  desk: ScreenDesk,
  before: Rescreening | undefined,
  stop: AbortSignal,
): Promise<Rescreening> {
  const change = desk.index.state.kind === 'ready' ? desk.index.state.number : 0
  if (before?.change === change && before.behind === undefined) return before
  const from = before?.behind === undefined ? { change, behind: '' } : before
  const items = await knownBehind(desk.database, from.behind ?? '', AT_ONCE)
  for (const id of await notTheSame(desk, items)) {
    if (stop.aborted) return from
    await putBack(desk, id)
  }
  const last = items.at(-1)
  return items.length < AT_ONCE || !last ? { change: from.change } : { ...from, behind: last.id }
}

async function notTheSame(
  desk: ScreenDesk,
  items: readonly { readonly id: CaseItemId; readonly sha256: string }[],
): Promise<CaseItemId[]> {
  const asked = items.map(({ sha256 }) => {
    return { fingerprint: { digests: { sha256 }, pdq: [] }, pdq: 'none' } as const
  })
  const verdicts = await matchParsed(desk, DESK_CLIENT, asked)
  return items.flatMap(({ id }, at) => {
    const verdict = verdicts[at]
    return verdict && foundOf(verdict).outcome !== 'same' ? [id] : []
  })
}

/** One item and its case, in one transaction: whoever is cut off leaves it known, and the next round finds it again. */
async function putBack(desk: ScreenDesk, id: CaseItemId): Promise<void> {
  const { caseNumber } = await caseItemNamed(desk.database, id)
  await desk.database.transaction(async (tx) => {
    const signed = { actor: 'tutela', at: desk.now() } as const
    const found = await lockCase(tx, caseNumber)
    const item = await lockCaseItem(tx, id)
    if (item.state !== 'known' || !isInUse(desk, item)) return
    const event = { kind: 'case-item.undecided', body: { because: 'entry-not-relied-on' } }
    await changeCaseItem(tx, item, { state: 'new', decision: null }, event, signed)
    await screenAgain(tx, [id], signed.at)
    await waitsAgain(tx, found, signed)
  })
}

/** True where a list is still in use by whose entry it was known. */
function isInUse({ views }: ScreenDesk, { screening }: CaseItem): boolean {
  const inUse = new Set([...views.of(DESK_CLIENT).lists.values()].map(({ name }) => name))
  const relied = (screening?.matches ?? []).filter(
    ({ basis, trust }) => basis === 'sha256' && trust === 'confirmed',
  )
  return relied.some(({ list }) => inUse.has(list))
}

async function waitsAgain(tx: Transaction, before: Case, signed: Signed): Promise<void> {
  if (before.state !== 'decided' && before.state !== 'closed') return
  if (before.state === 'closed') await reopenReports(tx, before.number, signed)
  const change = { state: 'screening', closed: null } as const
  const event = { kind: 'case.reopened', body: { because: 'entry-not-relied-on' } }
  await changeCase(tx, before, change, event, signed)
}
