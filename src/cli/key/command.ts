/** Key: the commands for the keys of those who may ask the service. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { createCommand } from './create.ts'
import { lsCommand } from './ls.ts'
import { policyCommand } from './policy.ts'
import { retroCommand } from './retro.ts'
import { revokeCommand } from './revoke.ts'

/** `tutela key …` */
export function keyCommand(ending: Ending): Command {
  const key = new Command('key').description('Make, show, change and revoke the keys of clients.')
  for (const command of [createCommand, lsCommand, policyCommand, retroCommand, revokeCommand])
    key.addCommand(command(ending))
  return key
}
