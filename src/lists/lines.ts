/** Lines: a list file read once from front to back, as numbered lines of text and a digest of its bytes. */
import { isAscii, isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Fault } from '#terms/fault'
import { type Sha256, sha256 } from '#terms/hash'
import type { Problems } from './problems.ts'
import { whyNoText } from './text.ts'

/** Longest line, in UTF-16 units: more than an entry with every field at its longest takes in any format. */
export const LINE_LENGTH_MAX = 262_144
/** Bytes read at once. */
const CHUNK_BYTES = 1 << 20
/** No line within the limit takes more bytes: UTF-8 spends at most three on a UTF-16 unit. */
const LINE_BYTES_MAX = LINE_LENGTH_MAX * 3
const LINE_FEED = 0x0a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Some lines that follow each other, without their line feeds. A line that was refused is undefined. */
export interface LineBatch {
  /** Number of the first line, counted from 1. */
  readonly firstLine: number
  readonly lines: readonly (string | undefined)[]
}

/** What is known of the file once every line was read. */
export interface FileFacts {
  readonly sha256: Sha256
  readonly modified: Date
}

/**
 * Reads a file's lines, refusing those that are too long, hold a NUL or are not UTF-8.
 *
 * @returns the facts of the file, as the generator's return value
 * @throws Fault `input.missing`, `list.unreadable`, or `list.invalid` when the file is no text
 */
export async function* readLines(path: string, problems: Problems): AsyncGenerator<LineBatch, FileFacts> {
  const file = await open(path, 'r').catch((cause: unknown) => unreadable(path, cause))
  try {
    const { mtime } = await file.stat().catch((cause: unknown) => unreadable(path, cause))
    const digest = createHash('sha256')
    const splitter = new LineSplitter(problems)
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let first = true; ; first = false) {
      const bytes = await fill(path, file, chunk)
      if (first) refuseOtherThanText(bytes, problems)
      digest.update(bytes)
      yield* splitter.split(first ? withoutMark(bytes) : bytes)
      if (bytes.length < CHUNK_BYTES) break
    }
    yield* splitter.end()
    return { sha256: digestOf(digest.digest('hex')), modified: mtime }
  } finally {
    await file.close()
  }
}

/** Fills the chunk as far as the file goes: a pipe gives less at a time than it holds. */
async function fill(path: string, file: FileHandle, chunk: Buffer): Promise<Buffer> {
  let filled = 0
  while (filled < chunk.length) {
    const read = file.read(chunk, filled, chunk.length - filled, null)
    const { bytesRead } = await read.catch((cause: unknown) => unreadable(path, cause))
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return chunk.subarray(0, filled)
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
}

function refuseOtherThanText(bytes: Buffer, problems: Problems): void {
  const because = whyNoText(bytes)
  if (because) problems.refuse(because)
}

/** Cuts chunks at line feeds and keeps what is left for the next chunk. */
class LineSplitter {
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

function digestOf(hex: string): Sha256 {
  const digest = sha256(hex)
  if (!digest) throw new TypeError('a SHA-256 of 32 bytes was expected')
  return digest
}

function unreadable(path: string, cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  if (code === 'ENOENT') throw new Fault('input.missing', `${path}: no such list`, { cause })
  const words = code === 'EISDIR' ? 'is a folder, not a list' : `cannot be read (${code})`
  throw new Fault('list.unreadable', `${path}: ${words}`, { cause })
}
