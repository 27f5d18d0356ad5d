/** Columns: what the header line of a CSV list says each of its cells is. */
import { FIELDS, type Field, HASH_FIELDS } from './entry.ts'

/** A cell's meaning: a field of the entry, or a hash whose kind another cell (or its length) tells. */
export type Meaning = Field | 'hash' | 'kind'

/** Names by which lists call their columns, without spaces, hyphens and underscores, in lower case, the plainest first. */
const ALIASES: Readonly<Record<Meaning, readonly string[]>> = {
  md5: ['md5', 'md5hash', 'hashmd5', 'md5sum'],
  sha1: ['sha1', 'sha1hash', 'hashsha1', 'sha1sum'],
  sha256: ['sha256', 'sha256hash', 'hashsha256', 'sha256sum'],
  pdq: ['pdq', 'pdqhash', 'hashpdq', 'pdqf'],
  photodna: ['photodna', 'photodnahash', 'hashphotodna', 'pdna', 'pdnahash'],
  label: ['label', 'name', 'title', 'description', 'filename', 'file'],
  category: ['category', 'class', 'classification', 'grade'],
  source: ['source', 'publisher', 'origin', 'provider'],
  hash: ['hash', 'hashvalue', 'digest', 'indicator', 'value'],
  kind: ['hashtype', 'hashalgorithm', 'algorithm', 'signaltype', 'indicatortype', 'kind', 'type'],
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  [...FIELDS, 'hash' as const, 'kind' as const].flatMap((meaning) =>
    ALIASES[meaning].map((name) => [name, meaning] as const),
  ),
)

/** The signs that may part cells, the likeliest first. */
const DELIMITERS = [',', ';', '\t'] as const

export interface Columns {
  /** Cells of a row. */
  readonly width: number
  /** The cells that mean something, each with its place. */
  readonly fields: readonly { readonly at: number; readonly field: Field }[]
  /** Place of a hash whose kind is told elsewhere. */
  readonly hashAt?: number
  readonly kindAt?: number
  readonly unknown: readonly string[]
}

/** A column's name as the aliases spell it. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]+/g, '')
}

/** What a column's name means; undefined when nothing. */
function meaningOf(name: string): Meaning | undefined {
  return MEANINGS.get(plainName(name))
}

/** The delimiter under which most cells of a header line mean something. */
export function delimiterOf(line: string): string {
  const known = (delimiter: string): number =>
    line.split(delimiter).filter((cell) => meaningOf(cell.replaceAll('"', ''))).length
  return DELIMITERS.reduce((best, next) => (known(next) > known(best) ? next : best))
}

/**
 * Maps a header's names. Of several columns that could be the same text the plainest name is taken, and the others mean
 * nothing; a hash must not be there twice. Columns that name their hash leave no meaning to one that is just a hash.
 *
 * @returns the columns; a text says why the header cannot be used
 */
export function mapColumns(names: readonly string[]): Columns | string {
  const places = new Map<Meaning, number>()
  for (const [at, name] of names.entries()) {
    const meaning = meaningOf(name)
    if (meaning === undefined) continue
    const taken = places.get(meaning)
    const better = taken === undefined ? -1 : compareNames(meaning, name, names[taken] ?? '')
    if (taken !== undefined && (better === 0 || isHash(meaning))) {
      return `the columns "${names[taken]}" and "${name}" mean the same`
    }
    if (better < 0) places.set(meaning, at)
  }
  const named = HASH_FIELDS.some((field) => places.has(field))
  if (!named && !places.has('hash'))
    return `no column of a hash (${HASH_FIELDS.join(', ')}) in its header line`
  if (named) places.delete('hash')
  if (!places.has('hash')) places.delete('kind')
  return columnsAt(names, places)
}

/** Below 0 when the first name is the plainer of two with the same meaning. */
function compareNames(meaning: Meaning, first: string, second: string): number {
  return ALIASES[meaning].indexOf(plainName(first)) - ALIASES[meaning].indexOf(plainName(second))
}

function isHash(meaning: Meaning): boolean {
  return HASH_FIELDS.some((field) => field === meaning)
}

function columnsAt(names: readonly string[], places: ReadonlyMap<Meaning, number>): Columns {
  const known = new Set(places.values())
  const hashAt = places.get('hash')
  const kindAt = places.get('kind')
  return {
    width: names.length,
    fields: FIELDS.flatMap((field) => {
      const at = places.get(field)
      return at === undefined ? [] : [{ at, field }]
    }),
    unknown: names.flatMap((name, at) =>
      known.has(at) ? [] : [name.trim() || `(column ${at + 1}, unnamed)`],
    ),
    ...(hashAt !== undefined && { hashAt }),
    ...(kindAt !== undefined && { kindAt }),
  }
}

/** True of a line that can be the header of a CSV list. */
export function isColumnsLine(line: string): boolean {
  const names = line.split(delimiterOf(line)).map((name) => name.replaceAll('"', ''))
  return names.some((name) => {
    const meaning = meaningOf(name)
    return meaning !== undefined && (meaning === 'hash' || isHash(meaning))
  })
}
