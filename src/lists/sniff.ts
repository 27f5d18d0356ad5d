/** Sniff: a list's format, told by its first bytes and never by its name. */
import { isColumnsLine } from './columns.ts'
import { FIELDS, shown } from './entry.ts'
import { isOwnComment } from './header.ts'
import { type LineBatch, LineSplitter } from './lines.ts'
import { isRdsTextLine } from './nsrl/text.ts'
import type { ListFormat } from './parser.ts'
import { isPlainLine } from './plain.ts'
import { Problems } from './problems.ts'
import { ICSE_COLUMNS, ICSE_DELIMITER } from './tables/icse.ts'
import { whyNoText, withoutMark } from './text.ts'
import { isSignalLine } from './threatexchange/local-file.ts'
import { isTeLine } from './threatexchange/te.ts'

/** Lines that are looked at: a list may begin with a few bad ones. */
const LINES_MAX = 64

/** First bytes of an SQLite database. */
const SQLITE = Buffer.from('SQLite format 3\0', 'latin1')

/**
 * The format of the list that begins with these bytes.
 *
 * @throws Fault `list.invalid` when they begin no list that is known here
 */
export function sniff(bytes: Buffer, problems: Problems): ListFormat {
  if (bytes.subarray(0, SQLITE.length).equals(SQLITE)) return 'rds'
  refuseOtherThanText(bytes, problems)
  const text = withoutMark(bytes)
  switch (String.fromCharCode(firstSign(text))) {
    case '<':
      return 'ncmec'
    case '{':
      return isDocument(text) ? 'vics' : 'jsonl'
    default:
      return sniffLines(text, problems)
  }
}

/** Refuses a file whose first bytes are those of no text. @throws Fault `list.invalid` */
export function refuseOtherThanText(bytes: Buffer, problems: Problems): void {
  const because = whyNoText(bytes)
  if (because) problems.refuse(because)
}

function firstSign(bytes: Buffer): number {
  return bytes.find((byte) => byte > 0x20) ?? 0
}

/** True when an object is one document, not the first of many lines: neither its first name nor its line is an entry's. */
function isDocument(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 4_096).toString('utf8')
  const name = /^\s*\{\s*"([^"\\]*)"/.exec(start)?.[1]
  if (name === undefined || NAMES_IN_LINES.has(name)) return false
  const text = bytes.toString('utf8').trimStart()
  try {
    const line: unknown = JSON.parse(text.split('\n', 1)[0] ?? '')
    return typeof line === 'object' && line !== null && ('value' in line || 'Media' in line)
  } catch {
    return true
  }
}

const NAMES_IN_LINES: ReadonlySet<string> = new Set([...FIELDS, 'tutelaList'])

function sniffLines(bytes: Buffer, problems: Problems): ListFormat {
  const splitter = new LineSplitter(new Problems('', false))
  const batches = [...splitter.split(bytes), ...splitter.end()]
  const lines = contentLines(batches)
  const [first] = lines
  if (first === undefined) {
    const own = batches.some(({ lines: all }) => all.some((line) => line !== undefined && isOwnComment(line)))
    return own ? 'plain' : problems.refuse('holds no line of a list')
  }
  if (first.text === ICSE_COLUMNS.join(ICSE_DELIMITER)) return 'icse'
  if (isRdsTextLine(first.text)) return 'rds-text'
  if (isColumnsLine(first.text)) return 'csv'
  for (const { text } of lines) {
    if (text.startsWith('{')) return 'jsonl'
    if (isPlainLine(text)) return 'plain'
    if (isSignalLine(text)) return 'local-file'
    if (isTeLine(text)) return 'te'
  }
  const told = 'is neither the header line of a CSV list, nor a hash line, nor a JSON object'
  return problems.refuse(`line ${first.line}: ${told}: ${shown(first.text)}`)
}

function contentLines(batches: readonly LineBatch[]): { readonly line: number; readonly text: string }[] {
  const found: { readonly line: number; readonly text: string }[] = []
  for (const { firstLine, lines } of batches) {
    for (const [at, line] of lines.entries()) {
      const text = line?.trim() ?? ''
      if (text !== '' && !text.startsWith('#')) found.push({ line: firstLine + at, text })
      if (found.length === LINES_MAX) return found
    }
  }
  return found
}
