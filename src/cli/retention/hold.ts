/** Hold: the commands that decide until when an item is kept, and hold it against going. */
import { Command } from 'commander'
import type { ItemId } from '#terms/evidence'
import type { Purpose } from '#terms/people'
import { decide, endHold, holdItem, lookAgain } from '#workflow/evidence/care'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { say, write } from '../output.ts'
import { withCare } from './desk.ts'
import { itemArgument, purposeOption, timeOf, timeOption } from './words.ts'

interface DecideFlags {
  readonly purpose: Purpose
  readonly profile: string
  readonly until: Date
  readonly because: string
}

/** `tutela retention decide ITEM --purpose P --profile R --until DATE --because TEXT` */
export function decideCommand(ending: Ending): Command {
  return new Command('decide')
    .description('Decide until when an item is kept for a purpose, as police instruct or a law pack states.')
    .addArgument(itemArgument())
    .addOption(purposeOption())
    .requiredOption('--profile <name>', 'as "tutela retention show" names it')
    .addOption(timeOption('--until <date>', 'its end; a past one lets it lapse').makeOptionMandatory())
    .requiredOption('--because <text>', 'why, for the record')
    .action(async (item: ItemId, { purpose, profile, until, because }: DecideFlags) => {
      await withCare((desk, { by }) => decide(desk, by, { item, purpose, profile }, { until, because }))
      say(`${item} is kept for ${purpose} until ${until.toISOString()}.`)
      ending.code = EXIT.nothingFound
    })
}

interface HoldFlags {
  readonly purpose: Purpose
  readonly issuer: string
  readonly because: string
  readonly review?: Date
}

/** `tutela retention hold ITEM --issuer TEXT --because TEXT --purpose P` */
export function holdCommand(ending: Ending): Command {
  return new Command('hold')
    .description('Hold an item: nothing of it goes until every hold is released.')
    .addArgument(itemArgument())
    .requiredOption('--issuer <text>', 'who asks for it: a force, a court')
    .requiredOption('--because <text>', 'why, for the record')
    .addOption(purposeOption())
    .addOption(timeOption('--review <date>', 'when somebody looks at it again; it does not end by that'))
    .action(async (item: ItemId, { review, ...given }: HoldFlags) => {
      const hold = { item, ...given, ...(review && { reviewAt: review }) }
      await write(`${await withCare((desk, { by }) => holdItem(desk, by, hold))}\n`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela retention review HOLD DATE` */
export function reviewCommand(ending: Ending): Command {
  return new Command('review')
    .description('Say that a hold was looked at, and when it is again.')
    .argument('<hold>', 'its id')
    .argument('<date>', 'the next time', timeOf)
    .action(async (id: string, reviewAt: Date) => {
      await withCare((desk, { by }) => lookAgain(desk, by, id, reviewAt))
      ending.code = EXIT.nothingFound
    })
}

/** `tutela retention release HOLD --because TEXT` */
export function releaseCommand(ending: Ending): Command {
  return new Command('release')
    .description('Release a hold.')
    .argument('<hold>', 'its id')
    .requiredOption('--because <text>', 'why, for the record')
    .action(async (id: string, { because }: { because: string }) => {
      await withCare((desk, { by }) => endHold(desk, by, id, because))
      ending.code = EXIT.nothingFound
    })
}
