/** Lines: the bytes of a list cut into numbered lines of text. */
import { isAscii, isUtf8 } from 'node:buffer'
import type { ListEntry } from '#terms/list'
import type { LineParser, ListParser } from './parser.ts'
import type { Problems } from './problems.ts'
import { withoutMark } from './text.ts'

/** Longest line, in UTF-16 units: more than an entry with every field at its longest takes in any format. */
export const LINE_LENGTH_MAX = 262_144
/** No line within the limit takes more bytes: UTF-8 spends at most three on a UTF-16 unit. */
const LINE_BYTES_MAX = LINE_LENGTH_MAX * 3
const LINE_FEED = 0x0a

/** Some lines that follow each other, without their line feeds. A line that was refused is undefined. */
export interface LineBatch {
  /** Number of the first line, counted from 1. */
  readonly firstLine: number
  readonly lines: readonly (string | undefined)[]
}

/** A format of lines, read as bytes: lines that are too long, hold a NUL or are not UTF-8 are refused. */
export class LinesParser implements ListParser {
  readonly #splitter: LineSplitter
  readonly #parser: LineParser
  #begun = false

  constructor(parser: LineParser, problems: Problems) {
    this.#splitter = new LineSplitter(problems)
    this.#parser = parser
  }

  get header(): ListParser['header'] {
    return this.#parser.preamble.header
  }

  get unknownColumns(): readonly string[] {
    return this.#parser.unknownColumns
  }

  get setAside(): number | undefined {
    return this.#parser.setAside
  }

  *take(bytes: Buffer): Generator<readonly ListEntry[]> {
    const text = this.#begun ? bytes : withoutMark(bytes)
    this.#begun = true
    for (const batch of this.#splitter.split(text)) yield this.#parser.take(batch)
  }

  *end(): Generator<readonly ListEntry[]> {
    for (const batch of this.#splitter.end()) yield this.#parser.take(batch)
    yield this.#parser.end()
  }
}

/** Cuts chunks at line feeds and keeps what is left for the next chunk. */
export class LineSplitter {
  readonly #problems: Problems
  #line = 1
  #rest: Buffer = Buffer.alloc(0)
  #skipping = false

  constructor(problems: Problems) {
    this.#problems = problems
  }

  *split(chunk: Buffer): Generator<LineBatch> {
    const cut = chunk.lastIndexOf(LINE_FEED)
    if (cut >= 0) {
      yield* this.#whole(chunk.subarray(0, cut))
      this.#rest = Buffer.from(chunk.subarray(cut + 1))
    } else if (!this.#skipping) {
      this.#rest = Buffer.concat([this.#rest, chunk])
    }
    if (this.#rest.length <= LINE_BYTES_MAX) return
    this.#problems.add(this.#line, tooLong()) // the rest of the line is passed over, so that memory stays flat
    this.#rest = Buffer.alloc(0)
    this.#skipping = true
  }

  *end(): Generator<LineBatch> {
    if (this.#skipping || this.#rest.length === 0) return
    this.#problems.unendedLine = this.#line
    yield this.#batch(this.#rest)
  }

  /** Bytes up to and without a line feed: one line or several. */
  *#whole(bytes: Buffer): Generator<LineBatch> {
    if (!this.#skipping)
      return yield this.#batch(this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes)
    this.#skipping = false
    this.#line++
    const cut = bytes.indexOf(LINE_FEED)
    if (cut >= 0) yield this.#batch(bytes.subarray(cut + 1))
  }

  #batch(bytes: Buffer): LineBatch {
    const firstLine = this.#line
    const clean = isUtf8(bytes) && !bytes.includes(0)
    const lines = clean ? decode(bytes).split('\n') : this.#decodeEach(bytes)
    this.#line += lines.length
    if (lines.some(isTooLong)) return { firstLine, lines: this.#refuseTooLong(lines, firstLine) }
    return { firstLine, lines }
  }

  #decodeEach(bytes: Buffer): (string | undefined)[] {
    const lines: (string | undefined)[] = []
    for (let start = 0; start <= bytes.length; ) {
      const found = bytes.indexOf(LINE_FEED, start)
      const end = found < 0 ? bytes.length : found
      const line = bytes.subarray(start, end)
      const because = line.includes(0) ? 'holds a NUL byte' : isUtf8(line) ? undefined : 'is not UTF-8 text'
      if (because) this.#problems.add(this.#line + lines.length, because)
      lines.push(because ? undefined : decode(line))
      start = end + 1
    }
    return lines
  }

  #refuseTooLong(lines: readonly (string | undefined)[], firstLine: number): (string | undefined)[] {
    return lines.map((line, at) => {
      if (!isTooLong(line)) return line
      this.#problems.add(firstLine + at, tooLong())
      return undefined
    })
  }
}

function isTooLong(line: string | undefined): boolean {
  return line !== undefined && line.length > LINE_LENGTH_MAX
}

function tooLong(): string {
  return `is longer than ${LINE_LENGTH_MAX} characters`
}

/** Text of one byte a character where it can be: half the memory. */
function decode(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8')
}
