/** Intake folds: the state of reports beside what their events say of it. */
import { foldReport, REPORT_KINDS_OF_EVENTS } from '#cases/report-folds'
import { reportState } from '#store/reports'
import type { Fold } from '../ledger/folds.ts'
import { recordFold } from '../ledger/record-fold.ts'

export const REPORT_FOLDS: readonly Fold[] = [
  recordFold('report:', REPORT_KINDS_OF_EVENTS, foldReport, reportState),
]
