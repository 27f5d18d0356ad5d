/** Retention: the commands for how long items are kept, holds, copies, destruction, and finds and their reports. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { accountCommand, copyCommand } from './copies.ts'
import { approveCommand, destroyCommand, proposeCommand, withdrawCommand } from './destroy.ts'
import { dueCommand, profilesCommand, showCommand } from './due.ts'
import { delayCommand, foundCommand, reportCommand, tellCommand } from './finds.ts'
import { decideCommand, holdCommand, releaseCommand, reviewCommand } from './hold.ts'

/** `tutela retention …` */
export function retentionCommand(ending: Ending): Command {
  const retention = new Command('retention').description(
    'How long items are kept, holds, copies, destruction by two people; finds and their reports.',
  )
  for (const command of [
    ...[dueCommand, showCommand, profilesCommand, decideCommand],
    ...[holdCommand, reviewCommand, releaseCommand, copyCommand, accountCommand],
    ...[proposeCommand, approveCommand, destroyCommand, withdrawCommand],
    ...[foundCommand, delayCommand, reportCommand, tellCommand],
  ])
    retention.addCommand(command(ending))
  return retention
}
