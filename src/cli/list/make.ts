/** Make: the command that writes a hash list of some files. */
import { Command } from 'commander'
import { shown } from '#folders/path'
import { type WriteReport, writeList } from '#lists/write'
import { makeEntries } from '#workflow/make-list'
import { withDecoders } from '../decoding.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { interruption } from '../interruption.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { type DecodingFlags, decodingAsked, jobsOption, jsonOption, sandboxOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import {
  formatToWrite,
  onlyOption,
  sayLost,
  type WriteFlags,
  writeOptions,
  writtenFormatOption,
} from './formats.ts'

interface MakeFlags extends DecodingFlags, WriteFlags {
  readonly out: string
  readonly label?: string
  readonly category?: string
  readonly source?: string
  readonly name?: string
  readonly publisher?: string
}

/** `tutela list make PATH… --out FILE` */
export function makeCommand(ending: Ending): Command {
  return new Command('make')
    .description('Write a hash list of every file below some paths: digests, and PDQ of pictures.')
    .argument('<paths...>', 'files and folders')
    .requiredOption('--out <file>', 'the list to write')
    .addOption(writtenFormatOption('the list format (default: by the name of --out)'))
    .addOption(onlyOption())
    .option('--label <text>', 'a label for every entry')
    .option('--category <text>', 'a category for every entry')
    .option('--source <text>', 'a source for every entry')
    .option('--name <text>', 'the name of the list')
    .option('--publisher <text>', 'the publisher of the list')
    .option('--overwrite', 'replace the list when it exists')
    .addOption(jsonOption())
    .addOption(jobsOption())
    .addOption(sandboxOption())
    .action(async (paths: string[], flags: MakeFlags) => {
      ending.code = await made(paths, flags)
    })
}

async function made(paths: readonly string[], flags: MakeFlags): Promise<ExitCode> {
  const format = formatToWrite(flags.out, flags.format)
  const asked = await decodingAsked(flags)
  const { signal, exitCode, release } = interruption()
  let left = 0
  try {
    const report = await withDecoders(asked, (decoders) => {
      const desk = {
        decoders,
        jobs: asked.jobs,
        stop: signal,
        left: (path: Buffer, because: string) => {
          left += 1
          say(`tutela: ${plain(shown(path).file)}: ${because}; not all of its hashes are on the list`)
        },
      }
      const entries = makeEntries(
        paths.map((path) => Buffer.from(path)),
        wordsOf(flags),
        desk,
      )
      const header = { ...given('name', flags.name), ...given('publisher', flags.publisher) }
      const date = { date: new Date().toISOString().slice(0, 10) }
      return writeList(flags.out, format, entries, { ...header, ...date }, writeOptions(flags))
    })
    await printed(report, flags)
    const isWhole = sayLost(report) && left === 0
    return exitCode() ?? (isWhole ? EXIT.nothingFound : EXIT.unknown)
  } finally {
    release()
  }
}

function wordsOf({ label, category, source }: MakeFlags): object {
  return { ...given('label', label), ...given('category', category), ...given('source', source) }
}

function given(key: string, value: string | undefined): object {
  return value === undefined ? {} : { [key]: value }
}

async function printed(report: WriteReport, flags: MakeFlags): Promise<void> {
  if (flags.json) await writeJson({ kind: 'list', file: flags.out, ...report })
  else {
    const entries = counted(report.entries, 'entry', 'entries')
    await write(`${plain(flags.out)}: ${entries}, sha256 ${report.sha256}\n`)
  }
}
