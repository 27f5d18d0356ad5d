/** Facts: what must be known of a version when it is hit, by its number; memory only where there are versions. */

/** Rows of a chunk: few enough that a gap in the numbers costs little, and that a copy of one is quick. */
export const CHUNK_BITS = 14
export const CHUNK_ROWS = 1 << CHUNK_BITS
/** Chunks that rows below 2^31 can lie in. */
export const CHUNK_PLACES_MAX = 2 ** (31 - CHUNK_BITS)
/** Bytes of a chunk: three numbers a row. */
export const CHUNK_BYTES = CHUNK_ROWS * 12

/** Bits of a row's standing: its trust, its kinds of hash, and above them its group. */
const TRUST_BITS = 3
const KIND_BITS = 4
const GROUP_SHIFT = TRUST_BITS + KIND_BITS
/** More groups than a register makes in a century of daily pulls. */
export const GROUPS_MAX = 2 ** (32 - GROUP_SHIFT)

/** What is known of a version. */
export interface Fact {
  /** Rows of one group become visible, or cease to be, at one stroke. Not 0, which is the group of no row. */
  readonly group: number
  readonly entry: number
  /** Place in `TRUSTS`, counted from 1. */
  readonly trust: number
  /** `KIND_BITS` together. */
  readonly kinds: number
  /** Reference into the categories. */
  readonly categories: number
}

/** A run of rows. Its bytes are those of the snapshot. */
export class FactsChunk {
  readonly bytes: Uint8Array
  readonly standing: Uint32Array
  readonly entries: Uint32Array
  readonly categories: Uint32Array

  constructor(bytes: Uint8Array = new Uint8Array(CHUNK_BYTES)) {
    this.bytes = bytes
    this.standing = new Uint32Array(bytes.buffer, bytes.byteOffset, CHUNK_ROWS)
    this.entries = new Uint32Array(bytes.buffer, bytes.byteOffset + CHUNK_ROWS * 4, CHUNK_ROWS)
    this.categories = new Uint32Array(bytes.buffer, bytes.byteOffset + CHUNK_ROWS * 8, CHUNK_ROWS)
  }
}

/** The facts of all rows. */
export class Facts {
  #chunks: (FactsChunk | undefined)[] = []
  /** Chunks that a snapshot is being written from: they are copied before they are changed. */
  #frozen: Set<FactsChunk> | undefined

  /** The group of a row; 0 where there is none. */
  group(row: number): number {
    return (this.#chunks[row >>> CHUNK_BITS]?.standing[row & (CHUNK_ROWS - 1)] ?? 0) >>> GROUP_SHIFT
  }

  /** What is known of a row that has a group. */
  fact(row: number): Fact {
    const chunk = this.#chunks[row >>> CHUNK_BITS]
    const at = row & (CHUNK_ROWS - 1)
    const standing = chunk?.standing[at] ?? 0
    return {
      group: standing >>> GROUP_SHIFT,
      trust: standing & ((1 << TRUST_BITS) - 1),
      kinds: (standing >>> TRUST_BITS) & ((1 << KIND_BITS) - 1),
      entry: chunk?.entries[at] ?? 0,
      categories: chunk?.categories[at] ?? 0,
    }
  }

  /** The kinds of hash of a row. */
  kinds(row: number): number {
    const standing = this.#chunks[row >>> CHUNK_BITS]?.standing[row & (CHUNK_ROWS - 1)] ?? 0
    return (standing >>> TRUST_BITS) & ((1 << KIND_BITS) - 1)
  }

  put(row: number, { group, trust, kinds, entry, categories }: Fact): void {
    const chunk = this.#writable(row >>> CHUNK_BITS)
    const at = row & (CHUNK_ROWS - 1)
    chunk.standing[at] = (group << GROUP_SHIFT) | (kinds << TRUST_BITS) | trust
    chunk.entries[at] = entry
    chunk.categories[at] = categories
  }

  /** Puts a row into another group; 0 forgets it. */
  regroup(row: number, group: number): void {
    const chunk = this.#writable(row >>> CHUNK_BITS)
    const at = row & (CHUNK_ROWS - 1)
    const rest = (chunk.standing[at] ?? 0) & ((1 << GROUP_SHIFT) - 1)
    chunk.standing[at] = group === 0 ? 0 : (group << GROUP_SHIFT) | rest
  }

  /** Takes a chunk that was read. */
  adopt(place: number, chunk: FactsChunk): void {
    this.#chunks[place] = chunk
  }

  /** The chunks by place. */
  *chunks(): Generator<readonly [place: number, chunk: FactsChunk]> {
    for (const [place, chunk] of this.#chunks.entries()) if (chunk) yield [place, chunk]
  }

  /** Gives up the chunks in which no row has a group that `isAlive`. */
  *dropping(isAlive: (group: number) => boolean): Generator<void> {
    for (const [place, chunk] of this.#chunks.entries()) {
      if (!chunk) continue
      const isEmpty = chunk.standing.every((standing) => !isAlive(standing >>> GROUP_SHIFT))
      if (isEmpty) this.#chunks[place] = undefined
      yield
    }
  }

  /** The chunks as they are now: what is changed later is changed in copies. Until `thaw`. */
  freeze(): readonly (readonly [place: number, chunk: FactsChunk])[] {
    const chunks = [...this.chunks()]
    this.#frozen = new Set(chunks.map(([, chunk]) => chunk))
    return chunks
  }

  thaw(): void {
    this.#frozen = undefined
  }

  /** Bytes of memory. */
  get bytes(): number {
    return this.#chunks.reduce((bytes, chunk) => bytes + (chunk ? CHUNK_BYTES : 0), 0)
  }

  #writable(place: number): FactsChunk {
    const chunk = this.#chunks[place]
    if (chunk && !this.#frozen?.has(chunk)) return chunk
    const fresh = new FactsChunk(chunk?.bytes.slice())
    this.#chunks[place] = fresh
    return fresh
  }
}
