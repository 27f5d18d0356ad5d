/** Rows: rows of equal width kept as bytes in a few large chunks, so that millions of them are no objects. */

/** Rows in a chunk: 32-byte rows then fill 64 MiB, and no chunk nears the largest buffer that Node allows. */
const CHUNK_ROWS_BITS = 21
const CHUNK_ROWS = 1 << CHUNK_ROWS_BITS
const FIRST_ROWS = 256

/** Values of hex digits by character code; 255 elsewhere. */
const HEX_VALUES = new Uint8Array(128).fill(255)
for (const [value, digit] of [...'0123456789abcdef'].entries()) HEX_VALUES[digit.charCodeAt(0)] = value

/** Rows that can be added to at the end, of a multiple of four bytes. Every chunk but the last is full. */
export class ByteRows {
  readonly width: number
  readonly #chunks: Uint8Array[] = []
  /** The same bytes as the chunks. */
  readonly #words: Uint32Array[] = []
  #length = 0

  constructor(width: number) {
    this.width = width
  }

  /** Rows of zeros. */
  static zeros(width: number, length: number): ByteRows {
    const rows = new ByteRows(width)
    for (let left = length; left > 0; left -= CHUNK_ROWS) {
      rows.#put(rows.#chunks.length, new Uint8Array(Math.min(left, CHUNK_ROWS) * width))
    }
    rows.#length = length
    return rows
  }

  get length(): number {
    return this.#length
  }

  /** The rows as they lie in memory, one after the other: live bytes. */
  *parts(): Generator<Uint8Array> {
    for (const [at, chunk] of this.#chunks.entries()) {
      const rows = Math.min(this.#length - at * CHUNK_ROWS, CHUNK_ROWS)
      yield chunk.subarray(0, rows * this.width)
    }
  }

  /** The chunk that holds a row; the row begins at `offset(row)` in it. */
  chunk(row: number): Uint8Array {
    const chunk = this.#chunks[row >>> CHUNK_ROWS_BITS]
    if (!chunk) throw new RangeError(`row ${row} of ${this.#length}`)
    return chunk
  }

  offset(row: number): number {
    return (row & (CHUNK_ROWS - 1)) * this.width
  }

  /** The chunk that holds a row, by words of four bytes: rows are moved by words, which are a quarter as many. */
  words(row: number): Uint32Array {
    const words = this.#words[row >>> CHUNK_ROWS_BITS]
    if (!words) throw new RangeError(`row ${row} of ${this.#length}`)
    return words
  }

  /** Adds a row given as hex digits of the right number. */
  pushHex(hex: string): void {
    const row = this.#add()
    const chunk = this.chunk(row)
    const offset = this.offset(row)
    for (let at = 0; at < this.width; at++) {
      const high = HEX_VALUES[hex.charCodeAt(at * 2)] ?? 255
      const low = HEX_VALUES[hex.charCodeAt(at * 2 + 1)] ?? 255
      chunk[offset + at] = (high << 4) | low
    }
  }

  /** Adds the row that lies at a place in some bytes. */
  pushBytes(bytes: Uint8Array, at: number): void {
    const row = this.#add()
    const chunk = this.chunk(row)
    const offset = this.offset(row)
    for (let byte = 0; byte < this.width; byte++) chunk[offset + byte] = bytes[at + byte] ?? 0
  }

  /** Adds a row holding one number; the rows must be four bytes wide. */
  pushNumber(value: number): void {
    const row = this.#add()
    writeNumber(this.chunk(row), this.offset(row), value)
  }

  /** Adds a row of zeros. @returns its number */
  extend(): number {
    return this.#add()
  }

  setNumber(row: number, value: number): void {
    writeNumber(this.chunk(row), this.offset(row), value)
  }

  /** The number in a row of four bytes. */
  number(row: number): number {
    return readNumber(this.chunk(row), this.offset(row))
  }

  /** All rows as one buffer. These rows let go of each chunk once it is copied, and are empty afterwards. */
  joined(): Uint8Array {
    const whole = new Uint8Array(this.#length * this.width)
    for (let at = 0; this.#chunks.length > 0; at += CHUNK_ROWS * this.width) {
      const chunk = this.#chunks.shift()
      this.#words.shift()
      if (chunk) whole.set(chunk.subarray(0, whole.length - at), at)
    }
    this.#length = 0
    return whole
  }

  #add(): number {
    const row = this.#length++
    const at = row >>> CHUNK_ROWS_BITS
    const chunk = this.#chunks[at]
    const rows = at === 0 ? FIRST_ROWS : CHUNK_ROWS
    if (!chunk) this.#put(at, new Uint8Array(rows * this.width))
    else if (this.offset(row) === chunk.length) this.#put(at, doubled(chunk))
    return row
  }

  #put(at: number, chunk: Uint8Array): void {
    this.#chunks[at] = chunk
    this.#words[at] = new Uint32Array(chunk.buffer)
  }
}

/** A copy of twice the length, the second half of zeros. */
export function doubled(bytes: Uint8Array): Uint8Array {
  const wider = new Uint8Array(bytes.length * 2)
  wider.set(bytes)
  return wider
}

/** Little endian, as in the file. */
export function readNumber(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  return (low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
}

export function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
}
