/** Document: a VICS hash set or case file, read as a list while its bytes come. Spec: VICS 1.0-2.0. */
import { isAscii, isUtf8 } from 'node:buffer'
import type { ListEntry } from '#terms/list'
import { isObject, whyNotKept } from '../extra.ts'
import type { ListHeader } from '../header.ts'
import type { ListParser } from '../parser.ts'
import type { Place, Problems } from '../problems.ts'
import { schemeOfProfile, type VicsContext, vicsContext } from './context.ts'
import { parseMedia } from './media.ts'
import type { ElementRun } from './split-watch.ts'
import { JsonSplitter } from './splitter.ts'

/** Reads a VICS document. Bad entries are left out; a document that is cut short or malformed between them is refused whole. */
export class VicsParser implements ListParser {
  readonly header: ListHeader = {}
  readonly #problems: Problems
  readonly #splitter: JsonSplitter
  readonly #stated: string | undefined
  #scheme: string | undefined
  #context: VicsContext = {}
  #entries: ListEntry[] = []
  #cases = 0
  #miniatures = 0
  #hasArray = false

  /** @param scheme the scheme of category numbers, as stated by whoever reads; it comes before the document's own */
  constructor(problems: Problems, scheme: string | undefined) {
    this.#problems = problems
    this.#stated = scheme
    this.#scheme = scheme
    this.#splitter = new JsonSplitter({
      elements: (run) => this.#elements(run),
      left: (entry, offset, reason) => problems.addAt({ entry, offset }, reason),
      frameBegins: (bytes, level) => this.#frameBegins(bytes, level),
      frameEnds: (bytes, level) => this.#frameEnds(bytes, level),
      between: () => undefined,
      refuse: (reason) => problems.refuse(reason),
    })
  }

  get scheme(): string | undefined {
    return this.#scheme
  }

  get dialect(): string {
    const { version = 'of no stated version', profile } = this.#context
    const kind = this.#cases > 0 ? `, ${this.#cases} ${this.#cases === 1 ? 'case' : 'cases'}` : ''
    return `VICS ${version}${profile === undefined ? '' : ` ${profile}`}${kind}`
  }

  get unknownColumns(): readonly string[] {
    return this.#miniatures > 0 ? ['Miniature'] : []
  }

  take(bytes: Buffer): (readonly ListEntry[])[] {
    this.#splitter.take(bytes)
    const entries = this.#entries
    this.#entries = []
    return [entries]
  }

  end(): (readonly ListEntry[])[] {
    this.#splitter.end()
    if (!this.#hasArray) this.#problems.refuse('is a JSON object without an array "value", so it is no list')
    return []
  }

  /** Parses a run at once; where that fails, each of its elements for itself. */
  #elements({ bytes, bounds, offset, first }: ElementRun): void {
    const together = isUtf8(bytes) ? parseArray(textOf(bytes)) : undefined
    const isWhole = together?.length === bounds.length / 2
    for (let at = 0; at < bounds.length; at += 2) {
      const place = { entry: first + at / 2, offset: offset + (bounds[at] ?? 0) }
      const element = isWhole ? together[at / 2] : parseAlone(bytes.subarray(bounds[at], bounds[at + 1]))
      const entry = typeof element === 'string' ? element : this.#entry(element, place)
      if (typeof entry === 'string') this.#problems.addAt(place, entry)
      else if (entry) this.#entries.push(entry)
    }
  }

  #entry(media: unknown, place: Place): ListEntry | string | undefined {
    if (!isObject(media)) throw new TypeError('an element that begins as an object is one')
    if (media['MD5'] === undefined && ('CaseID' in media || 'CaseNumber' in media)) {
      this.#cases++ // a case without media
      return undefined
    }
    if (media['Miniature'] !== undefined) this.#miniatures++
    return parseMedia(media, this.#scheme, (reason) => this.#problems.addAt(place, reason))
  }

  #frameBegins(bytes: Buffer, level: number): void {
    this.#hasArray = true
    if (level > 0) return
    const members = parseObject(`${bytes.toString('utf8')}]}`)
    if (members) this.#say(members)
  }

  #say(members: Readonly<Record<string, unknown>>): void {
    this.#context = vicsContext(members)
    this.#scheme = this.#stated ?? schemeOfProfile(this.#context.profile)
  }

  #frameEnds(bytes: Buffer, level: number): void {
    const members = isUtf8(bytes) ? parseObject(bytes.toString('utf8')) : undefined
    if (!members) this.#problems.refuse(`is no well-formed JSON around its entries`)
    if (level > 0) this.#cases++
    else this.#say(members)
  }
}

/** Text of one byte a character where it can be: half the memory. */
function textOf(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8')
}

/** The elements of a run that is wholly well-formed; those that no entry could carry are left to be looked at alone. */
function parseArray(text: string): unknown[] | undefined {
  if (text.includes('\\u')) return undefined
  try {
    const value: unknown = JSON.parse(`[${text}]`)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** One element, or why it is none. */
function parseAlone(bytes: Buffer): Readonly<Record<string, unknown>> | string {
  if (!isUtf8(bytes)) return 'is not UTF-8 text'
  const object = parseObject(textOf(bytes))
  if (!object) return 'is no well-formed JSON'
  return whyNotKept(object) ?? object
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
