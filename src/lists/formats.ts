/** Formats: the parser of each format that is read as bytes. */
import { CsvParser } from './csv.ts'
import { JsonLinesParser } from './jsonl.ts'
import { LinesParser } from './lines.ts'
import { NcmecListParser } from './ncmec/list.ts'
import type { LineParser, ListFormat, ListParser } from './parser.ts'
import { PlainParser } from './plain.ts'
import type { Problems } from './problems.ts'
import { VicsParser } from './vics/document.ts'

/** What is to be taken for granted where a list does not say it. */
export interface Stated {
  /** What 64 bare hex digits are. */
  readonly assume?: 'sha256' | 'pdq'
  /** The scheme of category codes, as `vics-us`. */
  readonly scheme?: string
}

/** The parser of a format. A database is not read as bytes and has none. */
export function parserOf(format: Exclude<ListFormat, 'rds'>, problems: Problems, stated: Stated): ListParser {
  const ofLines = (parser: LineParser): ListParser => new LinesParser(parser, problems)
  switch (format) {
    case 'csv':
      return ofLines(new CsvParser(problems, stated.assume))
    case 'plain':
      return ofLines(new PlainParser(problems, stated.assume))
    case 'jsonl':
      return ofLines(new JsonLinesParser(problems))
    case 'ncmec':
      return new NcmecListParser(problems)
    case 'vics':
      return new VicsParser(problems, stated.scheme)
    case 'icse':
    case 'local-file':
    case 'te':
    case 'rds-text':
      return problems.refuse('not yet')
  }
}
