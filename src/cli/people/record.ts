/** Record: the commands that keep cases, conflicts, advice, training and a child at risk now. */
import { Command } from 'commander'
import type { Act, PersonId } from '#terms/people'
import * as records from '#workflow/people/records'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { wholeNumber } from '../options.ts'
import { say, write } from '../output.ts'
import { withPerson } from '../session.ts'
import { aboutOption, actsOption, moment, personArgument } from './words.ts'

type About = { readonly kind: 'case' | 'item' | 'person'; readonly id: string }
const MINUTES_MAX = 1440
const UNITS_MAX = 1_000_000

/** `tutela people allocate PERSON CASE` */
export function allocateCommand(ending: Ending): Command {
  return new Command('allocate')
    .description('Give a case to somebody else; with --end take it from them.')
    .addArgument(personArgument())
    .argument('<case>', 'its number')
    .option('--end', 'it is theirs no more')
    .action(async (person: PersonId, caseNumber: string, { end }: { end?: true }) => {
      const given = { person, caseNumber, ...(end && { ends: end }) }
      await withPerson(({ people, by }) => records.allocateCase(people, by, given))
      say(`Case ${caseNumber} is ${end ? 'no longer' : 'now'} allocated to ${person}.`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people conflict PERSON --on case:NUMBER` */
export function conflictCommand(ending: Ending): Command {
  return new Command('conflict')
    .description('Record a conflict of interest, your own or somebody else’s: they do not act on it.')
    .addArgument(personArgument())
    .addOption(aboutOption().makeOptionMandatory())
    .action(async (person: PersonId, { on }: { on: About }) => {
      await withPerson(({ people, by }) => records.conflicted(people, by, person, on))
      say(`${person} does not act on ${on.kind} ${on.id}.`)
      ending.code = EXIT.nothingFound
    })
}

interface AdviseFlags {
  readonly officer: string
  readonly acts: readonly Act[]
  readonly words: string
}

/** `tutela people advise PERSON --officer O --acts view --words W` */
export function adviseCommand(ending: Ending): Command {
  return new Command('advise')
    .description('Record advice of an officer; it is shown at the next like act.')
    .addArgument(personArgument())
    .requiredOption('--officer <words>', 'who gave it')
    .addOption(actsOption().makeOptionMandatory())
    .requiredOption('--words <text>', 'what was advised')
    .action(async (givenTo: PersonId, given: AdviseFlags) => {
      const id = await withPerson(({ people, by }) => records.advise(people, by, { givenTo, ...given }))
      await write(`${id}\n`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people acknowledge ADVICE` */
export function acknowledgeCommand(ending: Ending): Command {
  return new Command('acknowledge')
    .description('Say that you read advice that was given to you.')
    .argument('<advice>', 'its id')
    .action(async (id: string) => {
      await withPerson(({ people, by }) => records.acknowledge(people, by, id))
      ending.code = EXIT.nothingFound
    })
}

interface TrainFlags {
  readonly subject: string
  readonly by: string
  readonly at: string
  readonly until?: string
  readonly exposure: number
}

/** `tutela people train PERSON --subject S --by B --at DATE` */
export function trainCommand(ending: Ending): Command {
  return new Command('train')
    .description('Record a training, with the exposure that it cost.')
    .addArgument(personArgument())
    .requiredOption('--subject <words>', 'what it was about')
    .requiredOption('--by <words>', 'who gave it')
    .requiredOption('--at <date>', 'when', moment)
    .option('--until <date>', 'how long it holds', moment)
    .option('--exposure <n>', 'weighted units of what was shown', wholeNumber(0, UNITS_MAX), 0)
    .action(async (person: PersonId, { subject, by: givenBy, at, until, exposure }: TrainFlags) => {
      const given = {
        person,
        subject,
        givenBy,
        at,
        exposureUnits: exposure,
        ...(until && { validUntil: until }),
      }
      const id = await withPerson(({ people, by }) => records.train(people, by, given))
      await write(`${id}\n`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people risk --on case:NUMBER --because WHY` */
export function riskCommand(ending: Ending): Command {
  return new Command('risk')
    .description(
      'Declare a child at risk now: gates open for a time, on record. Telephone first. --end ID ends it.',
    )
    .addOption(aboutOption())
    .option('--because <text>', 'why')
    .option('--minutes <n>', 'for how long', wholeNumber(1, MINUTES_MAX), 60)
    .option('--end <id>', 'an override that is needed no more')
    .action(async (given: { on?: About; because?: string; minutes: number; end?: string }) => {
      const { on, because = '', minutes, end } = given
      await withPerson(async ({ people, by }) => {
        if (end !== undefined) return records.riskOver(people, by, end)
        const about = on ?? ({ kind: 'person', id: by } as const)
        await write(`${await records.atRisk(people, by, { on: about, because, minutes })}\n`)
      })
      ending.code = EXIT.nothingFound
    })
}
