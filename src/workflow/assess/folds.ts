/** Folds: appeals beside what their events say of them. */
import { APPEAL_KINDS, foldAppeal } from '#cases/appeal-folds'
import { appealNamed } from '#store/appeals'
import type { Session } from '#store/database'
import type { Fold } from '../ledger/folds.ts'
import { type RecordState, recordFold } from '../ledger/record-fold.ts'

/** One line for each kind of stream. */
export const ASSESS_FOLDS: readonly Fold[] = [recordFold('appeal:', APPEAL_KINDS, foldAppeal, appealState)]

async function appealState(session: Session, id: string): Promise<RecordState> {
  const appeal = await appealNamed(session, id)
  const {
    caseNumber,
    item = null,
    broughtAt,
    broughtBy,
    decidedBy,
    decidedAt = null,
    outcome = null,
  } = appeal
  return {
    ...{ case: caseNumber, item, broughtAt, broughtBy, decidedAt, outcome, version: appeal.version },
    decidedBy: decidedBy === undefined ? null : `person:${decidedBy}`,
  }
}
