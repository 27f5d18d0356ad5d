/** Convert: the command that writes a list in another format. */
import { Command } from 'commander'
import { type ListHeader, type ReadOptions, readList } from '#lists/read'
import { writeList } from '#lists/write'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import {
  assumeOption,
  formatToWrite,
  onlyOption,
  sayLost,
  schemeOption,
  type WriteFlags,
  writeOptions,
  writtenFormatOption,
} from './formats.ts'

interface ConvertFlags extends WriteFlags {
  readonly json?: boolean
  readonly strict?: boolean
  readonly assume?: 'sha256' | 'pdq'
}

/** `tutela list convert IN OUT` */
export function convertCommand(ending: Ending): Command {
  return new Command('convert')
    .description('Write a list in another format. Exit 2 when something could not be carried over.')
    .argument('<in>', 'the list to read')
    .argument('<out>', 'the list to write')
    .addOption(writtenFormatOption('the format to write (default: by the name)'))
    .addOption(assumeOption())
    .addOption(onlyOption())
    .addOption(schemeOption())
    .option('--strict', 'refuse a list that has a bad line')
    .option('--overwrite', 'replace the list when it exists')
    .addOption(jsonOption())
    .action(async (from: string, to: string, flags: ConvertFlags) => {
      const format = formatToWrite(to, flags.format)
      const { assume, scheme } = flags
      const options = { strict: flags.strict ?? false, ...(assume && { assume }), ...(scheme && { scheme }) }
      const stated = await statedOf(from, options)
      const reading = readList(from, { ...options, keepDeleted: true })
      const writing = {
        ...writeOptions(flags),
        ...(stated.scheme !== undefined && { scheme: stated.scheme }),
      }
      const written = await writeList(to, format, reading.entries, stated.header, writing)
      const { problemsCount } = reading.report()
      if (problemsCount > 0) say(`tutela: ${plain(from)}: ${counted(problemsCount, 'bad line')} left out`)
      if (flags.json) await writeJson({ kind: 'list', file: to, ...written, badLines: problemsCount })
      else
        await write(
          `${plain(to)}: ${counted(written.entries, 'entry', 'entries')}, sha256 ${written.sha256}\n`,
        )
      ending.code = sayLost(written) && problemsCount === 0 ? EXIT.nothingFound : EXIT.unknown
    })
}

/** What a list says of itself, for the top of the new one; its date is stated even where only its file had one. */
async function statedOf(
  file: string,
  options: ReadOptions,
): Promise<{ header: ListHeader; scheme?: string }> {
  const reading = readList(file, options)
  for await (const _ of reading.entries) {
    // the header is known for sure once the list was read
  }
  const { header, info, scheme } = reading.report()
  return { header: { ...header, date: info.date }, ...(scheme !== undefined && { scheme }) }
}
