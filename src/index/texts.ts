/** Texts: labels, categories and sources of entries, as bytes in a few large chunks, each named by a number. */
import { Fault } from '#terms/fault'
import { doubled } from './rows.ts'

/** A text begins at a multiple of this, so that a 32-bit number reaches 16 GiB of texts. */
const UNIT_BYTES = 4
/** No text lies across two chunks. */
export const TEXTS_CHUNK_BYTES = 1 << 26
const FIRST_BYTES = 1 << 12
const REFERENCE_MAX = 0xffff_ffff
/** Bytes before a text that hold its length. */
const LENGTH_BYTES = 2
const TEXT_BYTES_MAX = 0xffff
/** Texts of a column that are remembered while it is written, so that a category of a million entries is written once. */
const REMEMBERED_MAX = 1 << 15

/** Longer texts are seldom repeated, and remembering them would fill the memory. */
const REMEMBERED_LENGTH_MAX = 256

/** References of the first texts of a column. */
export type Remembered = Map<string, number>

/** Texts by reference; 0 is no text. */
export class Texts {
  readonly #chunks: Uint8Array[]
  #size: number

  /** Over the bytes of chunks that are full but for the last; without any, empty. */
  constructor(chunks: readonly Uint8Array[] = []) {
    this.#chunks = [...chunks]
    this.#size = chunks.reduce((size, chunk) => size + chunk.length, 0)
  }

  /**
   * Adds a text, or finds it among those remembered.
   *
   * @throws Fault `list.invalid` when 16 GiB are full
   */
  add(text: string, remembered: Remembered): number {
    const known = remembered.get(text)
    if (known !== undefined) return known
    const reference = this.#append(Buffer.from(text))
    const isWorthIt = text.length <= REMEMBERED_LENGTH_MAX && remembered.size < REMEMBERED_MAX
    if (isWorthIt) remembered.set(text, reference)
    return reference
  }

  /** The text of a reference; undefined when it refers to none. */
  text(reference: number): string | undefined {
    const position = reference * UNIT_BYTES
    const chunk = this.#chunks[Math.floor(position / TEXTS_CHUNK_BYTES)]
    const at = position % TEXTS_CHUNK_BYTES
    if (reference === 0 || !chunk || position + LENGTH_BYTES > this.#size) return undefined
    const start = at + LENGTH_BYTES
    const length = (chunk[at] ?? 0) | ((chunk[at + 1] ?? 0) << 8)
    if (start + length > chunk.length) return undefined
    return Buffer.from(chunk.buffer, chunk.byteOffset + start, length).toString('utf8')
  }

  /** Bytes in use. */
  get size(): number {
    return this.#size
  }

  /** The bytes in use, in order. */
  *parts(): Generator<Uint8Array> {
    for (const [at, chunk] of this.#chunks.entries()) {
      yield chunk.subarray(0, Math.min(this.#size - at * TEXTS_CHUNK_BYTES, TEXTS_CHUNK_BYTES))
    }
  }

  #append(text: Buffer): number {
    if (text.length > TEXT_BYTES_MAX) throw new RangeError(`a text of ${text.length} bytes`)
    if (this.#size === 0) this.#size = UNIT_BYTES // so that no text has reference 0
    const bytes = Math.ceil((LENGTH_BYTES + text.length) / UNIT_BYTES) * UNIT_BYTES
    const left = TEXTS_CHUNK_BYTES - (this.#size % TEXTS_CHUNK_BYTES)
    if (bytes > left) this.#size += left
    const position = this.#size
    if (position / UNIT_BYTES > REFERENCE_MAX) throw new Fault('list.invalid', 'more than 16 GiB of texts')
    const chunk = this.#chunkFor(position, bytes)
    const at = position % TEXTS_CHUNK_BYTES
    chunk[at] = text.length
    chunk[at + 1] = text.length >>> 8
    chunk.set(text, at + LENGTH_BYTES)
    this.#size += bytes
    return position / UNIT_BYTES
  }

  #chunkFor(position: number, bytes: number): Uint8Array {
    const number = Math.floor(position / TEXTS_CHUNK_BYTES)
    const end = (position % TEXTS_CHUNK_BYTES) + bytes
    let chunk = this.#chunks[number] ?? new Uint8Array(number === 0 ? FIRST_BYTES : TEXTS_CHUNK_BYTES)
    while (chunk.length < end) chunk = doubled(chunk)
    this.#chunks[number] = chunk
    return chunk
  }
}
