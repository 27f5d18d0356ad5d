/** JSON lines: one entry an object, one object a line; the first may be a header. `docs/formats/lists.md` */
import type { ListEntry } from '#terms/list'
import { type EntryDraft, FIELDS, type Field, hasHash, setField, shown } from './entry.ts'
import { HEADER_FIELDS, type ListHeader, type Preamble, setHeaderField } from './header.ts'
import { JSON_FIELDS, type JsonField, setJsonField } from './json-fields.ts'
import type { LineBatch } from './lines.ts'
import { EmptyLines, type LineParser } from './parser.ts'
import type { Problems } from './problems.ts'

/** Key of a header, and the version of the format that is its value. */
const HEADER_KEY = 'tutelaList'
const VERSION = 1

/** Reads JSON lines. The format is closed: a key that it does not know refuses the line. */
export class JsonLinesParser implements LineParser {
  readonly unknownColumns: readonly string[] = []
  readonly preamble: Preamble = { header: {} }
  readonly #problems: Problems
  readonly #empty: EmptyLines
  #started = false

  constructor(problems: Problems) {
    this.#problems = problems
    this.#empty = new EmptyLines((line, reason) => problems.add(line, reason))
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
    return [] // blank lines at the end of the file say nothing
  }

  #line(line: string, number: number): ListEntry | undefined {
    if (line.trim() === '') {
      this.#empty.see(number)
      return undefined
    }
    this.#empty.tell()
    const object = parseObject(line)
    if (object === undefined) {
      this.#problems.add(number, `is no JSON object: ${shown(line)}`)
      return undefined
    }
    const first = !this.#started
    this.#started = true
    if (first && Object.hasOwn(object, HEADER_KEY)) return this.#header(object, number)
    const parsed = parseEntry(object)
    if (typeof parsed !== 'string') return parsed
    this.#problems.add(number, parsed)
    return undefined
  }

  #header(object: Record<string, unknown>, number: number): undefined {
    for (const [key, value] of Object.entries(object)) {
      if (key === HEADER_KEY) {
        if (value === VERSION) continue
        this.#problems.refuse(
          `line ${number}: is of version ${shown(String(value))}, and only ${VERSION} is known here`,
        )
      }
      const field = HEADER_FIELDS.find((name) => name === key)
      const reason =
        field === undefined ? `the header has an unknown key ${shown(key)}` : this.#state(field, value)
      if (reason) this.#problems.add(number, reason)
    }
  }

  #state(field: (typeof HEADER_FIELDS)[number], value: unknown): string | undefined {
    if (typeof value !== 'string') return `the list's ${field} is no text`
    return setHeaderField(this.preamble.header, field, value)
  }
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const KNOWN: ReadonlySet<string> = new Set(FIELDS)
const KNOWN_JSON: ReadonlySet<string> = new Set(JSON_FIELDS)

function isField(key: string): key is Field {
  return KNOWN.has(key)
}

function isJsonField(key: string): key is JsonField {
  return KNOWN_JSON.has(key)
}

/** The entry of an object, or why it is none. A tombstone, and a hash that nothing here knows, have a key instead of a hash. */
function parseEntry(object: Record<string, unknown>): ListEntry | string {
  const draft: EntryDraft = {}
  for (const key in object) {
    const reason = setEither(draft, key, object[key])
    if (reason) return reason
  }
  if (hasHash(draft)) return draft
  if (draft.deleted) return draft.key === undefined ? 'is a tombstone without a key' : draft
  return draft.key !== undefined && draft.extra !== undefined ? draft : 'names no hash'
}

function setEither(draft: EntryDraft, key: string, value: unknown): string | undefined {
  if (isJsonField(key)) return setJsonField(draft, key, value)
  if (!isField(key)) return `has an unknown key ${shown(key)}`
  return typeof value === 'string' ? setField(draft, key, value) : `${key} is no text`
}

/** The header's line. */
export function jsonHeader(header: ListHeader): string {
  return JSON.stringify({ [HEADER_KEY]: VERSION, ...inOrder(header, HEADER_FIELDS) })
}

/** The line of an entry. */
export function jsonLine(entry: ListEntry): string {
  const texts = inOrder(entry, FIELDS)
  const others = JSON_FIELDS.flatMap((field) => (entry[field] === undefined ? [] : [[field, entry[field]]]))
  return JSON.stringify(others.length > 0 ? { ...texts, ...Object.fromEntries(others) } : texts)
}

function inOrder<F extends string>(
  object: { readonly [K in F]?: string },
  fields: readonly F[],
): Record<string, string> {
  const ordered: Record<string, string> = {}
  for (const field of fields) {
    const value = object[field]
    if (value !== undefined) ordered[field] = value
  }
  return ordered
}
