/** Sample: how the review of a decision that was drawn ends, and whether every draw was what it says. */
import { agree, isUnderReview, type Standing } from '#cases/voting'
import type { Signed } from '#store/append'
import { changeCaseItem } from '#store/case-items'
import type { Transaction } from '#store/database'
import { withdrawEntry } from '#store/edits'
import { entryOf } from '#store/entries'
import { drawsSince } from '#store/samples'
import type { Case, CaseItem, CaseItemId, Decided } from '#terms/casework'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import { decideItem } from './decide.ts'
import type { AssessDesk } from './desk.ts'
import { isDrawnBy } from './draw.ts'

/** More are checked only where somebody asks for longer than that many were decided in. */
const CHECKED_MAX = 100_000

/**
 * Ends the review of a decision that was drawn. The same stays with its entry; otherwise what was decided is undone as an
 * appeal would undo it, and decided anew.
 */
export async function endSample(
  tx: Transaction,
  desk: AssessDesk,
  subject: Case,
  item: CaseItem & { readonly decision: Decided },
  standing: Extract<Standing, { kind: 'decided' }>,
  signed: Signed,
): Promise<void> {
  const { decision } = item
  const { sample } = decision
  if (!sample || !isUnderReview(decision)) throw new TypeError(`${item.id} is under no review`)
  if (agree(decision, standing)) {
    const outcome = standing.how === 'agreed' ? 'agreed' : 'upheld'
    const kept: Decided = { ...decision, how: standing.how, sample: { ...sample, outcome } }
    const event = { kind: 'case-item.sample-ended', body: { ended: outcome } }
    await changeCaseItem(tx, item, { state: 'decided', decision: kept }, event, signed)
    return
  }
  await withdrawOf(tx, item, `a second review changed the decision on ${item.id}`, signed)
  const event = { kind: 'case-item.sample-ended', body: { ended: 'changed' } }
  const undone = await changeCaseItem(tx, item, { decision: null }, event, signed)
  await decideItem(tx, desk, subject, undone, standing, signed, { ...sample, outcome: 'changed' })
}

/** Withdraws the entry that an item became, unless a steward has withdrawn it before. */
export async function withdrawOf(
  tx: Transaction,
  { decision }: Pick<CaseItem, 'decision'>,
  because: string,
  signed: Signed,
): Promise<void> {
  const entry = decision?.entry
  const stands = entry !== undefined && (await entryOf(tx, entry.entry)).until === undefined
  if (stands) await withdrawEntry(tx, entry.entry, because, signed)
}

/** What draws over a time come to when they are made again. */
export interface DrawsChecked {
  readonly since: string
  readonly decisions: number
  readonly drawn: number
  /** Items of which the draw, made again, does not say what was written down; none where nobody meddled. */
  readonly wrong: readonly CaseItemId[]
}

/** Makes every draw since a time again. @throws Fault `people.refused`, on record */
export async function checkDraws(desk: AssessDesk, by: PersonId, since: Date): Promise<DrawsChecked> {
  await pass(desk.database, { by, act: 'read-board', at: desk.now() }, async () => undefined)
  const draws = await drawsSince(desk.database, since, CHECKED_MAX)
  const wrong = draws.filter(
    ({ item, at, perMillion, isDrawn: said }) => isDrawnBy(desk.drawOf(item, at), perMillion) !== said,
  )
  return {
    since: since.toISOString(),
    decisions: draws.length,
    drawn: draws.filter((one) => one.isDrawn).length,
    wrong: wrong.map(({ item }) => item),
  }
}
