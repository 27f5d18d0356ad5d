/** Formats: the parser of each format that is read as bytes. */
import { CsvParser } from './csv.ts'
import { JsonLinesParser } from './jsonl.ts'
import { LinesParser } from './lines.ts'
import { NcmecListParser } from './ncmec/list.ts'
import { RdsTextTable } from './nsrl/text.ts'
import type { LineParser, ListFormat, ListParser } from './parser.ts'
import { PlainParser } from './plain.ts'
import type { Problems } from './problems.ts'
import { IcseTable } from './tables/icse.ts'
import { NamedTable } from './tables/named.ts'
import { LocalFileParser } from './threatexchange/local-file.ts'
import { TeTable } from './threatexchange/te.ts'
import { VicsParser } from './vics/document.ts'

/** What is to be taken for granted where a list does not say it. */
export interface Stated {
  /** What 64 bare hex digits are. */
  readonly assume?: 'sha256' | 'pdq'
  /** The scheme of category codes, as `vics-us`. */
  readonly scheme?: string
}

/** The parser of a format. A database is not read as bytes and has none. */
export function parserOf(
  format: Exclude<ListFormat, 'rds'>,
  path: string,
  problems: Problems,
  stated: Stated,
): ListParser {
  const ofLines = (parser: LineParser): ListParser => new LinesParser(parser, problems)
  switch (format) {
    case 'csv':
      return ofLines(new CsvParser(problems, new NamedTable(stated.assume)))
    case 'plain':
      return ofLines(new PlainParser(problems, stated.assume))
    case 'jsonl':
      return ofLines(new JsonLinesParser(problems))
    case 'ncmec':
      return new NcmecListParser(problems)
    case 'vics':
      return new VicsParser(problems, stated.scheme)
    case 'icse':
      return ofLines(new CsvParser(problems, new IcseTable()))
    case 'local-file':
      return ofLines(new LocalFileParser(problems))
    case 'te':
      return ofLines(new CsvParser(problems, new TeTable(path, stated.assume)))
    case 'rds-text':
      return ofLines(new CsvParser(problems, new RdsTextTable()))
  }
}
