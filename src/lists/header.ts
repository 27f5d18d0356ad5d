/** Header: what a list says of itself, in a JSON object or in comment lines before its entries. */
import type { HashKind } from '#terms/hash'
import { HASH_BYTES } from '#terms/hash'

/** What a list states of itself. Every text is one line without space at its ends. */
export interface ListHeader {
  readonly name?: string
  readonly publisher?: string
  /** ISO 8601: a day, or a moment in UTC. */
  readonly date?: string
}

/** The texts of a header, in the order in which they are written. */
export const HEADER_FIELDS = ['name', 'publisher', 'date'] as const
export type HeaderField = (typeof HEADER_FIELDS)[number]

/** The word that opens a list's own first line, as a comment or as a JSON key. */
export const HEADER_WORD = 'tutela-list'

/** Longest text of a header, in UTF-16 units. */
export const HEADER_LENGTH_MAX = 1_024

export type HeaderDraft = { -readonly [F in HeaderField]?: string }

const DAY = /^\d{4}-\d{2}-\d{2}$/
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/**
 * Parses a stated date: a day as it stands, a moment with its zone brought to UTC.
 *
 * @returns ISO 8601; undefined when the text is no such date
 */
export function listDate(untrusted: string): string | undefined {
  const isDay = DAY.test(untrusted)
  if (!isDay && !MOMENT.test(untrusted)) return undefined
  const time = new Date(untrusted)
  if (Number.isNaN(time.getTime())) return undefined
  const day = untrusted.slice(0, 10)
  if (!new Date(day).toISOString().startsWith(day)) return undefined // 30 February would become a day of March
  return isDay ? untrusted : time.toISOString()
}

/** Puts one text into a header. @returns why it was refused; undefined when it was taken */
export function setHeaderField(
  draft: HeaderDraft,
  field: HeaderField,
  untrusted: string,
): string | undefined {
  if (!isHeaderText(untrusted))
    return `the list's ${field} is not one line of up to ${HEADER_LENGTH_MAX} characters`
  const value = field === 'date' ? listDate(untrusted) : untrusted
  if (value === undefined) return "the list's date is not as in 2026-01-31 or 2026-01-31T08:30:00Z"
  draft[field] = value
  return undefined
}

/** True of a text that a header can carry in every format. */
export function isHeaderText(text: string): boolean {
  if (text === '' || text.length > HEADER_LENGTH_MAX || text !== text.trim()) return false
  return !/[\p{Cc}\p{Surrogate}\u2028\u2029]/u.test(text)
}

/** What the comment lines before the first entry said. */
export interface Preamble {
  readonly header: HeaderDraft
  /** The kind of hash that bare hex digits of this list are. */
  kind?: HashKind
}

/**
 * Takes in one comment line: `# tutela-list pdq`, `# name: …`, `# publisher: …`, `# date: …`. Any other comment says nothing.
 *
 * @returns why a comment that speaks to us was refused
 */
export function takeComment(preamble: Preamble, line: string): string | undefined {
  const words = line.replace(/^\s*#+/, '').trim()
  const [first = '', ...rest] = words.split(/\s+/)
  if (first.toLowerCase() === HEADER_WORD) return takeKind(preamble, rest)
  const colon = words.indexOf(':')
  const field = HEADER_FIELDS.find((name) => name === words.slice(0, Math.max(colon, 0)).toLowerCase())
  return field && setHeaderField(preamble.header, field, words.slice(colon + 1).trim())
}

function takeKind(preamble: Preamble, words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined
  const kind = words.length === 1 ? hashKind(words[0] ?? '') : undefined
  if (kind === undefined)
    return `"# ${HEADER_WORD}" is followed by one of md5, sha1, sha256, pdq, or by nothing`
  preamble.kind = kind
  return undefined
}

const KIND_NAMES = Object.keys(HASH_BYTES) as HashKind[]

/** The kind of hash that a name means, with or without a hyphen, in either case; undefined when none. */
export function hashKind(name: string): HashKind | undefined {
  const plain = name.toLowerCase().replace('-', '')
  return KIND_NAMES.find((kind) => kind === plain)
}

/** True of a comment that opens a list of ours. */
export function isOwnComment(line: string): boolean {
  return new RegExp(`^\\s*#+\\s*${HEADER_WORD}(?:\\s|$)`, 'i').test(line)
}

/** The comment lines that carry a header; `kind` is what its bare hex digits are. */
export function headerComments(header: ListHeader, kind?: HashKind): string[] {
  const first = kind ? `# ${HEADER_WORD} ${kind}` : `# ${HEADER_WORD}`
  return [
    first,
    ...HEADER_FIELDS.flatMap((field) =>
      header[field] === undefined ? [] : [`# ${field}: ${header[field]}`],
    ),
  ]
}
