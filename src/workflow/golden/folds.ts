/** Folds: golden sets beside what their events say of them. */
import { foldGolden, GOLDEN_KINDS } from '#cases/golden-folds'
import { goldenState } from '#store/golden'
import type { Fold } from '../ledger/folds.ts'
import { recordFold } from '../ledger/record-fold.ts'

/** One line for each kind of stream. */
export const GOLDEN_FOLDS: readonly Fold[] = [recordFold('golden:', GOLDEN_KINDS, foldGolden, goldenState)]
