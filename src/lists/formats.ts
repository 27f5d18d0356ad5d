/** Formats: the parser of each format that is read as bytes. */
import { LinesParser } from './lines.ts'
import type { ListFormat, ListParser } from './parser.ts'
import type { Problems } from './problems.ts'
import type { CellTable } from './tables/table.ts'

/** What is to be taken for granted where a list does not say it. */
export interface Stated {
  /** What 64 bare hex digits are. */
  readonly assume?: 'sha256' | 'pdq'
  /** The scheme of category codes, as `vics-us`. */
  readonly scheme?: string
}

/** The parser of a format, which is loaded here, alone, with what it stands on. A database is not read as bytes and has none. */
export async function parserOf(
  format: Exclude<ListFormat, 'rds'>,
  path: string,
  problems: Problems,
  { assume, scheme }: Stated,
): Promise<ListParser> {
  switch (format) {
    case 'csv':
      return ofRows(problems, new (await import('./tables/named.ts')).NamedTable(assume))
    case 'plain':
      return new LinesParser(new (await import('./plain.ts')).PlainParser(problems, assume), problems)
    case 'jsonl':
      return new LinesParser(new (await import('./jsonl.ts')).JsonLinesParser(problems), problems)
    case 'ncmec':
      return new (await import('./ncmec/list.ts')).NcmecListParser(problems)
    case 'vics':
      return new (await import('./vics/document.ts')).VicsParser(problems, scheme)
    case 'icse':
      return ofRows(problems, new (await import('./tables/icse.ts')).IcseTable())
    case 'local-file': {
      const { LocalFileParser } = await import('./threatexchange/local-file.ts')
      return new LinesParser(new LocalFileParser(problems), problems)
    }
    case 'te':
      return ofRows(problems, new (await import('./threatexchange/te.ts')).TeTable(path, assume))
    case 'rds-text':
      return ofRows(problems, new (await import('./nsrl/text.ts')).RdsTextTable())
  }
}

async function ofRows(problems: Problems, table: CellTable): Promise<ListParser> {
  const { CsvParser } = await import('./csv.ts')
  return new LinesParser(new CsvParser(problems, table), problems)
}
