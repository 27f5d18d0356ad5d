/** Handover folds: the state of recipients, handovers and exposure beside what their events say of it. */
import * as cases from '#cases/handover-folds'
import type { Session } from '#store/database'
import { exposureState } from '#store/exposure'
import { handoverNamed } from '#store/handovers'
import { recipientNamed } from '#store/recipients'
import { textForms } from '#store/text-digest'
import type { PersonId } from '#terms/people'
import type { Fold } from '../ledger/folds.ts'
import { recordFold as fold, type RecordState as State } from '../ledger/record-fold.ts'

/** One line for each kind of stream. */
export const HANDOVER_FOLDS: readonly Fold[] = [
  fold('recipient:', cases.RECIPIENT_KINDS_OF_EVENTS, cases.foldRecipient, recipientState),
  fold('handover:', cases.HANDOVER_KINDS, cases.foldHandover, handoverState),
  fold('exposure:', cases.EXPOSURE_KINDS, cases.foldExposure, (session, id) =>
    exposureState(session, id as PersonId),
  ),
]

async function recipientState(session: Session, id: string): Promise<State> {
  const { id: _, isReady: __, name, ageRecipient, checks, ...recipient } = await recipientNamed(session, id)
  return {
    ...recipient,
    nameSha256: textForms(session, name),
    keySha256: textForms(session, ageRecipient),
    checks: checks.map(({ how, ...check }) => ({ ...check, howSha256: textForms(session, how) })),
  }
}

async function handoverState(session: Session, id: string): Promise<State> {
  const { id: _, because, receipt, caseNumber, ...handover } = await handoverNamed(session, id)
  return {
    ...handover,
    case: caseNumber,
    becauseSha256: textForms(session, because),
    receiptSha256: receipt === undefined ? undefined : textForms(session, receipt),
  }
}
