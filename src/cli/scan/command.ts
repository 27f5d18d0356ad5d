/** Scan: the command that finds known pictures below some paths. */
import { Command, Option } from 'commander'
import { checkRoots } from '#folders/walk'
import { readConfig } from '#ground/config'
import { VERSION } from '#ground/version'
import { DISTANCE_MAX } from '#matching/verdict'
import { Fault } from '#terms/fault'
import type { Summary } from '#terms/scan'
import { openKnown } from '#workflow/known'
import { type ScanAsked, type ScanDesk, scan } from '#workflow/scan'
import { withDecoders } from '../decoding.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { interruption } from '../interruption.ts'
import { schemeOption } from '../list/formats.ts'
import type { Ending } from '../main.ts'
import {
  collected,
  type DecodingFlags,
  decodingAsked,
  jobsOption,
  jsonOption,
  sandboxOption,
  wholeNumber,
} from '../options.ts'
import { flush, say } from '../output.ts'
import { openProgress } from '../progress.ts'
import { countAhead } from './ahead.ts'
import { type Bringing, openBringing } from './bring.ts'
import { type Printer, printerFor } from './print.ts'
import { sayProblems, sayRepeats } from './problems.ts'
import { replayScan } from './replay.ts'
import { openReport, type Report } from './report/report.ts'
import { askStated } from './stated.ts'

interface ScanFlags extends DecodingFlags {
  readonly list?: readonly string[]
  readonly strict?: boolean
  readonly scheme?: string
  readonly distance: number
  readonly exclude?: readonly string[]
  readonly oneFileSystem?: boolean
  readonly state?: string
  readonly replay?: boolean
  readonly report?: string
  readonly reportTo?: string
  readonly reportKeyFile?: string
  readonly reportBytes?: boolean
  readonly role?: string
  readonly purpose?: string
}

/** `tutela scan PATH… --list FILE…` */
export function scanCommand(ending: Ending): Command {
  return new Command('scan')
    .description('Find known pictures below some paths: match, none, or unknown, because.')
    .argument('[paths...]', 'files and folders; symbolic links below them are not followed')
    .option('--list <file>', 'a hash list or a built index; may be given several times', collected)
    .addOption(jsonOption())
    .option('--strict', 'refuse a list that has a bad line')
    .addOption(schemeOption())
    .addOption(
      new Option('--distance <n>', 'largest PDQ distance that counts as a match')
        .default(DISTANCE_MAX)
        .argParser(wholeNumber(0, 63)),
    )
    .option('--exclude <pattern>', 'pass over paths that fit; may be given several times', collected)
    .option('--one-file-system', 'stay on the file system of each path')
    .option('--state <file>', 'keep a journal there; the same command goes on after an interruption')
    .option('--replay', 'print what the journal in --state holds, and scan nothing')
    .option('--report <file>', 'write a report page (HTML) there')
    .option('--report-to <url>', 'bring what matched to the desk of this service, by its hashes')
    .option('--report-key-file <file>', 'file that holds the key for it (default: the variable TUTELA_KEY)')
    .option('--report-bytes', 'bring the files themselves, too')
    .option('--role <text>', 'the role in which you scan; recorded in the summary and the report')
    .option('--purpose <text>', 'what you scan for; recorded in the summary and the report')
    .addOption(jobsOption())
    .addOption(sandboxOption())
    .action(async (paths: string[], flags: ScanFlags) => {
      ending.code = flags.replay ? await replayed(flags) : await scanned(paths, flags)
    })
}

async function scanned(paths: readonly string[], flags: ScanFlags): Promise<ExitCode> {
  const lists = flags.list ?? []
  if (paths.length === 0) throw new Fault('usage.invalid', 'scan needs at least one path')
  if (lists.length === 0) throw new Fault('usage.invalid', 'scan needs at least one --list')
  const config = await readConfig(process.env)
  const decoding = await decodingAsked(flags, config)
  const roots = paths.map((path) => Buffer.from(path))
  await checkRoots(roots)
  const report = flags.report === undefined ? undefined : await openReport(flags.report)
  const known = await openKnown(lists, {
    strict: flags.strict ?? false,
    distanceMax: flags.distance,
    vocabularies: config.vocabularies,
    ...(flags.scheme !== undefined && { scheme: flags.scheme }),
  })
  sayProblems(known.reports, known.used.uncheckableEntries)
  await sayRepeats(roots, known)
  const asked: ScanAsked = {
    paths: roots,
    terms: {
      distanceMax: flags.distance,
      excluded: flags.exclude ?? [],
      oneFileSystem: flags.oneFileSystem ?? false,
      limits: decoding.limits,
    },
    stated: await askStated({ ...config, ...flags }),
    ...(config.file !== undefined && { configuration: config.file }),
    ...(flags.state !== undefined && { state: flags.state }),
  }
  const bringing =
    flags.reportTo === undefined ? undefined : openBringing({ ...flags, reportTo: flags.reportTo })
  return withDecoders(decoding, async (decoders) => {
    const { signal, exitCode, release } = interruption()
    const clock = { now: () => new Date(), stop: signal }
    const desk = { known, decoders, jobs: decoding.jobs, version: VERSION, ...clock }
    try {
      const summary = await followed(desk, asked, printerFor(flags.json ?? false), report, bringing)
      await bringing?.bring(decoders, signal)
      return exitCode() ?? exitOf(summary)
    } finally {
      release()
    }
  })
}

/** Scans with progress, print-out and report. */
async function followed(
  desk: ScanDesk,
  asked: ScanAsked,
  printer: Printer,
  report: Report | undefined,
  bringing: Bringing | undefined,
): Promise<Summary> {
  const begun = Date.now()
  const progress = openProgress()
  const ahead = countAhead(asked, desk.stop, progress)
  try {
    return await scan(desk, asked, {
      seen: (scanned, tally, fresh) => {
        report?.add(scanned)
        bringing?.add(scanned)
        if (fresh) progress.update(tally)
        else progress.resumeAt(tally)
      },
      print: async (line) => {
        if (!printer.prints(line)) return
        progress.clear()
        await printer.line(line)
      },
      conclude: async (summary) => {
        progress.stop()
        if (summary.endedAt !== undefined && Date.parse(summary.endedAt) < begun) {
          say(
            `tutela: this scan ended on ${summary.endedAt}; nothing has changed, and nothing was scanned now`,
          )
        }
        await printer.summary(summary)
        await flush()
        await report?.write(summary)
      },
    })
  } finally {
    progress.stop()
    ahead.stop()
  }
}

async function replayed(flags: ScanFlags): Promise<ExitCode> {
  if (flags.state === undefined) throw new Fault('usage.invalid', '--replay needs --state FILE')
  const report = flags.report === undefined ? undefined : await openReport(flags.report)
  const summary = await replayScan(flags.state, printerFor(flags.json ?? false), report)
  return summary.interrupted ? EXIT.interrupted : exitOf(summary)
}

/** 1 when anything matched; else 2 when anything could not be checked; else 0. */
function exitOf(summary: Summary): ExitCode {
  if (summary.interrupted) return EXIT.interrupted
  if (summary.match > 0) return EXIT.match
  const unchecked = summary.unknown + summary.foldersUnread + summary.uncheckableEntries + summary.badLines
  return unchecked > 0 ? EXIT.unknown : EXIT.nothingFound
}
