/** Report: gathers what the report page names, and writes the page whole or not at all. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeWholeFile } from '#ground/whole-file'
import { Fault } from '#terms/fault'
import type { FileLine, FolderLine, Scanned, Summary } from '#terms/scan'
import { reportPage } from './page.ts'

/** Rows of each table; a page with more is slow to open, and the JSON has them all. */
const ROWS_MAX = 5000

export interface Report {
  /** Takes a line up, if it is one that the report names. */
  add(scanned: Scanned): void
  /** Writes the page, in the place of an earlier one. */
  write(summary: Summary): Promise<void>
}

/**
 * Makes ready to write a report, so that a folder that cannot be written is known before the scan and not after it.
 *
 * @throws Fault `output.failed`
 */
export async function openReport(file: string): Promise<Report> {
  await access(dirname(file), constants.W_OK).catch((cause: unknown) => {
    throw new Fault('output.failed', `${file}: its folder does not exist or may not be written`, { cause })
  })
  const matches: FileLine[] = []
  const unknown: (FileLine | FolderLine)[] = []
  let matchesLeftOut = 0
  let unknownLeftOut = 0
  return {
    add({ line }) {
      if (line.kind === 'skipped' || line.verdict === 'none') return
      if (line.kind === 'file' && line.verdict === 'match') {
        if (matches.length < ROWS_MAX) matches.push(line)
        else matchesLeftOut += 1
      } else if (unknown.length < ROWS_MAX) unknown.push(line)
      else unknownLeftOut += 1
    },
    write: (summary) =>
      writeWholeFile(file, { overwrite: true }, (sink) =>
        sink.write(Buffer.from(reportPage(summary, { matches, matchesLeftOut, unknown, unknownLeftOut }))),
      ),
  }
}
