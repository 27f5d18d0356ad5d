/** Matcher: the commands on remote matchers: try them with a made-up one. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { fakeMatcherCommand } from './fake.ts'

/** `tutela matcher fake` */
export function matcherCommand(ending: Ending): Command {
  const command = new Command('matcher').description('Try remote matchers with a made-up one.')
  return command.addCommand(fakeMatcherCommand(ending))
}
