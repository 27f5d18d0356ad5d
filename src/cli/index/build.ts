/** Build: the command that makes one index file of hash lists. */
import { Command, Option } from 'commander'
import { readConfig } from '#ground/config'
import { saveIndex } from '#index/file'
import { DISTANCE_MAX } from '#matching/verdict'
import { Fault } from '#terms/fault'
import { indexLists } from '#workflow/known'
import { EXIT } from '../exit.ts'
import { assumeOption, schemeOption } from '../list/formats.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { collected, jsonOption, wholeNumber } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { sayProblems } from '../scan/problems.ts'

interface BuildFlags {
  readonly list?: readonly string[]
  readonly out: string
  readonly strict?: boolean
  readonly assume?: 'sha256' | 'pdq'
  readonly scheme?: string
  readonly distance: number
  readonly overwrite?: boolean
  readonly json?: boolean
}

/** `tutela index build --list FILE… --out FILE` */
export function buildCommand(ending: Ending): Command {
  return new Command('build')
    .description('Build one index file of hash lists; scan takes it with --list and opens it at once.')
    .option('--list <file>', 'a hash list; may be given several times', collected)
    .requiredOption('--out <file>', 'the index file to write')
    .option('--strict', 'refuse a list that has a bad line')
    .addOption(assumeOption())
    .addOption(schemeOption())
    .addOption(
      new Option('--distance <n>', 'the largest PDQ distance it is made for; others work too, slower')
        .default(DISTANCE_MAX)
        .argParser(wholeNumber(0, 63)),
    )
    .option('--overwrite', 'replace the index when it exists')
    .addOption(jsonOption())
    .action(async (flags: BuildFlags) => {
      const lists = flags.list ?? []
      if (lists.length === 0) throw new Fault('usage.invalid', 'index build needs at least one --list')
      const { vocabularies } = await readConfig(process.env)
      const { index, reports } = await indexLists(lists, {
        vocabularies,
        strict: flags.strict ?? false,
        distanceMax: flags.distance,
        ...(flags.assume && { assume: flags.assume }),
        ...(flags.scheme !== undefined && { scheme: flags.scheme }),
      })
      sayProblems(reports, index.uncheckable)
      const saved = await saveIndex(index, flags.out, { overwrite: flags.overwrite ?? false })
      const entries = counted(index.entries, 'entry', 'entries')
      if (flags.json) await writeJson({ kind: 'index', file: flags.out, entries: index.entries, ...saved })
      else await write(`${plain(flags.out)}: ${entries} of ${counted(lists.length, 'list')}\n`)
      ending.code = index.badLines > 0 ? EXIT.unknown : EXIT.nothingFound
    })
}
