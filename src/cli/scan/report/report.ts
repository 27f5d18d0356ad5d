/** Report: gathers what the report page names, and writes the page whole or not at all. */
import { constants } from 'node:fs'
import { access, lstat, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeWholeFile } from '#ground/whole-file'
import { Fault } from '#terms/fault'
import type { ScanLine, Scanned, Summary } from '#terms/scan'
import { bestMatch } from '../best.ts'
import { type MatchRow, REPORT_MARK, type ReportRows, reportPage, type UnknownRow } from './page.ts'

/** Rows of each table; a page with more is slow to open, and the JSON has them all. */
const ROWS_MAX = 5000
/** A report's mark stands within this many bytes of its beginning. */
const MARK_WITHIN = 1024

export interface Report {
  /** Takes a line up, if it is one that the report names. */
  add(scanned: Scanned): void
  /** Writes the page, in the place of an earlier one. */
  write(summary: Summary): Promise<void>
}

/**
 * Makes ready to write a report, so that a place where it cannot be written is known before the scan and not after it. Only an
 * earlier report is ever replaced.
 *
 * @throws Fault `output.failed`
 */
export async function openReport(file: string): Promise<Report> {
  await access(dirname(file), constants.W_OK).catch((cause: unknown) => {
    throw new Fault('output.failed', `${file}: its folder does not exist or may not be written`, { cause })
  })
  await refuseOther(file)
  const rows = new Rows()
  return {
    add: ({ line }) => rows.add(line),
    write: (summary) =>
      writeWholeFile(file, { overwrite: true }, (sink) => sink.write(Buffer.from(reportPage(summary, rows)))),
  }
}

/** What stands under the name must be a report, or nothing. */
async function refuseOther(file: string): Promise<void> {
  const status = await lstat(file).catch(() => undefined)
  if (!status) return
  const isReport = status.isFile() && (await beginningOf(file)).includes(REPORT_MARK)
  if (!isReport) {
    throw new Fault('output.failed', `${file} exists and is no earlier report, so it is not replaced`)
  }
}

async function beginningOf(file: string): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MARK_WITHIN), 0, MARK_WITHIN, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The rows of both tables, up to their limit. */
class Rows implements ReportRows {
  readonly matches: MatchRow[] = []
  readonly unknown: UnknownRow[] = []
  matchesLeftOut = 0
  unknownLeftOut = 0

  add(line: ScanLine): void {
    if (line.kind === 'skipped' || line.verdict === 'none') return
    const { file, fileBase64 } = line
    const path = { file, ...(fileBase64 !== undefined && { fileBase64 }) }
    if (line.kind === 'file' && line.verdict === 'match') {
      if (this.matches.length === ROWS_MAX) this.matchesLeftOut += 1
      else this.matches.push({ ...path, best: bestMatch(line) })
    } else if (this.unknown.length === ROWS_MAX) this.unknownLeftOut += 1
    else this.unknown.push({ ...path, because: line.because ?? '', isFolder: line.kind === 'folder' })
  }
}
