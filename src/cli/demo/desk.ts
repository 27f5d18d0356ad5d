/** Desk: the command that shows the review desk on generated scenes, in a data directory of its own. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { wholeNumber } from '../options.ts'
import type { DeskFlags } from './desk-run.ts'

const SEED = 2018
const SEED_MAX = 999_999

/** `tutela demo desk` */
export function deskCommand(ending: Ending): Command {
  return new Command('desk')
    .description(
      'Fill a data directory of its own with generated scenes, reports and people, and start the desk on this machine alone.',
    )
    .option('--data <folder>', 'the data directory of the demonstration (default: ./tutela-demo)')
    .option('--port <n>', 'port; 0 for any (default: 8787)', wholeNumber(0, 65_535))
    .option('--seed <n>', 'other scenes and stories', wholeNumber(1, SEED_MAX), SEED)
    .option('--fill', 'make the demonstration, and start nothing')
    .option('--links', 'print new sign-in links for a demonstration that runs, and start nothing')
    .action(async (_: object, command: Command) => {
      const { runDesk } = await import('./desk-run.ts')
      // Options that the command above has, too, are read there.
      ending.code = await runDesk(command.optsWithGlobals<DeskFlags>())
    })
}
