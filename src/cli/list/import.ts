/** Import: the command that brings a list file into a list of the register. */
import { Command } from 'commander'
import { type ListFormat, placeWords } from '#lists/read'
import type { Imported } from '#workflow/register/import'
import { EXIT, type ExitCode } from '../exit.ts'
import { Interrupted, interruption } from '../interruption.ts'
import type { Ending } from '../main.ts'
import { counted, grouped } from '../numbers.ts'
import { collected, jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { assumeOption, formatOption } from './formats.ts'
import { appliedText } from './told.ts'

interface ImportFlags {
  readonly into: string
  readonly whole?: boolean
  readonly dryRun?: boolean
  readonly beyondBounds?: boolean
  readonly strict?: boolean
  readonly format?: ListFormat
  readonly assume?: 'sha256' | 'pdq'
  readonly skipCategory?: readonly string[]
  readonly json?: boolean
}

/** `tutela list import FILE --into NAME` */
export function importCommand(ending: Ending): Command {
  return new Command('import')
    .description('Bring a list file into a list of the register: all of it, or nothing.')
    .argument('<file>', 'the list file')
    .requiredOption('--into <name>', 'the list of the register')
    .option('--whole', 'the file is the whole list: withdraw what it does not name')
    .option('--dry-run', 'say what would change, and change nothing')
    .option(
      '--beyond-bounds',
      'apply a change that withdraws over half of the list or adds over twice its size',
    )
    .option('--strict', 'refuse a file that has a bad line')
    .option('--skip-category <code>', 'leave out entries with this category code (repeatable)', collected)
    .addOption(formatOption('read it as this format (default: told from the content)'))
    .addOption(assumeOption())
    .addOption(jsonOption())
    .action(async (file: string, flags: ImportFlags) => {
      ending.code = await imported(file, flags)
    })
}

async function imported(file: string, flags: ImportFlags): Promise<ExitCode> {
  const { importList } = await import('#workflow/register/import')
  const stop = interruption('Leaving the list as it was.')
  const progress = openCount()
  try {
    const done = await withStore(({ config, database, signed }) =>
      importList(
        database,
        {
          file,
          into: flags.into,
          vocabularies: config.vocabularies,
          isWhole: flags.whole === true,
          isDryRun: flags.dryRun === true,
          isBeyondBounds: flags.beyondBounds === true,
          reading: {
            strict: flags.strict === true,
            ...(flags.format && { format: flags.format }),
            ...(flags.assume && { assume: flags.assume }),
          },
          skipped: flags.skipCategory ?? [],
          progress: (entries) => {
            if (stop.signal.aborted) throw new Interrupted()
            progress.update(entries)
          },
        },
        signed(),
      ),
    )
    progress.stop()
    return await told(file, done, flags)
  } finally {
    progress.stop()
    stop.release()
  }
}

async function told(file: string, { applied, report }: Imported, flags: ImportFlags): Promise<ExitCode> {
  const { info, format, problems, problemsCount, setAside } = report
  for (const problem of problems.slice(0, 10))
    say(`tutela: ${plain(file)}: ${plain(`${placeWords(problem)}: ${problem.reason}`)}`)
  if (problemsCount > 0)
    say(`tutela: ${counted(problemsCount, 'bad line')} left out; "tutela list check" names them`)
  if (setAside > 0) say(`tutela: ${counted(setAside, 'entry', 'entries')} set aside by category`)
  if (flags.json)
    await writeJson({
      kind: 'import',
      file,
      list: flags.into,
      format,
      sha256: info.sha256,
      badLines: problemsCount,
      setAside,
      applied,
    })
  else
    await write(
      `${plain(file)}: ${format}, ${counted(info.entries, 'entry', 'entries')}\n${appliedText(applied)}\n`,
    )
  return problemsCount > 0 ? EXIT.unknown : EXIT.nothingFound
}

const DRAWN_EVERY = 200

/** Counts entries on standard error, on a terminal only. */
function openCount(): { update(entries: number): void; stop(): void } {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} }
  const begun = performance.now()
  let read = 0
  const draw = (): void => {
    const rate = read / Math.max(0.001, (performance.now() - begun) / 1000)
    process.stderr.write(`\r\u001b[K${grouped(read)} entries read  ${grouped(rate)} entries/s`)
  }
  const timer = setInterval(draw, DRAWN_EVERY).unref()
  return {
    update: (entries) => {
      read = entries
    },
    stop: () => {
      clearInterval(timer)
      process.stderr.write('\r\u001b[K')
    },
  }
}
