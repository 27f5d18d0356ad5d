/** Demonstration folds: what a deployment is beside what its events say of it. */
import { deploymentState } from '#store/deployment'
import type { Fold } from '../ledger/folds.ts'
import { recordFold } from '../ledger/record-fold.ts'

/** `deployment:this`: said once; that it was filled changes nothing of it. */
export const DEPLOYMENT_FOLDS: readonly Fold[] = [
  recordFold(
    'deployment:',
    ['deployment.settled', 'deployment.filled'],
    ([settled]) => ({ isDemonstration: settled?.body['isDemonstration'] ?? null }),
    (session) => deploymentState(session),
  ),
]
