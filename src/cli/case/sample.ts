/** Sample: the command that makes every draw of decisions for a further review again, and names what is not by the draw. */
import { Command, Option } from 'commander'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption, wholeNumber } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { withPerson } from '../session.ts'

const DAY_MILLISECONDS = 86_400_000
const DAYS_MAX = 3660

/** `tutela case sample` */
export function sampleCommand(ending: Ending): Command {
  return new Command('sample')
    .description(
      'Check by the key of this place which decisions were drawn for one more review, and which were not.',
    )
    .addOption(
      new Option('--days <n>', 'of decisions of so many days')
        .default(30)
        .argParser(wholeNumber(1, DAYS_MAX)),
    )
    .addOption(jsonOption())
    .action(async ({ days, json }: { days: number; json?: boolean }) => {
      const { assessDesk } = await import('#workflow/assess/desk')
      const { checkDraws } = await import('#workflow/assess/sample')
      const found = await withPerson(async ({ database, config, people, by }) => {
        const now = new Date()
        const given = { database, keys: people.keys, set: config.desk ?? {}, now: () => now }
        return checkDraws(assessDesk(given), by, new Date(now.getTime() - days * DAY_MILLISECONDS))
      })
      const { decisions, drawn, wrong } = found
      if (json) await writeJson({ kind: 'sample', ...found })
      else {
        say(`${drawn} of ${decisions} decisions were drawn; ${wrong.length} not as the draw has it.`)
        for (const item of wrong) await write(`${item}\n`)
      }
      ending.code = wrong.length > 0 ? EXIT.match : EXIT.nothingFound
    })
}
