/** Tree: the growing edge of the tree: its last tile on each level, from which leaves are added and the root is told. */
import { EMPTY_ROOT, HASH_BYTES, hashOfTwo } from './leaf.ts'
import { hashIn, lastTiles, leavesBelow, levelsOf, TILE_WIDTH, type TilePlace } from './tile.ts'

/** A tile with its hashes, as many as it has. */
export interface Tile extends TilePlace {
  readonly hashes: Uint8Array
}

/** The last tile of a level, which is not full. */
interface Last {
  number: number
  width: number
  readonly hashes: Uint8Array
}

/** The edge of a tree. It holds 8 KiB for each level, however large the tree is. */
export class TreeEdge {
  #size = 0
  readonly #levels: Last[] = []

  /**
   * The edge of a tree that there is.
   *
   * @param lastOf gives the last tile of each level that has a partial one, with as many hashes at least
   */
  static of(size: number, lastOf: (place: TilePlace & { readonly width: number }) => Uint8Array): TreeEdge {
    const edge = new TreeEdge()
    for (let level = 0; level < levelsOf(size); level++)
      edge.#level(level).number = Math.floor(size / leavesBelow(level + 1))
    for (const place of lastTiles(size)) {
      const last = edge.#level(place.level)
      last.width = place.width
      last.hashes.set(lastOf(place).subarray(0, place.width * HASH_BYTES))
    }
    edge.#size = size
    return edge
  }

  get size(): number {
    return this.#size
  }

  /** Adds a leaf by its hash. @returns the tiles that are full with it, from the leaves upwards */
  add(hash: Uint8Array): Tile[] {
    this.#size++
    const full: Tile[] = []
    let next = hash
    for (let level = 0; ; level++) {
      const last = this.#level(level)
      last.hashes.set(next, last.width * HASH_BYTES)
      last.width++
      if (last.width < TILE_WIDTH) return full
      full.push({ level, number: last.number, hashes: last.hashes.slice() })
      next = rootOf(last.hashes, 0, TILE_WIDTH)
      last.number++
      last.width = 0
    }
  }

  /** The tiles that are not full, as they stand. */
  partial(): Tile[] {
    return this.#levels.flatMap(({ number, width, hashes }, level) =>
      width === 0 ? [] : [{ level, number, hashes: hashes.slice(0, width * HASH_BYTES) }],
    )
  }

  /** The root of the tree as it stands. */
  root(): Uint8Array {
    let root: Uint8Array | undefined
    for (const { width, hashes } of this.#levels)
      for (const peak of peaksOf(hashes, width)) root = root ? hashOfTwo(peak, root) : peak
    return root ?? EMPTY_ROOT
  }

  #level(level: number): Last {
    this.#levels[level] ??= { number: 0, width: 0, hashes: new Uint8Array(TILE_WIDTH * HASH_BYTES) }
    return this.#levels[level]
  }
}

/** Roots of the largest whole trees over a tile's hashes, from the last and least one. */
function* peaksOf(hashes: Uint8Array, width: number): Generator<Uint8Array> {
  let end = width
  for (let least = 1; end > 0; least *= 2) {
    if (width % (2 * least) < least) continue
    yield rootOf(hashes, end - least, least)
    end -= least
  }
}

/** The root over `count` hashes, a power of two, from a place of a tile on. */
export function rootOf(hashes: Uint8Array, from: number, count: number): Uint8Array {
  let row = Array.from({ length: count }, (_, at) => hashIn(hashes, from + at))
  while (row.length > 1)
    row = Array.from({ length: row.length / 2 }, (_, at) =>
      hashOfTwo(row[2 * at] ?? EMPTY_ROOT, row[2 * at + 1] ?? EMPTY_ROOT),
    )
  return row[0] ?? EMPTY_ROOT
}
