/** Columns: what the header line of a CSV list says each of its cells is. */
import { FIELDS, type Field, HASH_FIELDS } from './entry.ts'

/** A cell's meaning: a field of the entry, or a hash whose kind another cell (or its length) tells. */
export type Meaning = Field | 'hash' | 'kind'

/** Names by which lists call their columns, without spaces, hyphens and underscores, in lower case. */
const ALIASES: Readonly<Record<Meaning, readonly string[]>> = {
  md5: ['md5', 'md5hash', 'hashmd5', 'md5sum'],
  sha1: ['sha1', 'sha1hash', 'hashsha1', 'sha1sum'],
  sha256: ['sha256', 'sha256hash', 'hashsha256', 'sha256sum'],
  pdq: ['pdq', 'pdqhash', 'hashpdq', 'pdqf'],
  photodna: ['photodna', 'photodnahash', 'hashphotodna', 'pdna', 'pdnahash'],
  label: ['label', 'name', 'title', 'description', 'filename', 'file'],
  category: ['category', 'class', 'classification', 'grade'],
  source: ['source', 'publisher', 'origin', 'provider'],
  hash: ['hash', 'hashvalue', 'value', 'indicator', 'digest'],
  kind: ['kind', 'type', 'hashtype', 'algorithm', 'hashalgorithm', 'signaltype', 'indicatortype'],
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

/** What a column's name means; undefined when nothing. */
function meaningOf(name: string): Meaning | undefined {
  return MEANINGS.get(name.toLowerCase().replace(/[\s_.-]+/g, ''))
}

/** The delimiter under which most cells of a header line mean something. */
export function delimiterOf(line: string): string {
  const known = (delimiter: string): number =>
    line.split(delimiter).filter((cell) => meaningOf(cell.replaceAll('"', ''))).length
  return DELIMITERS.reduce((best, next) => (known(next) > known(best) ? next : best))
}

/**
 * Maps a header's names.
 *
 * @returns the columns; a text says why the header cannot be used
 */
export function mapColumns(names: readonly string[]): Columns | string {
  const places = new Map<Meaning, number>()
  const unknown: string[] = []
  for (const [at, name] of names.entries()) {
    const meaning = meaningOf(name)
    const taken = meaning && places.get(meaning)
    if (taken !== undefined) return `the columns "${names[taken]}" and "${name}" mean the same`
    if (meaning) places.set(meaning, at)
    else unknown.push(name.trim() === '' ? `(column ${at + 1}, unnamed)` : name.trim())
  }
  return columnsAt(names, places, unknown)
}

function columnsAt(
  names: readonly string[],
  places: Map<Meaning, number>,
  unknown: string[],
): Columns | string {
  const hashAt = places.get('hash')
  const kindAt = places.get('kind')
  if (hashAt === undefined && !HASH_FIELDS.some((field) => places.has(field))) {
    return `no column of a hash (${HASH_FIELDS.join(', ')}) in its header line`
  }
  // a kind without a hash to speak of is a column of the publisher's own
  if (hashAt === undefined && kindAt !== undefined) unknown.push(names[kindAt] ?? '')
  const fields = FIELDS.flatMap((field) => {
    const at = places.get(field)
    return at === undefined ? [] : [{ at, field }]
  })
  return {
    width: names.length,
    fields,
    unknown,
    ...(hashAt !== undefined && { hashAt, ...(kindAt !== undefined && { kindAt }) }),
  }
}

/** True of a line that can be the header of a CSV list. */
export function isColumnsLine(line: string): boolean {
  const names = line.split(delimiterOf(line)).map((name) => name.replaceAll('"', ''))
  return names.some((name) => {
    const meaning = meaningOf(name)
    return meaning === 'hash' || HASH_FIELDS.some((field) => field === meaning)
  })
}
