/** Finds: the commands that write down what was found, why its report waits, when it was made, and who was told. */
import { Command } from 'commander'
import { DISCOVERY_WAYS, type DiscoveryWay, REPORTED_TO, type ReportedTo } from '#terms/evidence'
import { delayed, found, reported, told } from '#workflow/evidence/find'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { write } from '../output.ts'
import { withCare } from './desk.ts'
import { oneOf, onOption, timeOption } from './words.ts'

type On = { readonly kind: 'item' | 'case'; readonly id: string }

interface FoundFlags {
  readonly on: On
  readonly way: DiscoveryWay
  readonly how: string
  readonly at: Date
  readonly due?: Date
}

/** `tutela retention found --on item:v-… --way complaint --how TEXT --at TIME` */
export function foundCommand(ending: Ending): Command {
  return new Command('found')
    .description('Write down that something was found. Its clock runs from when somebody knew of it.')
    .addOption(onOption())
    .addOption(oneOf('--way <word>', 'how it came to be found', DISCOVERY_WAYS))
    .requiredOption('--how <text>', 'the same in words')
    .addOption(timeOption('--at <time>', 'when somebody knew of it').makeOptionMandatory())
    .addOption(timeOption('--due <time>', 'by when it is to be reported, where a law or policy says'))
    .action(async ({ on, way, how, at, due }: FoundFlags) => {
      const given = { subject: on, way, how, discoveredAt: at, ...(due && { dueAt: due }) }
      await write(`${await withCare((desk, { by }) => found(desk, by, given))}\n`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela retention delay FIND --because TEXT` */
export function delayCommand(ending: Ending): Command {
  return new Command('delay')
    .description('Write down why a report waits (memorandum on section 46, paragraph 16).')
    .argument('<find>', 'its id')
    .requiredOption('--because <text>', 'why')
    .action(async (id: string, { because }: { because: string }) => {
      await withCare((desk, { by }) => delayed(desk, by, id, because))
      ending.code = EXIT.nothingFound
    })
}

interface ReportFlags {
  readonly to: ReportedTo
  readonly at: Date
  readonly reference?: string
}

/** `tutela retention report FIND --to iwf --at TIME` */
export function reportCommand(ending: Ending): Command {
  return new Command('report')
    .description('Write down that a find was reported, which stops its clock. It reports nothing by itself.')
    .argument('<find>', 'its id')
    .addOption(oneOf('--to <word>', 'to whom; iwf: by its own procedure (paragraph 27)', REPORTED_TO))
    .addOption(timeOption('--at <time>', 'when').makeOptionMandatory())
    .option('--reference <text>', 'the number that they gave it')
    .action(async (id: string, { to, at, reference }: ReportFlags) => {
      const given = { to, reportedAt: at, ...(reference !== undefined && { reference }) }
      await withCare((desk, { by }) => reported(desk, by, id, given))
      ending.code = EXIT.nothingFound
    })
}

interface TellFlags {
  readonly on: On
  readonly told: string
  readonly what: string
  readonly at: Date
}

/** `tutela retention tell --on case:NUMBER --told TEXT --what TEXT --at TIME` */
export function tellCommand(ending: Ending): Command {
  return new Command('tell')
    .description('Write down that somebody was told.')
    .addOption(onOption())
    .requiredOption('--told <text>', 'whom, by their function')
    .requiredOption('--what <text>', 'what they were told')
    .addOption(timeOption('--at <time>', 'when').makeOptionMandatory())
    .action(async ({ on, ...given }: TellFlags) => {
      await write(`${await withCare((desk, { by }) => told(desk, by, { subject: on, ...given }))}\n`)
      ending.code = EXIT.nothingFound
    })
}
