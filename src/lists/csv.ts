/** CSV: a header line and a row an entry; rows without quotes are cut here, those with quotes by csv-parse. */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import type { ListEntry } from '#terms/list'
import { FIELDS, shown } from './entry.ts'
import { type Preamble, takeComment } from './header.ts'
import { LINE_LENGTH_MAX, type LineBatch } from './lines.ts'
import { EmptyLines, type LineParser } from './parser.ts'
import type { Problems } from './problems.ts'
import type { CellTable } from './tables/table.ts'

/** A record of the file: its first line's number, and its cells once they are known. */
interface Row {
  readonly line: number
  readonly text: string
  cells: readonly string[] | undefined
  /** Why the record was refused before its cells were looked at. */
  readonly refused?: string
}

/** Lines of a record whose quoted cell is not closed yet. */
interface OpenRow {
  readonly line: number
  readonly lines: string[]
  length: number
}

/**
 * Reads CSV. A line is a row when its quotes are paired, else it is joined to those that follow until they are; rows
 * that need joining but make no sense are given up at their first line, and the lines after it are read afresh.
 */
export class CsvParser implements LineParser {
  readonly preamble: Preamble = { header: {} }
  readonly #problems: Problems
  readonly #table: CellTable
  readonly #empty: EmptyLines
  #delimiter = ','
  #setAside = 0
  #open: OpenRow | undefined
  #rows: Row[] = []
  #begun = false
  #hasHeader: boolean

  constructor(problems: Problems, table: CellTable) {
    this.#problems = problems
    this.#table = table
    this.#hasHeader = !table.isHeaded
    this.#empty = new EmptyLines((line, reason) => this.#refuse(line, reason))
  }

  get unknownColumns(): readonly string[] {
    return this.#table.unknownColumns
  }

  get setAside(): number {
    return this.#setAside
  }

  take({ firstLine, lines }: LineBatch): ListEntry[] {
    for (const [at, line] of lines.entries()) this.#feed(line, firstLine + at)
    return this.#entries()
  }

  end(): ListEntry[] {
    if (this.#open) this.#giveUp(this.#open, 'opens a quote that is not closed')
    return this.#entries()
  }

  #feed(line: string | undefined, number: number): void {
    if (this.#open) this.#extend(this.#open, line)
    else if (line?.trim() === '') this.#empty.see(number)
    else if (line !== undefined) this.#begin(line, number)
  }

  /** The first line of a record, or a comment above the header. */
  #begin(line: string, number: number): void {
    this.#empty.tell()
    if (!this.#begun && line.trimStart().startsWith('#')) {
      this.#comment(line, number)
      return
    }
    if (!this.#begun) this.#delimiter = this.#table.delimiterOf(line)
    this.#begun = true
    const quotes = countQuotes(line)
    if (quotes % 2 === 1) this.#open = { line: number, lines: [line], length: line.length }
    else this.#row(number, withoutReturn(line), quotes)
  }

  #comment(line: string, number: number): void {
    const reason = takeComment(this.preamble, line)
    if (reason) this.#refuse(number, reason)
  }

  /** Keeps its place among the rows, so that problems come in the order of the lines. */
  #refuse(line: number, refused: string): void {
    this.#rows.push({ line, text: '', cells: [], refused })
  }

  #row(line: number, text: string, quotes: number): void {
    const cells = quotes === 0 ? text.split(this.#delimiter) : this.#quotedCells(text, quotes)
    this.#rows.push({ line, text, cells })
  }

  /** Cells of a row that has every cell in quotes and no other quote, as many programs write; undefined for another. */
  #quotedCells(text: string, quotes: number): string[] | undefined {
    if (!text.startsWith('"') || !text.endsWith('"')) return undefined
    const cells = text.slice(1, -1).split(`"${this.#delimiter}"`)
    return cells.length * 2 === quotes ? cells : undefined
  }

  #extend(open: OpenRow, line: string | undefined): void {
    const reason = this.#whyNotExtended(open, line)
    if (reason) this.#giveUp(open, reason)
  }

  /** A refused line breaks the record that it stands in. */
  #whyNotExtended(open: OpenRow, line: string | undefined): string | undefined {
    if (line === undefined) return 'opens a quote around a line that cannot be read'
    open.lines.push(line)
    open.length += line.length + 1
    if (open.length > LINE_LENGTH_MAX) return `opens a quote not closed within ${LINE_LENGTH_MAX} characters`
    if (countQuotes(line) % 2 === 0) return undefined
    const text = withoutReturn(open.lines.join('\n'))
    const cells = this.#cells([text])?.[0]
    if (!cells) return MISPLACED_QUOTES
    this.#open = undefined
    this.#rows.push({ line: open.line, text, cells })
    return undefined
  }

  #giveUp(open: OpenRow, reason: string): void {
    this.#refuse(open.line, reason)
    this.#open = undefined
    for (const [at, line] of open.lines.entries()) if (at > 0) this.#feed(line, open.line + at)
  }

  /** Cells of records that each stand for themselves; undefined when any of them is malformed. */
  #cells(texts: readonly string[]): string[][] | undefined {
    try {
      const rows = parse(texts.join('\n'), {
        delimiter: this.#delimiter,
        record_delimiter: '\n',
        relax_column_count: true,
      })
      return rows.length === texts.length ? rows : undefined
    } catch {
      return undefined
    }
  }

  #entries(): ListEntry[] {
    const rows = this.#rows
    this.#rows = []
    const quoted = rows.filter((row) => row.cells === undefined)
    const together = quoted.length > 0 ? this.#cells(quoted.map((row) => row.text)) : undefined
    for (const [at, row] of quoted.entries())
      row.cells = together ? together[at] : this.#cells([row.text])?.[0]
    const entries: ListEntry[] = []
    for (const row of rows) {
      const entry = this.#entry(row)
      if (entry) entries.push(entry)
    }
    return entries
  }

  #entry({ line, text, cells, refused }: Row): ListEntry | undefined {
    if (refused !== undefined) this.#problems.add(line, refused)
    else if (!this.#hasHeader) this.#header(line, text, cells)
    else if (cells) return this.#parse(line, cells)
    else this.#problems.add(line, MISPLACED_QUOTES)
    return undefined
  }

  #header(line: number, text: string, cells: readonly string[] | undefined): void {
    const reason = cells ? this.#table.header(cells) : `the header ${MISPLACED_QUOTES}`
    if (text.includes('\r'))
      this.#problems.refuse('its lines end in carriage returns: save it with line feeds')
    if (reason !== undefined) this.#problems.refuse(`line ${line}: ${reason}: ${shown(text)}`)
    this.#hasHeader = true
  }

  #parse(line: number, cells: readonly string[]): ListEntry | undefined {
    const { preamble } = this
    const found = this.#table.entry(cells, preamble)
    switch (found.kind) {
      case 'entry':
        return found.entry
      case 'bad':
        this.#problems.add(line, found.reason)
        return undefined
      case 'aside':
        this.#setAside++
        return undefined
      case 'ambiguous':
        return this.#problems.refuse(`line ${line}: its hash may be SHA-256 or PDQ: ${AMBIGUOUS}`)
    }
  }
}

const MISPLACED_QUOTES = 'has quotes that do not stand around a whole cell'
const AMBIGUOUS =
  'name its column sha256 or pdq, put "# tutela-list pdq" above the header, or state which to assume'

function countQuotes(line: string): number {
  let count = 0
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count++
  return count
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

/** The header line of a CSV that is written. */
export function csvHeader(): string {
  return FIELDS.join(',')
}

/** Rows of entries, each ending in a line feed. Cells are data and keep their text, a leading `=` too. */
export function csvRows(entries: readonly ListEntry[]): string {
  const rows = entries.map((entry) => FIELDS.map((field) => entry[field] ?? ''))
  return rows.length === 0 ? '' : stringify(rows, { record_delimiter: '\n', quoted_match: /[\r\n]|^\s|\s$/ })
}
