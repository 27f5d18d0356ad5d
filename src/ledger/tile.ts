/** Tile: 256 hashes of one level of the tree, where each tile lies and how wide it is. C2SP tlog-tiles. */
import { HASH_BYTES } from './leaf.ts'

/** Hashes in a full tile; each of them covers so many of the level below. */
export const TILE_WIDTH = 256
const LEVELS = 64
const GROUP = 1000

/** Where a tile lies: its level from the leaves, 0, upwards, and its number in it, from 0. */
export interface TilePlace {
  readonly level: number
  readonly number: number
}

/** A tile's place and how many hashes of it are meant; entries stand for the leaves of level 0 themselves. */
export interface TileAsked {
  readonly level: number | 'entries'
  readonly number: number
  /** 256 for a full tile. */
  readonly width: number
}

/** Leaves below one hash of a level. */
export function leavesBelow(level: number): number {
  return TILE_WIDTH ** level
}

/** Levels that a tree of this size has, from 0. */
export function levelsOf(size: number): number {
  let levels = 0
  for (let hashes = size; hashes > 0; hashes = Math.floor(hashes / TILE_WIDTH)) levels++
  return levels
}

/** How many hashes a tile has in a tree of this size; 0 where it has none. */
export function widthIn(size: number, { level, number }: TilePlace): number {
  const hashes = Math.floor(size / leavesBelow(level)) - number * TILE_WIDTH
  return Math.max(0, Math.min(TILE_WIDTH, hashes))
}

/** Every tile of a tree of this size, from the leaves upwards, each with its width. */
export function* tilesOf(size: number): Generator<TilePlace & { readonly width: number }> {
  for (let level = 0; level < levelsOf(size); level++) {
    const tiles = Math.ceil(Math.floor(size / leavesBelow(level)) / TILE_WIDTH)
    for (let number = 0; number < tiles; number++) {
      const place = { level, number }
      yield { ...place, width: widthIn(size, place) }
    }
  }
}

/** The tiles of a tree of this size that are not full, one for a level at most. */
export function lastTiles(size: number): (TilePlace & { readonly width: number })[] {
  return Array.from({ length: levelsOf(size) }, (_, level) => {
    const place = { level, number: Math.floor(size / leavesBelow(level + 1)) }
    return { ...place, width: widthIn(size, place) }
  }).filter(({ width }) => width > 0)
}

/** A tile's path, as `0/x001/x234/067` or `entries/005.p/17`. */
export function tilePath({ level, number, width }: TileAsked): string {
  const groups = [threeDigits(number % GROUP)]
  for (let rest = Math.floor(number / GROUP); rest > 0; rest = Math.floor(rest / GROUP))
    groups.unshift(`x${threeDigits(rest % GROUP)}`)
  return `${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

const PATH =
  /^(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,4})([0-9]{3})(?:\.p\/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?$/

/** Reads a tile's path. @returns undefined for what is none, or not written as it must be */
export function parseTilePath(untrusted: string): TileAsked | undefined {
  const found = PATH.exec(untrusted)
  if (!found) return undefined
  const [, untrustedLevel, above = '', last = '', width] = found
  const level = untrustedLevel === 'entries' ? 'entries' : Number(untrustedLevel)
  if (typeof level === 'number' && level >= LEVELS) return undefined
  const number = Number(above.replace(/[x/]/g, '') + last)
  const asked: TileAsked = { level, number, width: width === undefined ? TILE_WIDTH : Number(width) }
  return tilePath(asked) === untrusted ? asked : undefined
}

/** The hash at a place of a tile. */
export function hashIn(tile: Uint8Array, at: number): Uint8Array {
  return tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)
}

/** An entry bundle: each entry behind its length in two bytes, big-endian. */
export function entryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => [Buffer.from([entry.length >> 8, entry.length & 0xff]), entry]),
  )
}

/** Reads an entry bundle. @returns undefined where it breaks off or has more than a tile's entries */
export function parseEntryBundle(untrusted: Uint8Array): Uint8Array[] | undefined {
  const entries: Uint8Array[] = []
  for (let at = 0; at < untrusted.length; ) {
    const [high, low] = untrusted.subarray(at, at + 2)
    if (high === undefined || low === undefined || entries.length === TILE_WIDTH) return undefined
    const end = at + 2 + high * 256 + low
    if (end > untrusted.length) return undefined
    entries.push(untrusted.subarray(at + 2, end))
    at = end
  }
  return entries
}

function threeDigits(number: number): string {
  return String(number).padStart(3, '0')
}
