/** CSV: a table as a file that a spreadsheet reads, RFC 4180. */

/** One column: what stands above it, and what of a row stands in it. */
export interface Column<Row> {
  readonly title: string
  readonly of: (row: Row) => string | number | undefined
}

/** The rows as CSV, with a line of titles. No cell is taken for a formula. */
export function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ of }) => of(row)))]
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string | number | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value)
  // A spreadsheet would work out what begins so.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
