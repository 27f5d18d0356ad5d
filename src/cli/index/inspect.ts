/** Inspect: the command that says what an index file holds. */
import { Command } from 'commander'
import { type IndexInspection, inspectIndex } from '#index/file'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted, grouped, readableBytes } from '../numbers.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'

/** `tutela index inspect FILE` */
export function inspectCommand(ending: Ending): Command {
  return new Command('inspect')
    .description('Say what an index file holds: its lists, their dates, its hashes and sizes.')
    .argument('<file>', 'the index file')
    .option('--verify', 'read all of it and compare every checksum')
    .addOption(jsonOption())
    .action(async (file: string, flags: { readonly json?: boolean; readonly verify?: boolean }) => {
      const inspection = await inspectIndex(file, { verify: flags.verify ?? false })
      await (flags.json ? writeJson({ kind: 'index', ...inspection }) : write(inspectionText(inspection)))
      ending.code = EXIT.nothingFound
    })
}

function inspectionText(inspection: IndexInspection): string {
  const { file, version, bytes, entries, uncheckable, distanceMax, counts, lists, sections } = inspection
  const lines = [
    `${plain(file)}: index version ${version}, ${readableBytes(bytes)}, ${counted(entries, 'entry', 'entries')}`,
    ...Object.entries(counts).map(([kind, count]) => `  ${kind.padEnd(7)} ${grouped(count)}`),
    `  made for PDQ distances up to ${distanceMax}`,
    ...(uncheckable > 0 ? [`  ${counted(uncheckable, 'entry', 'entries')} with only a PhotoDNA value`] : []),
    'Lists',
    ...lists.map(({ info, badLines }) => {
      const bad = badLines > 0 ? `, ${counted(badLines, 'bad line')} left out` : ''
      const of = counted(info.entries, 'entry', 'entries')
      return `  ${plain(info.file)}  ${of}${bad}  dated ${info.date.slice(0, 10)}  sha256 ${info.sha256}`
    }),
    'Sections',
    ...sections.map((section) => `  ${section.name.padEnd(20)} ${readableBytes(section.bytes)}`),
  ]
  return `${lines.join('\n')}\n`
}
