/** Index: the command that writes a list of the register as an index file for scans elsewhere. */
import { Command, Option } from 'commander'
import { DISTANCE_MAX } from '#matching/verdict'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted, grouped } from '../numbers.ts'
import { jsonOption, wholeNumber } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'

interface IndexFlags {
  readonly out: string
  readonly distance: number
  readonly overwrite?: boolean
  readonly json?: boolean
}

/** `tutela list index NAME --out FILE` */
export function indexOfCommand(ending: Ending): Command {
  return new Command('index')
    .description('Write a list as an index file for "tutela scan". Its terms must permit scans.')
    .argument('<name>', 'the list')
    .requiredOption('--out <file>', 'the index file to write')
    .addOption(
      new Option('--distance <n>', 'the largest PDQ distance it is made for')
        .default(DISTANCE_MAX)
        .argParser(wholeNumber(0, 63)),
    )
    .option('--overwrite', 'replace the index when it exists')
    .addOption(jsonOption())
    .action(async (name: string, flags: IndexFlags) => {
      const { indexOf } = await import('#workflow/register/index-of')
      const asked = {
        list: name,
        file: flags.out,
        distanceMax: flags.distance,
        overwrite: flags.overwrite === true,
      }
      const made = await withStore(({ database }) => indexOf(database, asked, new Date()))
      if (made.silenced > 0)
        say(`tutela: ${grouped(made.silenced)} left out: false positives, or switched off`)
      if (flags.json) await writeJson({ kind: 'index', file: flags.out, ...made })
      else await write(`${plain(flags.out)}: ${counted(made.entries, 'entry', 'entries')}\n`)
      ending.code = EXIT.nothingFound
    })
}
