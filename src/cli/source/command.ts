/** Source: the commands on where lists come from: see, check, switch on, pull, and try with a fake partner. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { checkCommand } from './check.ts'
import { disableCommand, enableCommand } from './enable.ts'
import { fakeCommand } from './fake.ts'
import { listSourcesCommand } from './list.ts'
import { pullCommand } from './pull.ts'
import { showCommand } from './show.ts'

/** `tutela source ls|show|check|enable|disable|pull|fake` */
export function sourceCommand(ending: Ending): Command {
  const command = new Command('source').description('Pull lists from partners, by schedule or now.')
  const below = [
    ...[listSourcesCommand, showCommand, checkCommand, enableCommand, disableCommand, pullCommand],
    fakeCommand,
  ]
  for (const one of below) command.addCommand(one(ending))
  return command
}
