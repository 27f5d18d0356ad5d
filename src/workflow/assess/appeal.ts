/** Appeal: somebody says that a decision was wrong; a person who has not touched the case looks at it anew. */
import { newId } from '#ground/id'
import { type Appeal, type AppealOutcome, appealNamed, bringAppeal, decideAppeal } from '#store/appeals'
import type { Signed } from '#store/append'
import { caseItemNamed, changeCaseItem, lockCaseItem } from '#store/case-items'
import { caseNamed, changeCase, lockCase } from '#store/cases'
import type { Transaction } from '#store/database'
import { withdrawEntry } from '#store/edits'
import { touchedBy, votesOn, withdrawVote } from '#store/votes'
import type { CaseItemId } from '#terms/casework'
import type { Actor } from '#terms/event'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import { wordsOf } from '../evidence/words.ts'
import type { AssessDesk } from './desk.ts'
import { caseAfter } from './vote.ts'
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
 * Decides an appeal. `changed` opens the item again: its votes count no more, and its entry is withdrawn at once.
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
  wordsOf(given.because, 'why the appeal ends so')
  const at = desk.now()
  const asked = { by, act: 'decide-appeal', subject: { kind: 'case', id: known.caseNumber }, at } as const
  const facts = async (tx: Transaction) => ({
    earlier: await touchedBy(tx, known.caseNumber, known.broughtBy),
  })
  return pass(desk.database, { ...asked, facts }, async (tx) => {
    const signed = signedBy(by, at)
    const subject = await lockCase(tx, known.caseNumber)
    const before = await appealNamed(tx, id)
    const after = await decideAppeal(tx, before, given.outcome, by, signed)
    if (given.outcome === 'changed' && before.item) await reopened(tx, desk, before.item, signed)
    if (given.outcome !== 'changed') return after
    const event = { kind: 'case.appealed', body: { appeal: id } }
    await caseAfter(
      tx,
      await changeCase(tx, subject, { closed: null, state: 'decided' }, event, signed),
      signed,
    )
    return after
  })
}

async function reopened(tx: Transaction, desk: AssessDesk, id: CaseItemId, signed: Signed): Promise<void> {
  const item = await lockCaseItem(tx, id)
  for (const vote of await votesOn(tx, [id])) await withdrawVote(tx, vote.id, signed.at)
  const entry = item.decision?.entry
  if (entry) await withdrawEntry(tx, entry.entry, `an appeal changed the decision on ${id}`, signed)
  const event = { kind: 'case-item.undecided', body: {} }
  await changeCaseItem(tx, item, { state: stateWithout(desk, item, []), decision: null }, event, signed)
}

function signedBy(by: PersonId, at: Date): Signed {
  return { actor: `person:${by}` satisfies Actor, at }
}
