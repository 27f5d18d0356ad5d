/** Check: the command that reads a list and says what is wrong with it. */
import { Command } from 'commander'
import { isKnownGood } from '#lists/parser'
import { type ListFormat, type ListReport, placeWords, readList } from '#lists/read'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted, grouped } from '../numbers.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { assumeOption, formatOption, schemeOption } from './formats.ts'

interface CheckFlags {
  readonly json?: boolean
  readonly strict?: boolean
  readonly format?: ListFormat
  readonly assume?: 'sha256' | 'pdq'
  readonly scheme?: string
}

/** `tutela list check FILE` */
export function checkCommand(ending: Ending): Command {
  return new Command('check')
    .description('Read a list and name every line that is wrong. Exit 0 when none is, else 65.')
    .argument('<file>', 'the list')
    .addOption(jsonOption())
    .addOption(formatOption('read it as this format (default: told from the content)'))
    .addOption(assumeOption())
    .addOption(schemeOption())
    .option('--strict', 'stop at the first bad line')
    .action(async (file: string, flags: CheckFlags) => {
      const reading = readList(file, { ...flags, countRepeats: true })
      for await (const _ of reading.entries) {
        // reading is the check
      }
      const report = reading.report()
      await (flags.json ? writeJson({ kind: 'list', ...report }) : write(checkText(report)))
      const isGood = report.problemsCount === 0 && report.info.entries > 0
      ending.code = isGood ? EXIT.nothingFound : EXIT.data
    })
}

function checkText(report: ListReport): string {
  const { info, counts, problems, problemsCount, dateFrom } = report
  const format = plain(report.dialect ?? report.format)
  const kinds = Object.entries(counts).filter(([, count]) => count > 0)
  const lines = [
    `${plain(info.file)}: ${format}, ${counted(info.entries, 'entry', 'entries')}, sha256 ${info.sha256}`,
    `  dated ${info.date.slice(0, 10)} (${dateFrom === 'header' ? 'by the list itself' : "the file's own date"})`,
    ...kinds.map(([kind, count]) => `  ${kind}: ${grouped(count)}`),
    ...besides(report),
    ...problems.map((problem) => `  ${placeWords(problem)}: ${plain(problem.reason)}`),
    ...(problemsCount > problems.length
      ? [`  and ${counted(problemsCount - problems.length, 'more bad line')}`]
      : []),
    ...(counts.uncheckable > 0
      ? ['  entries with only a PhotoDNA value or a hash of a video cannot be checked by a scan here']
      : []),
    info.entries === 0
      ? '  no entry'
      : problemsCount === 0
        ? '  every line is good'
        : `  ${counted(problemsCount, 'bad line')}`,
  ]
  return `${lines.join('\n')}\n`
}

/** What is there besides entries, and what they mean. */
function besides(report: ListReport): string[] {
  const { format, scheme, repeats, tombstones, setAside, unknownColumns } = report
  return [
    ...(isKnownGood(format) ? ['  files that are known to be good: not for a scan'] : []),
    ...(scheme === undefined ? [] : [`  category numbers of ${plain(scheme)}`]),
    ...(repeats ? [`  repeats of an earlier entry: ${grouped(repeats)}`] : []),
    ...(tombstones > 0 ? [`  taken back by their publisher: ${grouped(tombstones)}`] : []),
    ...(setAside > 0 ? [`  empty or malicious files, set aside: ${grouped(setAside)}`] : []),
    ...(unknownColumns.length > 0 ? [`  not used: ${plain(unknownColumns.join(', '))}`] : []),
  ]
}
