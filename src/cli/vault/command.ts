/** Vault: the commands for sealed items, their keys, and the vault itself. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { exportCommand, receiptCommand } from './export.ts'
import { keysCommand } from './keys.ts'
import { recipientCommand } from './recipient.ts'
import { rotateCommand } from './rotate.ts'
import { sealCommand } from './seal.ts'
import { showCommand } from './show.ts'
import { unlockCommand } from './unlock.ts'
import { verifyCommand } from './verify.ts'
import { viewCommand } from './view.ts'

/** `tutela vault …` */
export function vaultCommand(ending: Ending): Command {
  const vault = new Command('vault').description('Seal items, open them on record, and keep the vault whole.')
  for (const command of [
    ...[sealCommand, showCommand, viewCommand],
    ...[recipientCommand, exportCommand, receiptCommand],
    ...[verifyCommand, unlockCommand, rotateCommand, keysCommand],
  ])
    vault.addCommand(command(ending))
  return vault
}
