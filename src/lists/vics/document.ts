/** Document: a VICS hash set or case file, read as a list while its bytes come. Spec: VICS 1.0-2.0. */
import { isAscii, isUtf8 } from 'node:buffer'
import type { ListEntry } from '#terms/list'
import type { ListHeader } from '../header.ts'
import type { ListParser } from '../parser.ts'
import type { Place, Problems } from '../problems.ts'
import { schemeOfProfile, type VicsContext, vicsContext } from './context.ts'
import { parseMedia } from './media.ts'
import { JsonSplitter } from './splitter.ts'

/** NUL and half characters, as JSON writes them: no entry can carry either. */
const NO_TEXT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/** Reads a VICS document. Bad entries are left out; a document that is cut short or malformed between them is refused whole. */
export class VicsParser implements ListParser {
  readonly header: ListHeader = {}
  readonly #problems: Problems
  readonly #splitter: JsonSplitter
  readonly #stated: string | undefined
  #context: VicsContext = {}
  #entries: ListEntry[] = []
  #cases = 0
  #miniatures = 0
  #hasArray = false

  /** @param scheme the scheme of category numbers, as stated by whoever reads; it comes before the document's own */
  constructor(problems: Problems, scheme: string | undefined) {
    this.#problems = problems
    this.#stated = scheme
    this.#splitter = new JsonSplitter({
      element: (bytes, offset) => this.#element(bytes, offset),
      left: (offset, reason) => problems.addAt(this.#place(offset), reason),
      frameBegins: (bytes, level) => this.#frameBegins(bytes, level),
      frameEnds: (bytes, level) => this.#frameEnds(bytes, level),
      between: () => undefined,
      refuse: (reason) => problems.refuse(reason),
    })
  }

  get scheme(): string | undefined {
    return this.#stated ?? schemeOfProfile(this.#context.profile)
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

  #place(offset: number): Place {
    return { entry: this.#splitter.elements, offset }
  }

  #element(bytes: Buffer, offset: number): void {
    const entry = this.#entry(bytes, offset)
    if (typeof entry === 'string') this.#problems.addAt(this.#place(offset), entry)
    else if (entry) this.#entries.push(entry)
  }

  #entry(bytes: Buffer, offset: number): ListEntry | string | undefined {
    const text = isAscii(bytes)
      ? bytes.toString('latin1')
      : isUtf8(bytes)
        ? bytes.toString('utf8')
        : undefined
    if (text === undefined) return 'is not UTF-8 text'
    const media = parseObject(text)
    if (!media) return 'is no well-formed JSON'
    if (text.includes('\\u') && NO_TEXT.test(JSON.stringify(media))) return 'holds a NUL or half a character'
    if (media['MD5'] === undefined && ('CaseID' in media || 'CaseNumber' in media)) {
      this.#cases++ // a case without media
      return undefined
    }
    if ('Miniature' in media) this.#miniatures++
    return parseMedia(media, this.scheme, (reason) => this.#problems.addAt(this.#place(offset), reason))
  }

  #frameBegins(bytes: Buffer, level: number): void {
    this.#hasArray = true
    if (level > 0) return
    const members = parseObject(`${bytes.toString('utf8')}]}`)
    if (members) this.#context = vicsContext(members)
  }

  #frameEnds(bytes: Buffer, level: number): void {
    const members = isUtf8(bytes) ? parseObject(bytes.toString('utf8')) : undefined
    if (!members) this.#problems.refuse(`is no well-formed JSON around its entries`)
    if (level > 0) this.#cases++
    else this.#context = vicsContext(members)
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
