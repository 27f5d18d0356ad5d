/** Plain: hash lines, one hash a line, as hash tools and published text lists write them. */
import type { HashKind } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import { type EntryDraft, HASH_FIELDS, type HashField, hasHash, setField, shown } from './entry.ts'
import { hashKind, type Preamble, takeComment } from './header.ts'
import type { LineBatch } from './lines.ts'
import type { LineParser } from './parser.ts'
import type { Problems } from './problems.ts'

/** `kind:hex` */
const PREFIXED = /^([A-Za-z][A-Za-z0-9-]*):\s*(\S.*)$/
/** `hex  name`, `hex *name`, and `\hex  name` where the name's line feeds and backslashes are escaped. */
const SUMMED = /^(\\?)([0-9a-fA-F]+)[ \t]+\*?(.+)$/
/** `SHA256 (name) = hex` */
const TAGGED = /^(MD5|SHA1|SHA256) \((.*)\) = ([0-9a-fA-F]+)$/

/** Entry, or why a line is none; `ambiguous` is hex that may be SHA-256 or PDQ. */
type PlainLine =
  | { readonly kind: 'entry'; readonly entry: ListEntry }
  | { readonly kind: 'bad'; readonly reason: string }
  | { readonly kind: 'ambiguous' }

/** Reads plain hash lines. */
export class PlainParser implements LineParser {
  readonly unknownColumns: readonly string[] = []
  readonly preamble: Preamble = { header: {} }
  readonly #problems: Problems
  readonly #assume: 'sha256' | 'pdq' | undefined
  #started = false

  constructor(problems: Problems, assume: 'sha256' | 'pdq' | undefined) {
    this.#problems = problems
    this.#assume = assume
  }

  take({ firstLine, lines }: LineBatch): ListEntry[] {
    const entries: ListEntry[] = []
    for (const [at, line] of lines.entries()) {
      const entry = line === undefined ? undefined : this.#line(line, firstLine + at)
      if (entry) entries.push(entry)
    }
    return entries
  }

  end(): ListEntry[] {
    return []
  }

  #line(line: string, number: number): ListEntry | undefined {
    const text = line.trim()
    if (text === '') return undefined
    if (text.startsWith('#')) return this.#comment(text, number)
    this.#started = true
    const found = parsePlainLine(text, this.preamble.kind, this.#assume)
    switch (found.kind) {
      case 'entry':
        return found.entry
      case 'bad':
        this.#problems.add(number, found.reason)
        return undefined
      case 'ambiguous':
        return this.#problems.refuse(
          `line ${number}: 64 hex digits may be SHA-256 or PDQ, and the list does not say which: put ` +
            '"# tutela-list sha256" or "# tutela-list pdq" on its first line, or state which to assume',
        )
    }
  }

  /** Comments after the first hash are the publisher's own. */
  #comment(text: string, number: number): undefined {
    const reason = this.#started ? undefined : takeComment(this.preamble, text)
    if (reason) this.#problems.add(number, reason)
    const { kind } = this.preamble
    if (!this.#assume || !kind || kind === this.#assume) return
    this.#problems.refuse(
      `line ${number}: the list says its hashes are ${kind}, but ${this.#assume} was to be assumed`,
    )
  }
}

/** True of a line that can stand in a list of plain hash lines. */
export function isPlainLine(line: string): boolean {
  return parsePlainLine(line.trim(), undefined, undefined).kind !== 'bad'
}

function parsePlainLine(text: string, stated: HashKind | undefined, assume: HashKind | undefined): PlainLine {
  if (isHex(text)) return bare(text, stated, assume)
  const prefixed = PREFIXED.exec(text)
  if (prefixed) return prefixedLine(prefixed[1] ?? '', prefixed[2] ?? '')
  const tagged = TAGGED.exec(text)
  if (tagged) return prefixedLine(tagged[1] ?? '', tagged[3] ?? '', tagged[2])
  const summed = SUMMED.exec(text)
  if (!summed) return { kind: 'bad', reason: `is no hash line: ${shown(text)}` }
  const name = summed[3] ?? ''
  return bare(summed[2] ?? '', stated, assume, summed[1] ? unescapeName(name) : name)
}

function isHex(text: string): boolean {
  return /^[0-9a-fA-F]+$/.test(text)
}

/** The hash that a name means, PhotoDNA among them; undefined when none. */
export function hashField(name: string): HashField | undefined {
  return name.toLowerCase() === 'photodna' ? 'photodna' : hashKind(name)
}

/** Hex digits without a word on their kind: the list's statement decides, else their number. */
function bare(
  hex: string,
  stated: HashKind | undefined,
  assume: HashKind | undefined,
  label?: string,
): PlainLine {
  if (stated) return entryOf(stated, hex, label)
  if (hex.length === 32) return entryOf('md5', hex, label)
  if (hex.length === 40) return entryOf('sha1', hex, label)
  if (hex.length !== 64)
    return { kind: 'bad', reason: `has ${hex.length} hex digits, not 32, 40 or 64: ${shown(hex)}` }
  return assume ? entryOf(assume, hex, label) : { kind: 'ambiguous' }
}

function prefixedLine(name: string, value: string, label?: string): PlainLine {
  const kind = hashField(name)
  if (kind) return entryOf(kind, value, label)
  return { kind: 'bad', reason: `${shown(name)} is no kind of hash that is known here` }
}

function entryOf(field: HashField, value: string, label?: string): PlainLine {
  const draft: EntryDraft = {}
  const reason = setField(draft, field, value) ?? (label && setField(draft, 'label', label))
  if (reason) return { kind: 'bad', reason }
  return hasHash(draft) ? { kind: 'entry', entry: draft } : { kind: 'bad', reason: 'names no hash' }
}

function unescapeName(name: string): string {
  return name.replace(/\\([\\nr])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign === 'r' ? '\r' : '\\'))
}

/**
 * Sets a hash whose kind stands beside it, or is the list's, or follows from its length.
 *
 * @returns why it was refused, `ambiguous` when it may be of two kinds; undefined when it was taken
 */
export function setBareHash(
  draft: EntryDraft,
  hash: string,
  told: {
    readonly kind: string | undefined
    readonly stated: HashKind | undefined
    readonly assume: HashKind | undefined
  },
): string | undefined {
  const found =
    told.kind === undefined
      ? bare(hash, told.stated, told.assume)
      : prefixedLine(told.kind.trim().replace(/^hash[ _-]/i, ''), hash)
  switch (found.kind) {
    case 'entry':
      Object.assign(draft, found.entry)
      return undefined
    case 'bad':
      return found.reason
    case 'ambiguous':
      return 'ambiguous'
  }
}

/** The hash lines of an entry: one for each hash, each naming its kind, or bare where only one kind is written. */
export function plainLines(entry: ListEntry, only?: HashKind): string[] {
  if (only) return entry[only] === undefined ? [] : [entry[only]]
  return HASH_FIELDS.flatMap((field) => (entry[field] === undefined ? [] : [`${field}:${entry[field]}`]))
}
