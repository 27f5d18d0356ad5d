/** Index: the commands that build an index file and look into one. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { buildCommand } from './build.ts'
import { inspectCommand } from './inspect.ts'

/** `tutela index build|inspect` */
export function indexCommand(ending: Ending): Command {
  const command = new Command('index').description(
    'Build an index of hash lists that opens at once, or look into one.',
  )
  for (const below of [buildCommand, inspectCommand]) command.addCommand(below(ending))
  return command
}
