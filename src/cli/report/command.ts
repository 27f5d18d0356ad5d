/** Report: the commands by which reports are brought at the command line. */
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { Command, Option } from 'commander'
import { CASE_KINDS, type CaseKind } from '#terms/casework'
import { Fault } from '#terms/fault'
import { REPORT_KINDS, type ReportKind } from '#terms/report'
import type { ReportTaken } from '#workflow/intake/bring'
import type { Bearer, ReportBrought } from '#workflow/intake/brought'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { type PersonDesk, withPerson } from '../session.ts'
import { withEvidence } from '../vault/evidence.ts'

interface AddFlags {
  readonly kind: ReportKind
  readonly case?: CaseKind
  readonly address?: string
  readonly words?: string
  readonly contact?: string
  readonly file?: string
  readonly atRisk?: boolean
  readonly json?: boolean
}

const FILE_BYTES_MAX = 64 * 1024 * 1024
const PARTNER = /^[A-Za-z0-9_.-]{1,64}$/

/** `tutela report add`, `tutela report import` */
export function reportCommand(ending: Ending): Command {
  return new Command('report')
    .description('Bring reports to the desk.')
    .addCommand(addCommand(ending))
    .addCommand(importCommand(ending))
}

function addCommand(ending: Ending): Command {
  return new Command('add')
    .description('Write down what you were told. It joins the open case about the same, or opens one.')
    .addOption(new Option('--kind <word>', 'what it is about').choices(REPORT_KINDS).makeOptionMandatory())
    .addOption(new Option('--case <kind>', 'what kind of case it opens').choices(CASE_KINDS))
    .option('--address <text>', 'where it is')
    .option('--words <text>', 'what was seen, and how')
    .option('--contact <text>', 'where whoever told it can be reached')
    .option('--file <file>', 'a file, which is sealed in the vault')
    .option('--at-risk', 'a child is at risk now')
    .addOption(jsonOption())
    .action(async ({ json, file, case: caseKind, ...told }: AddFlags) => {
      const brought = {
        ...told,
        ...(caseKind && { caseKind }),
        ...(file !== undefined && { file: bytesOf(file) }),
      }
      const taken = await withPerson((desk) => {
        const bearer: Bearer = { channel: 'analyst', actor: `person:${desk.by}` }
        return file === undefined ? bring(desk, brought, bearer) : withVault(desk, brought, bearer)
      })
      const { report, reference } = taken
      if (json) await writeJson({ ...report, reference })
      else {
        await write(`${report.caseNumber}\n`)
        say(
          `${report.id} ${report.hasJoined ? 'joined its open case' : 'opened a case'}. Reference: ${reference}`,
        )
      }
      ending.code = EXIT.nothingFound
    })
}

function importCommand(ending: Ending): Command {
  return new Command('import')
    .description(
      'Bring the reports of a partner’s file: CSV with a header, or JSON lines. Read twice, it brings them once.',
    )
    .argument('<file>', 'the file')
    .requiredOption('--from <name>', 'the partner')
    .addOption(jsonOption())
    .action(async (file: string, { from, json }: { from: string; json?: boolean }) => {
      if (!PARTNER.test(from))
        throw new Fault('usage.invalid', '--from has up to 64 letters, digits, "_", "-" and "."')
      const { partnerReports } = await import('#workflow/intake/partner-file')
      const reports = partnerReports(await textOf(file))
      const counts = { kind: 'imported', reports: reports.length, opened: 0, joined: 0, before: 0 }
      await withPerson(async (desk) => {
        await mayBring(desk)
        for (const report of reports) {
          const taken = await bring(desk, report, { channel: 'partner', actor: `source:${from}` })
          counts[!taken.isNew ? 'before' : taken.report.hasJoined ? 'joined' : 'opened']++
        }
      })
      if (json) await writeJson(counts)
      else say(toldOf(counts))
      ending.code = EXIT.nothingFound
    })
}

interface Counts {
  readonly reports: number
  readonly opened: number
  readonly joined: number
  readonly before: number
}

function toldOf({ reports, opened, joined, before }: Counts): string {
  return `${reports} reports: ${opened} opened a case, ${joined} joined one, ${before} had come before.`
}

async function bring(desk: PersonDesk, brought: ReportBrought, bearer: Bearer): Promise<ReportTaken> {
  const { bringReport } = await import('#workflow/intake/bring')
  return bringReport(
    { database: desk.database, keys: desk.people.keys, now: () => new Date() },
    brought,
    bearer,
  )
}

function withVault(desk: PersonDesk, brought: ReportBrought, bearer: Bearer): Promise<ReportTaken> {
  return withEvidence(desk, {}, async (evidence) => {
    const { bringReport } = await import('#workflow/intake/bring')
    const intake = { database: desk.database, keys: desk.people.keys, evidence, now: () => new Date() }
    return bringReport(intake, brought, bearer)
  })
}

/** A partner's reports are brought by somebody who may bring them. */
async function mayBring({ database, by }: PersonDesk): Promise<void> {
  const { pass } = await import('#workflow/door')
  await pass(database, { by, act: 'bring-report', at: new Date() }, async () => undefined)
}

async function textOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > FILE_BYTES_MAX)
      throw new Fault('list.invalid', `${file} has more than 64 MiB`)
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw cause instanceof Fault ? cause : unreadable(file, cause)
  }
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 1 << 20 })
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

function unreadable(file: string, cause: unknown): Fault {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
  return new Fault(isMissing ? 'input.missing' : 'input.unreadable', `${file} cannot be read`, { cause })
}
