/** Text: rows of `NSRLFile.txt`, the reference set of known files of NIST as RDSv2 wrote it. Spec: NSRL, RDSv2 text. */
import { emptyDraftReason } from '../empty-input.ts'
import { type EntryDraft, hasHash, isText, setField } from '../entry.ts'
import { badRow, type CellTable, type RowMeaning, wrongWidth } from '../tables/table.ts'

/** The header line, exactly. */
const COLUMNS = [
  'SHA-1',
  'MD5',
  'CRC32',
  'FileName',
  'FileSize',
  'ProductCode',
  'OpSystemCode',
  'SpecialCode',
] as const

/** True of the first line of `NSRLFile.txt`. */
export function isRdsTextLine(line: string): boolean {
  return line.trimEnd() === COLUMNS.map((name) => `"${name}"`).join(',')
}

/** Rows of `NSRLFile.txt`. Files that it marks as malicious are not known to be good, and are set aside. */
export class RdsTextTable implements CellTable {
  readonly isHeaded = true
  readonly unknownColumns: readonly string[] = []

  delimiterOf(): string {
    return ','
  }

  header(names: readonly string[]): string | undefined {
    const same = names.length === COLUMNS.length && COLUMNS.every((name, at) => name === names[at])
    return same ? undefined : 'the header is not that of NSRLFile.txt'
  }

  entry(cells: readonly string[]): RowMeaning {
    if (cells.length !== COLUMNS.length) return wrongWidth(cells.length, COLUMNS.length)
    const [sha1 = '', md5 = '', , name = '', , , , special = ''] = cells
    const draft: EntryDraft = {}
    const reason = setField(draft, 'sha1', sha1) ?? setField(draft, 'md5', md5)
    if (reason !== undefined) return badRow(reason)
    if (special.trim().toUpperCase() === 'M' || emptyDraftReason(draft) !== undefined)
      return { kind: 'aside' }
    if (!hasHash(draft)) return badRow('names no hash')
    if (isText(name)) draft.label = name
    return { kind: 'entry', entry: draft }
  }
}
