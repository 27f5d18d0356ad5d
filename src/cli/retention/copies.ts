/** Copies: the commands that register a place where a copy may be, and say what became of it. */
import { Command, Option } from 'commander'
import { COPY_OUTCOMES, COPY_PLACES, type CopyOutcome, type CopyPlace, type ItemId } from '#terms/evidence'
import { accountFor, registerCopy } from '#workflow/evidence/care'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { say, write } from '../output.ts'
import { itemId } from '../vault/evidence.ts'
import { withCare } from './desk.ts'
import { oneOf, timeOption } from './words.ts'

interface CopyFlags {
  readonly place: CopyPlace
  readonly label: string
  readonly item?: ItemId
  readonly expires?: Date
}

/** `tutela retention copy --place mail --label TEXT` */
export function copyCommand(ending: Ending): Command {
  return new Command('copy')
    .description('Register a place where a copy may be, from knowledge and logs; never open one to look.')
    .addOption(oneOf('--place <word>', 'where', COPY_PLACES))
    .requiredOption('--label <text>', 'which one: a mailbox, a tape, a device')
    .addOption(new Option('--item <id>', 'of which item; none for a place that holds many').argParser(itemId))
    .addOption(timeOption('--expires <date>', 'when it ends by itself'))
    .action(async ({ place, label, item, expires }: CopyFlags) => {
      const given = { place, label, ...(item && { item }), ...(expires && { expiresAt: expires }) }
      await write(`${await withCare((desk, { by }) => registerCopy(desk, by, given))}\n`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela retention account COPY --outcome destroyed --proof TEXT` */
export function accountCommand(ending: Ending): Command {
  const outcomes = COPY_OUTCOMES.filter((outcome) => outcome !== 'expired')
  return new Command('account')
    .description('Say what became of a copy, and what shows it.')
    .argument('<copy>', 'its id')
    .addOption(oneOf('--outcome <word>', 'what became of it', outcomes))
    .requiredOption('--proof <text>', 'what shows it')
    .action(async (id: string, given: { outcome: CopyOutcome; proof: string }) => {
      const completed = await withCare((desk, { by }) => accountFor(desk, by, id, given))
      for (const destruction of completed) say(`The destruction ${destruction} is complete by it.`)
      ending.code = EXIT.nothingFound
    })
}
