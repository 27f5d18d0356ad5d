/** Print: a scan's lines and summary, for a person or for a program. */
import type { FileLine, ScanLine, Summary } from '#terms/scan'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { bestMatch } from './best.ts'
import { summaryText } from './summary.ts'

/** Writes what a scan gives. */
export interface Printer {
  /** True when this line is written at all. */
  prints(line: ScanLine): boolean
  line(line: ScanLine): Promise<void>
  summary(summary: Summary): Promise<void>
}

/** For a program every line as JSON; for a person those that matched or are unknown. */
export function printerFor(json: boolean): Printer {
  if (json) return { prints: () => true, line: writeJson, summary: writeJson }
  return {
    prints: (line) => line.kind !== 'skipped' && line.verdict !== 'none',
    line: (line) => write(`${lineText(line)}\n`),
    summary: (summary) => write(summaryText(summary)),
  }
}

/** One line for a person: the verdict, the path, and why. */
function lineText(line: ScanLine): string {
  switch (line.kind) {
    case 'skipped':
      return `skipped  ${plain(line.file)}  ${line.because}`
    case 'folder':
      return `unknown  ${plain(line.file)}/  folder: ${line.because}`
    case 'file':
      return line.verdict === 'match'
        ? matchText(line)
        : `${line.verdict.padEnd(7)}  ${plain(line.file)}  ${line.because ?? ''}`
  }
}

function matchText(line: FileLine): string {
  const { match, basis, others } = bestMatch(line)
  const entry = `${plain(match.list)}, entry ${match.entry}`
  const category = match.category === undefined ? '' : `, category ${plain(match.category)}`
  return `match    ${plain(line.file)}  ${basis}  ${entry}${category}${others && `; ${others}`}`
}
