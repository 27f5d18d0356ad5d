/** Partner file: reports that a partner sends as a file: CSV with a header, or a JSON object on each line. */
import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import type { ItemHashes } from '#terms/casework'
import { Fault } from '#terms/fault'
import { REPORT_KINDS, type ReportKind } from '#terms/report'
import { checkedHashes, type ReportBrought } from './brought.ts'

const ROWS_MAX = 100_000
const BAD_LINES_TOLD = 10
/** Other names under which partners send the same. */
const NAMES: Readonly<Record<string, string>> = {
  url: 'address',
  at_risk: 'atRisk',
  description: 'words',
  note: 'words',
}
const MEMBERS = ['id', 'kind', 'address', 'words', 'contact', 'atRisk', 'md5', 'sha1', 'sha256'] as const
type Row = Partial<Record<(typeof MEMBERS)[number], string>>

/**
 * The reports of a file. Each has an id: the partner's own, or one that follows from the row, so that a file that is read twice
 * brings nothing twice.
 *
 * @throws Fault `list.invalid` naming the lines that are none; then nothing of the file counts
 */
export function partnerReports(untrustedText: string): ReportBrought[] {
  const rows = untrustedText.trimStart().startsWith('{') ? jsonRows(untrustedText) : csvRows(untrustedText)
  if (rows.length > ROWS_MAX) throw new Fault('list.invalid', `a file has at most ${ROWS_MAX} reports`)
  const bad: string[] = []
  const reports = rows.flatMap(({ line, row }) => {
    try {
      return [reportOf(row)]
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      bad.push(`line ${line}: ${error.message}`)
      return []
    }
  })
  if (bad.length === 0) return reports
  const more = bad.length > BAD_LINES_TOLD ? `; ${bad.length - BAD_LINES_TOLD} more` : ''
  throw new Fault('list.invalid', `${bad.slice(0, BAD_LINES_TOLD).join('; ')}${more}`)
}

interface Numbered {
  readonly line: number
  readonly row: Readonly<Record<string, unknown>>
}

function jsonRows(text: string): Numbered[] {
  return text.split('\n').flatMap((one, at) => {
    if (one.trim() === '') return []
    const line = at + 1
    try {
      const row = JSON.parse(one) as unknown
      if (typeof row === 'object' && row !== null) return [{ line, row: row as Numbered['row'] }]
    } catch {
      // said below, in one way for all that is no object
    }
    throw new Fault('list.invalid', `line ${line}: it is no JSON object`)
  })
}

function csvRows(text: string): Numbered[] {
  try {
    const options = { columns: true, info: true, bom: true, skip_empty_lines: true, trim: true } as const
    const rows = parse(text, options) as unknown as { record: Numbered['row']; info: { lines: number } }[]
    return rows.map(({ record, info }) => ({ line: info.lines, row: record }))
  } catch (cause) {
    throw new Fault('list.invalid', `the file is no CSV: ${(cause as Error).message}`, { cause })
  }
}

function reportOf(untrusted: Readonly<Record<string, unknown>>): ReportBrought {
  const row = rowOf(untrusted)
  const { id, kind, address, words, contact, atRisk, ...digests } = row
  const hashes: ItemHashes[] = Object.keys(digests).length > 0 ? [digests] : []
  const report: ReportBrought = {
    kind: kindOf(kind, hashes.length > 0),
    id:
      id ??
      `row:${createHash('sha256')
        .update(JSON.stringify(Object.entries(row).sort()))
        .digest('hex')}`,
    ...(address !== undefined && { address }),
    ...(words !== undefined && { words }),
    ...(contact !== undefined && { contact }),
    ...(hashes.length > 0 && { hashes }),
    atRisk: /^(1|true|yes)$/i.test(atRisk ?? ''),
  }
  checkedHashes(report, 'hotline')
  return report
}

/** What is not known stops the file: nobody could say that it may be left out. */
function rowOf(untrusted: Readonly<Record<string, unknown>>): Row {
  const row: Row = {}
  for (const [name, value] of Object.entries(untrusted)) {
    const known = MEMBERS.find((member) => member === (NAMES[name.toLowerCase()] ?? name))
    if (known === undefined) throw new Fault('list.invalid', `there is no column "${name.slice(0, 50)}"`)
    if (value === null || value === '') continue
    if (typeof value === 'object') throw new Fault('list.invalid', `${known} is no text`)
    row[known] = String(value)
  }
  return row
}

function kindOf(kind: string | undefined, hasHashes: boolean): ReportKind {
  if (kind === undefined) return hasHashes ? 'material' : 'page'
  const known = REPORT_KINDS.find((one) => one === kind)
  if (known) return known
  throw new Fault('list.invalid', `kind is one of ${REPORT_KINDS.join(', ')}`)
}
