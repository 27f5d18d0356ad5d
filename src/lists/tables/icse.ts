/** ICSE: rows of Interpol's export of its database. Spec: VICS and related imports, ICSE export CSV. */
import { emptyDraftReason } from '../empty-input.ts'
import { type EntryDraft, setField, shown } from '../entry.ts'
import { badRow, type CellTable, type RowMeaning, wrongWidth } from './table.ts'

/** The header line, exactly. */
export const ICSE_COLUMNS = [
  'MD5',
  'SHA1',
  'PhotoDNA',
  'Image ID',
  'Is distributed',
  'Victim identified',
  'Offender identified',
  'Series name',
  'Number of submissions',
  'File Available',
  'Media Type',
  'Baseline',
] as const
export const ICSE_DELIMITER = ';'

/** What an entry says besides its hashes: `extra.icse` of a list entry, by the name of the column; empty cells are left out. */
export type IcseExtra = Readonly<Record<string, string>>

/** Columns that are kept as they stand. */
export const ICSE_KEPT = ICSE_COLUMNS.slice(3)
const TRUE = /^(?:true|yes|1)$/i
const FALSE = /^(?:false|no|0)$/i
/** Columns that say yes or no. */
const ANSWERS: ReadonlySet<string> = new Set([
  'Is distributed',
  'Victim identified',
  'Offender identified',
  'File Available',
  'Baseline',
])

/** True or false as partners write it; undefined for anything else. */
export function answer(text: string): boolean | undefined {
  if (TRUE.test(text)) return true
  return FALSE.test(text) ? false : undefined
}

/** Rows of an ICSE export. */
export class IcseTable implements CellTable {
  readonly isHeaded = true
  readonly unknownColumns: readonly string[] = []

  delimiterOf(): string {
    return ICSE_DELIMITER
  }

  header(names: readonly string[]): string | undefined {
    const same = names.length === ICSE_COLUMNS.length && ICSE_COLUMNS.every((name, at) => name === names[at])
    return same ? undefined : 'the header is not that of an ICSE export'
  }

  entry(cells: readonly string[]): RowMeaning {
    if (cells.length !== ICSE_COLUMNS.length) return wrongWidth(cells.length, ICSE_COLUMNS.length)
    const [md5 = '', sha1 = '', photodna = '', ...rest] = cells
    const draft: EntryDraft = {}
    const reason =
      setField(draft, 'md5', md5) ??
      setField(draft, 'sha1', sha1) ??
      setField(draft, 'photodna', photodna) ??
      emptyDraftReason(draft)
    if (reason !== undefined) return badRow(reason)
    if (draft.md5 === undefined) return badRow('has no MD5')
    draft.key = draft.md5
    const kept: Record<string, string> = {}
    for (const [at, name] of ICSE_KEPT.entries()) {
      const text = rest[at]?.trim() ?? ''
      if (text === '') continue
      if (ANSWERS.has(name) && answer(text) === undefined)
        return badRow(`its ${name} is neither yes nor no: ${shown(text)}`)
      kept[name] = text
    }
    return { kind: 'entry', entry: withMeaning(draft, kept) }
  }
}

/** The baseline is a category of its own scheme; the kind of media is told where it is one. */
function withMeaning(draft: EntryDraft, kept: IcseExtra): EntryDraft {
  const type = kept['Media Type']?.toLowerCase()
  if (type === 'image' || type === 'video') draft.media = type
  const baseline = kept['Baseline']
  if (baseline !== undefined) draft.categories = { 'interpol-baseline': [String(answer(baseline))] }
  if (Object.keys(kept).length > 0) draft.extra = { icse: kept }
  return draft
}
