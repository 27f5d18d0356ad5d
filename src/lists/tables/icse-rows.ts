/** ICSE rows: entries as Interpol's export of its database has them. Spec: VICS and related imports, ICSE export CSV. */
import { stringify } from 'csv-stringify/sync'
import type { ListEntry } from '#terms/list'
import { extraOf, hasOtherExtra, isObject } from '../extra.ts'
import { keepFields, type Lose, type LostField } from '../printers/printer.ts'
import { ICSE_COLUMNS, ICSE_DELIMITER, ICSE_KEPT } from './icse.ts'

/** The header line. */
export const ICSE_HEADER = ICSE_COLUMNS.join(ICSE_DELIMITER)

const CARRIED: ReadonlySet<LostField> = new Set(['md5', 'sha1', 'photodna', 'categories', 'media', 'extra'])
const BASELINE = 'interpol-baseline'
/** What VICS says by other names. */
const OF_VICS: Readonly<Record<string, string>> = {
  'Is distributed': 'IsDistributed',
  'Victim identified': 'VictimIdentified',
  'Offender identified': 'OffenderIdentified',
  'Series name': 'Series',
}

/** What an export can carry of an entry, which must have an MD5. */
export function keepIcse(entry: ListEntry, lose: Lose): ListEntry | undefined {
  const kept = keepFields(entry, CARRIED, lose)
  if (kept?.md5 === undefined) return undefined
  const { [BASELINE]: baseline, ...others } = kept.categories ?? {}
  if (Object.keys(others).length > 0) lose('categories')
  const vics = extraOf(kept.extra, 'vics')
  const isLeft =
    isObject(vics) &&
    Object.keys(vics).some((name) => !Object.values(OF_VICS).includes(name) && name !== 'MimeType')
  if (isLeft || hasOtherExtra(kept.extra, ['icse', 'vics'])) lose('extra')
  return { ...kept, ...(baseline && { categories: { [BASELINE]: baseline } }) }
}

/** The rows of some entries, each ending in a line feed. */
export function icseRows(entries: readonly ListEntry[]): string {
  if (entries.length === 0) return ''
  const format = { delimiter: ICSE_DELIMITER, record_delimiter: '\n', quoted_match: /[\r\n]|^\s|\s$/ }
  return stringify(entries.map(icseRow), format)
}

function icseRow(entry: ListEntry): string[] {
  const icse = extraOf(entry.extra, 'icse')
  const vics = extraOf(entry.extra, 'vics')
  const cells = ICSE_KEPT.map((name) => said(icse, name) ?? said(vics, OF_VICS[name]) ?? ownCell(entry, name))
  return [entry.md5, entry.sha1, entry.photodna, ...cells].map((cell) => cell ?? '')
}

function said(extra: unknown, name: string | undefined): string | undefined {
  const value = name !== undefined && isObject(extra) && Object.hasOwn(extra, name) ? extra[name] : undefined
  if (typeof value === 'string') return value
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined
}

function ownCell(entry: ListEntry, name: string): string | undefined {
  if (name === 'Media Type') return entry.media
  return name === 'Baseline' ? entry.categories?.[BASELINE]?.[0] : undefined
}
