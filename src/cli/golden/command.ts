/** Golden: the commands for sets of generated pictures whose answer is known. */
import { Command, Option } from 'commander'
import type { PersonId } from '#terms/people'
import type { AssessDesk } from '#workflow/assess/desk'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption, wholeNumber } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { withPerson } from '../session.ts'

const COUNT_MAX = 500
const SEED_MAX = 1_000_000

/** `tutela golden …` */
export function goldenCommand(ending: Ending): Command {
  const command = new Command('golden').description(
    'Make sets of generated pictures whose answer is known; they are mixed in at the pace of desk.goldenPerDay.',
  )
  command.addCommand(makeCommand(ending))
  command.addCommand(listCommand(ending))
  return command
}

interface MakeFlags {
  readonly count: number
  readonly seed: number
  readonly scheme?: string
  readonly json?: boolean
}

function makeCommand(ending: Ending): Command {
  return new Command('make')
    .description('Make a set. Its pictures are generated from the seed: no file is ever taken for one.')
    .addOption(new Option('--count <n>', 'pictures').default(20).argParser(wholeNumber(1, COUNT_MAX)))
    .addOption(
      new Option('--seed <n>', 'another one for each set')
        .argParser(wholeNumber(1, SEED_MAX))
        .makeOptionMandatory(),
    )
    .option('--scheme <name>', 'one that is graded in; the main one unless given')
    .addOption(jsonOption())
    .action(async ({ count, seed, scheme, json }: MakeFlags) => {
      const { makeGolden } = await import('#workflow/golden/make')
      const made = await atDesk((desk, by) =>
        makeGolden(desk, { by, count, seed, ...(scheme && { scheme }) }),
      )
      if (json) await writeJson({ kind: 'golden-set', ...made })
      else say(`Golden set ${made.id}: ${made.pictures} pictures in ${made.scheme}.`)
      ending.code = EXIT.nothingFound
    })
}

function listCommand(ending: Ending): Command {
  return new Command('list')
    .description('Show the sets, and how many pictures of each were mixed in; never as which cases.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const { listGolden } = await import('#workflow/golden/make')
      for (const one of await atDesk(listGolden)) {
        const text = `${one.id}  ${one.scheme}  seed ${one.seed}  ${one.brought} of ${one.pictures} mixed in\n`
        await (json ? writeJson({ kind: 'golden-set', ...one }) : write(text))
      }
      ending.code = EXIT.nothingFound
    })
}

function atDesk<T>(work: (desk: AssessDesk, by: PersonId) => Promise<T>): Promise<T> {
  return withPerson(async ({ database, config, people, by }) => {
    const { assessDesk } = await import('#workflow/assess/desk')
    const set = config.desk ?? {}
    return work(assessDesk({ database, keys: people.keys, set, now: () => new Date() }), by)
  })
}
