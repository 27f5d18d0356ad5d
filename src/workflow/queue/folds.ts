/** Folds: the state of cases and of their items beside what their events say of it. */
import { CASE_ITEM_KINDS, CASE_KINDS, foldCase, foldCaseItem } from '#cases/case-folds'
import { caseItemNamed, recordText, reportOfItem } from '#store/case-items'
import { caseNamed, priorityTold } from '#store/cases'
import type { Session } from '#store/database'
import { textForms } from '#store/text-digest'
import type { Fold } from '../ledger/folds.ts'
import { recordFold as fold, type RecordState as State } from '../ledger/record-fold.ts'

/** One line for each kind of stream. */
export const CASE_FOLDS: readonly Fold[] = [
  fold('case:', CASE_KINDS, foldCase, caseState),
  fold('case-item:', CASE_ITEM_KINDS, foldCaseItem, itemState),
]

async function caseState(session: Session, number: string): Promise<State> {
  const { kind, state, openedAt, priority, claim, heldBecause, closedAt, closedBecause, ...rest } =
    await caseNamed(session, number)
  return {
    ...{ kind, state, openedAt, reopenedAt: rest.reopenedAt ?? null, version: rest.version },
    priority: priorityTold(priority),
    claim: claim ? { ...claim } : null,
    heldSha256: heldBecause === undefined ? null : textForms(session, heldBecause),
    closed:
      closedAt === undefined
        ? null
        : { at: closedAt, becauseSha256: textForms(session, closedBecause ?? '') },
  }
}

async function itemState(session: Session, id: string): Promise<State> {
  const { caseNumber, kind, item, hashes, state, screening, stack, decision, version } = await caseItemNamed(
    session,
    id,
  )
  return {
    ...{ case: caseNumber, kind, item: item ?? null, state, stack, version },
    report: (await reportOfItem(session, id)) ?? null,
    hashesSha256: textForms(session, recordText(hashes)),
    screeningSha256: screening ? textForms(session, recordText(screening)) : null,
    decisionSha256: decision ? textForms(session, recordText(decision)) : null,
  }
}
