/** Open: the printer of each format that a list can be written in. */
import type { HashKind } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import { FIELDS, HASH_FIELDS, hasHash } from '../entry.ts'
import { HEADER_FIELDS, headerComments, type ListHeader } from '../header.ts'
import { JSON_FIELDS } from '../json-fields.ts'
import { jsonHeader, jsonLine } from '../jsonl.ts'
import { LINE_LENGTH_MAX } from '../lines.ts'
import { plainLines } from '../plain.ts'
import { eachLine, type LinesFormat, LinesPrinter } from './lines.ts'
import { keepFields, keepHashed, type ListPrinter, type Lose, type LostField } from './printer.ts'

/** The formats that a list can be written in. */
export const WRITE_FORMATS = [
  'csv',
  'plain',
  'jsonl',
  'ncmec',
  'vics',
  'vics-1.3',
  'icse',
  'local-file',
] as const
export type WriteFormat = (typeof WRITE_FORMATS)[number]

/** What a list says of itself, and how it is to be written. */
export interface Printed {
  readonly header: ListHeader
  /** Plain lists: the only kind of hash that is written. */
  readonly only: HashKind | undefined
  /** The scheme whose codes are the list's, as `vics-us`. */
  readonly scheme: string | undefined
}

/**
 * The printer of a format, which is loaded here, alone, with what it stands on.
 *
 * @throws Fault `usage.invalid` when the list does not say of itself what the format needs
 */
export async function printerOf(format: WriteFormat, printed: Printed): Promise<ListPrinter> {
  switch (format) {
    case 'csv':
      return new LinesPrinter(await csvFormat(printed.header))
    case 'plain':
      return new LinesPrinter(plainFormat(printed.header, printed.only))
    case 'jsonl':
      return new LinesPrinter(jsonFormat(printed.header))
    case 'ncmec':
      return new (await import('../ncmec/print.ts')).NcmecPrinter(printed.header)
    case 'vics':
      return new (await import('../vics/print.ts')).VicsPrinter('2.0', printed.scheme)
    case 'vics-1.3':
      return new (await import('../vics/print.ts')).VicsPrinter('1.3', printed.scheme)
    case 'icse': {
      const { ICSE_HEADER, icseRows, keepIcse } = await import('../tables/icse-rows.ts')
      return new LinesPrinter({ top: [ICSE_HEADER], keep: keepIcse, print: icseRows })
    }
    case 'local-file': {
      const { keepSignals, signalLines } = await import('../threatexchange/local-file.ts')
      return new LinesPrinter({ top: [], keep: keepSignals, print: eachLine(signalLines) })
    }
  }
}

const ALL: ReadonlySet<LostField> = new Set([
  ...FIELDS,
  ...JSON_FIELDS.filter((field) => field !== 'deleted'),
])
const TEXTS: ReadonlySet<LostField> = new Set(FIELDS)
const HASHES: ReadonlySet<LostField> = new Set(HASH_FIELDS)

async function csvFormat(header: ListHeader): Promise<LinesFormat> {
  const { csvHeader, csvRows } = await import('../csv.ts')
  const isSilent = HEADER_FIELDS.every((field) => header[field] === undefined)
  // Comments above its header line are more than most readers of CSV expect, so a CSV has them only when they say something.
  return {
    top: [...(isSilent ? [] : headerComments(header)), csvHeader()],
    keep: (entry, lose) => keepHashed(entry, TEXTS, lose),
    print: csvRows,
  }
}

function plainFormat(header: ListHeader, only: HashKind | undefined): LinesFormat {
  const carried = only ? new Set<LostField>([only]) : HASHES
  return {
    top: headerComments(header, only),
    keep: (entry, lose) => keepHashed(entry, carried, lose),
    print: eachLine((entry) => plainLines(entry, only)),
  }
}

function jsonFormat(header: ListHeader): LinesFormat {
  return { top: [jsonHeader(header)], keep: keepJson, print: eachLine((entry) => [jsonLine(entry)]) }
}

/** A line carries everything, unless it would be too long for those who read it: then it does without what is extra. */
function keepJson(entry: ListEntry, lose: Lose): ListEntry | undefined {
  if (entry.deleted) return entry.key === undefined ? undefined : entry
  const kept = keepFields(entry, ALL, lose)
  if (kept?.extra !== undefined && jsonLine(kept).length > LINE_LENGTH_MAX) {
    delete kept.extra
    lose('extra')
  }
  return kept && (hasHash(kept) || (kept.key !== undefined && kept.extra !== undefined)) ? kept : undefined
}
