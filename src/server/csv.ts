/** CSV: rows as a file for a spreadsheet; a cell that a spreadsheet would work out is kept as text. */
import type { FastifyReply } from 'fastify'

type Cell = string | number | boolean | undefined
type Row = Readonly<Record<string, unknown>>

/** Text of a CSV file: a head of the columns, and a line a row (RFC 4180). */
export function csvOf(columns: readonly string[], rows: readonly Row[]): string {
  return [columns, ...rows.map((row) => columns.map((column) => row[column] as Cell))]
    .map((cells) => `${cells.map(cellOf).join(',')}\r\n`)
    .join('')
}

/** Answers with a CSV file. @param name without its ending */
export function sendCsv(reply: FastifyReply, name: string, text: string): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(text)
}

function cellOf(cell: Cell): string {
  if (typeof cell !== 'string') return cell === undefined ? '' : String(cell)
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
