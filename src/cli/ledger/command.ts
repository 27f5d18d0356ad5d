/** Ledger: the commands on the record of every change: how it stands, whether it is whole, and proofs from it. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { anchorCommand } from './anchor.ts'
import { continueCommand } from './continue.ts'
import { exportCommand } from './export.ts'
import { keyCommand } from './key.ts'
import { proofCommand } from './proof.ts'
import { statusCommand } from './status.ts'
import { verifyCommand } from './verify.ts'

/** `tutela ledger status|verify|proof|export|key|anchor|continue-after-restore` */
export function ledgerCommand(ending: Ending): Command {
  const command = new Command('ledger').description(
    'Check the record of every change, and prove what is in it.',
  )
  const look = [statusCommand, verifyCommand, proofCommand, exportCommand, keyCommand]
  for (const below of [...look, anchorCommand, continueCommand]) command.addCommand(below(ending))
  return command
}
