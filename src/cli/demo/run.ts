/** Run: the demonstration, and what it showed, in words. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { VERSION } from '#ground/version'
import { DISTANCE_MAX } from '#matching/verdict'
import { EDITS } from '#scenes/edit'
import { Fault } from '#terms/fault'
import { type Demonstration, demonstrate, type Exhibit } from '#workflow/demonstrate'
import { withDecoders } from '../decoding.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { interruption } from '../interruption.ts'
import { counted, grouped, readableSeconds } from '../numbers.ts'
import { type DecodingFlags, decodingAsked } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { openReport } from '../scan/report/report.ts'

export interface DemoFlags extends DecodingFlags {
  readonly keep?: string
}

/** Runs the demonstration in a folder that is kept, or in one that is gone afterwards. */
export async function runDemo(flags: DemoFlags): Promise<ExitCode> {
  const folder = flags.keep ?? (await mkdtemp(join(tmpdir(), 'tutela-demo-')))
  try {
    if (flags.keep) await makeEmpty(flags.keep)
    return await demonstrated(folder, flags)
  } finally {
    if (!flags.keep) await rm(folder, { recursive: true, force: true })
  }
}

async function makeEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0) {
    throw new Fault(
      'usage.invalid',
      `${folder} is not empty; the demonstration writes only into an empty folder`,
    )
  }
}

async function demonstrated(folder: string, flags: DemoFlags): Promise<ExitCode> {
  const asked = await decodingAsked(flags)
  const { signal, exitCode, release } = interruption()
  const report = await openReport(join(folder, 'report.html'))
  try {
    const shown = await withDecoders(asked, (decoders) =>
      demonstrate(folder, {
        decoders,
        jobs: asked.jobs,
        limits: asked.limits,
        version: VERSION,
        now: () => new Date(),
        stop: signal,
        say: (step) => say(`${step} …`),
        seen: (scanned) => report.add(scanned),
      }),
    )
    if (shown.summary.interrupted) return exitCode() ?? EXIT.interrupted
    await report.write(shown.summary)
    if (flags.json) await writeJson(demoLine(shown))
    else await write(demoText(shown, flags.keep))
    return shown.isExact ? EXIT.nothingFound : EXIT.bug
  } finally {
    release()
  }
}

function demoLine({ exhibits, summary, isExact }: Demonstration): object {
  return { kind: 'demonstration', isExact, exhibits, summary }
}

function demoText(shown: Demonstration, kept: string | undefined): string {
  const { exhibits, summary, isExact } = shown
  const edits = exhibits.filter((exhibit) => exhibit.edit)
  const beyond = edits.filter((exhibit) => exhibit.distance > DISTANCE_MAX)
  const lines = [
    '',
    `Scanned ${counted(summary.files, 'file')} in ${readableSeconds(summary.seconds)}: ` +
      `${edits.length} edited, ${exhibits.length - edits.length} on no list.`,
    '',
    '  edit          edited   within reach   found',
    ...EDITS.map((edit) =>
      tableRow(
        edit,
        edits.filter((exhibit) => exhibit.edit === edit),
      ),
    ),
    tableRow(
      'on no list',
      exhibits.filter((exhibit) => !exhibit.edit),
    ),
    '',
    ...(beyond.length > 0
      ? [`Beyond reach, further than ${DISTANCE_MAX} bits of 256 from every listed hash:`]
      : []),
    ...beyond.map((exhibit) => `  ${basename(exhibit.file)}  distance ${exhibit.distance}`),
    '',
    isExact
      ? 'Right: the scan found exactly the files within reach, each at its true distance, and no other.'
      : 'WRONG: the scan and the linear search differ. This is a fault in the program.',
    summary.sandbox.words,
    ...(kept ? [`Kept in ${kept}: originals, scanned, list.csv, report.html`] : []),
    '',
  ]
  return lines.join('\n')
}

function tableRow(name: string, exhibits: readonly Exhibit[]): string {
  const within = exhibits.filter((exhibit) => exhibit.distance <= DISTANCE_MAX).length
  const found = exhibits.filter((exhibit) => exhibit.isFound).length
  const cells = [exhibits.length, within, found].map(grouped)
  return `  ${name.padEnd(12)}  ${cells[0]?.padStart(6)}   ${cells[1]?.padStart(12)}   ${cells[2]?.padStart(5)}`
}
