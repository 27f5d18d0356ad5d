/** List: the commands that make, check and convert hash lists. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { checkCommand } from './check.ts'
import { convertCommand } from './convert.ts'
import { makeCommand } from './make.ts'

/** `tutela list make|check|convert` */
export function listCommand(ending: Ending): Command {
  const command = new Command('list').description('Make, check and convert hash lists.')
  for (const below of [makeCommand, checkCommand, convertCommand]) command.addCommand(below(ending))
  return command
}
