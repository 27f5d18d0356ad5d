/** Appeal: somebody says that a decision was wrong; a person who has not touched the case looks at it anew. */
import { newId } from '#ground/id'
import {
  type Appeal,
  type AppealOutcome,
  appealNamed,
  appealsOf,
  bringAppeal,
  decideAppeal,
} from '#store/appeals'
import type { Signed } from '#store/append'
import { caseItemNamed, changeCaseItem, itemsInCase, lockCaseItem } from '#store/case-items'
import { caseNamed, changeCase, lockCase } from '#store/cases'
import type { Transaction } from '#store/database'
import { touchedBy, votesOn, withdrawVote } from '#store/votes'
import type { CaseItemId } from '#terms/casework'
import type { Actor } from '#terms/event'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import { wordsOf } from '../evidence/words.ts'
import type { AssessDesk } from './desk.ts'
import { withdrawOf } from './sample.ts'
import { caseAfter, ITEMS_MAX } from './vote.ts'
import { stateWithout } from './withdraw.ts'

/** What somebody says against a decision. */
export interface AppealGiven {
  readonly by: PersonId
  readonly caseNumber: string
  readonly item?: CaseItemId
  readonly because: string
}

/** Brings an appeal. @throws Fault `people.refused`, on record; `evidence.unknown`; `request.invalid` */
export async function appeal(desk: AssessDesk, given: AppealGiven): Promise<Appeal> {
  const { by, caseNumber, item } = given
  await caseNamed(desk.database, caseNumber)
  if (item !== undefined) await itemOf(desk, caseNumber, item)
  const because = await desk.sealWords(caseNumber, wordsOf(given.because, 'what was wrong'))
  const at = desk.now()
  const asked = { by, act: 'bring-appeal', subject: { kind: 'case', id: caseNumber }, at } as const
  return pass(desk.database, asked, (tx) =>
    bringAppeal(tx, { id: newId('q'), caseNumber, ...(item && { item }), because }, signedBy(by, at)),
  )
}

async function itemOf(desk: AssessDesk, caseNumber: string, item: CaseItemId): Promise<void> {
  const known = await caseItemNamed(desk.database, item)
  if (known.caseNumber !== caseNumber)
    throw new Fault('evidence.unknown', `there is no item ${item} in case ${caseNumber}`)
}

/**
 * Decides an appeal. `changed` opens the item again, or all that were decided where it names none: their votes count no
 * more, and their entries are withdrawn at once.
 *
 * @throws Fault `people.refused`, on record, also for whoever has touched the case; `evidence.refused` where it was decided
 */
export async function endAppeal(
  desk: AssessDesk,
  by: PersonId,
  id: string,
  given: { readonly outcome: AppealOutcome; readonly because: string },
): Promise<Appeal> {
  const known = await appealNamed(desk.database, id)
  const words = wordsOf(given.because, 'why the appeal ends so')
  const because = await desk.sealWords(known.caseNumber, words)
  const at = desk.now()
  const asked = { by, act: 'decide-appeal', subject: { kind: 'case', id: known.caseNumber }, at } as const
  const facts = async (tx: Transaction) => ({
    earlier: await touchedBy(tx, known.caseNumber, known.broughtBy),
  })
  return pass(desk.database, { ...asked, facts }, async (tx) => {
    const signed = signedBy(by, at)
    const subject = await lockCase(tx, known.caseNumber)
    const before = await appealNamed(tx, id)
    const after = await decideAppeal(tx, before, { outcome: given.outcome, because }, by, signed)
    if (given.outcome !== 'changed') return after
    for (const item of await appealedItems(tx, before)) await reopened(tx, desk, item, signed)
    const event = { kind: 'case.appealed', body: { appeal: id } }
    await caseAfter(
      tx,
      await changeCase(tx, subject, { closed: null, state: 'decided' }, event, signed),
      signed,
    )
    return after
  })
}

/** The item that the appeal names, else everything that was decided in the case. */
async function appealedItems(tx: Transaction, { item, caseNumber }: Appeal): Promise<CaseItemId[]> {
  if (item !== undefined) return [item]
  const items = await itemsInCase(tx, caseNumber, ITEMS_MAX)
  return items.filter(({ decision }) => decision !== undefined).map(({ id }) => id)
}

async function reopened(tx: Transaction, desk: AssessDesk, id: CaseItemId, signed: Signed): Promise<void> {
  const item = await lockCaseItem(tx, id)
  for (const vote of await votesOn(tx, [id])) await withdrawVote(tx, vote.id, signed.at)
  await withdrawOf(tx, item, `an appeal changed the decision on ${id}`, signed)
  const event = { kind: 'case-item.undecided', body: {} }
  await changeCaseItem(tx, item, { state: stateWithout(desk, item, []), decision: null }, event, signed)
}

function signedBy(by: PersonId, at: Date): Signed {
  return { actor: `person:${by}` satisfies Actor, at }
}

/** Appeals that wait, the oldest first. @throws Fault `people.refused`, on record */
export function appealsWaiting({ database, now }: AssessDesk, by: PersonId): Promise<Appeal[]> {
  return pass(database, { by, act: 'read-queue', at: now() }, (tx) => appealsOf(tx))
}
