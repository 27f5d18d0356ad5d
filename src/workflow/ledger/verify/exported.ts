/** Exported: a ledger verified from the folder that it was exported into, with no database. */
import { openCheckpoint } from '#ledger/checkpoint'
import { isSame } from '#ledger/leaf'
import { EXPORTED } from '../export.ts'
import { exportedCheckpoint, exportedLedger } from '../exported.ts'
import { withKept } from '../kept.ts'
import { type LedgerTrust, type Verified, verifyLedger } from './verify.ts'

/**
 * Verifies an export. @param kept files with checkpoints that were kept elsewhere @throws Fault `ledger.damaged`,
 * `input.unreadable` where it is none
 */
export async function verifyExport(
  folder: string,
  trust: LedgerTrust,
  kept: readonly string[] = [],
): Promise<Verified> {
  const verified = await verifyLedger(await withKept(exportedLedger(folder), kept, trust.log), trust)
  const opened = openCheckpoint(await exportedCheckpoint(folder), trust.log)
  const wrong =
    opened.kind === 'refused'
      ? opened.because
      : opened.checkpoint.size === verified.size && isSame(opened.checkpoint.root, verified.root)
        ? undefined
        : `is of ${opened.checkpoint.size} leaves, and not of the ${verified.size} that there are`
  if (wrong === undefined) return verified
  const fault = { place: EXPORTED.checkpoint, says: wrong }
  return { ...verified, faultCount: verified.faultCount + 1, faults: [...verified.faults, fault] }
}
