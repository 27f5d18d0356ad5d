/** Export: the command that writes a list of the register as a file, where its terms permit that. */
import { Command } from 'commander'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import {
  formatToWrite,
  onlyOption,
  sayLost,
  type WriteFlags,
  writeOptions,
  writtenFormatOption,
} from './formats.ts'
import { momentOf } from './show.ts'

interface ExportFlags extends WriteFlags {
  readonly to: string
  readonly at?: Date
  readonly json?: boolean
}

/** `tutela list export NAME --to FILE` */
export function exportCommand(ending: Ending): Command {
  return new Command('export')
    .description('Write a list as a file, as it stands or stood on a date. Its terms must permit export.')
    .argument('<name>', 'the list')
    .requiredOption('--to <file>', 'the file to write')
    .option('--at <date>', 'a day (its end, UTC) or a moment', momentOf)
    .addOption(writtenFormatOption('the format to write (default: by the name of --to)'))
    .addOption(onlyOption())
    .option('--overwrite', 'replace the file when it exists')
    .addOption(jsonOption())
    .action(async (name: string, flags: ExportFlags) => {
      const format = formatToWrite(flags.to, flags.format)
      const { exportList } = await import('#workflow/register/export')
      const asked = { list: name, file: flags.to, format, options: writeOptions(flags) }
      const report = await withStore(({ database }) =>
        exportList(database, flags.at ? { ...asked, at: flags.at } : asked),
      )
      if (flags.json) await writeJson({ kind: 'list', file: flags.to, ...report })
      else
        await write(
          `${plain(flags.to)}: ${counted(report.entries, 'entry', 'entries')}, sha256 ${report.sha256}\n`,
        )
      ending.code = sayLost(report) ? EXIT.nothingFound : EXIT.unknown
    })
}
