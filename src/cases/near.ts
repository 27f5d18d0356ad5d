/** Near: which of a few thousand hashes lie near another, found by their bands; exact, as looking at each pair would be. */

/** Words of 32 bits of a PDQ hash. */
export const WORDS = 8
const BANDS = 16
const BAND_BITS = 16
/** A distance of 31 over 16 bands leaves one band that differs by a bit at most. */
export const NEAR_DISTANCE_MAX = 31

/** Hashes to be found again, each with whose it is. */
export interface Bands {
  readonly words: Uint32Array
  readonly owners: Int32Array
  /** Absent where so few are looked at one by one sooner. */
  readonly chains?: {
    /** By band and its value the last place that has it, from 1. */
    readonly heads: Int32Array
    /** By place the one before it with the same value, from 1. */
    readonly before: Int32Array
  }
}

/** Hashes that are looked at one by one sooner than by their bands. */
export const LINEAR_MAX = 1024

/** Hashes in hex as words, eight each, one behind the other. */
export function wordsOf(hashes: readonly string[]): Uint32Array {
  const words = new Uint32Array(hashes.length * WORDS)
  for (const [place, hash] of hashes.entries())
    for (let at = 0; at < WORDS; at++)
      words[place * WORDS + at] = Number.parseInt(hash.slice(at * 8, at * 8 + 8), 16)
  return words
}

/** Makes hashes ready to be found. @param each the hashes of each owner, as `wordsOf` gives them */
export function bandsOf(each: readonly Uint32Array[]): Bands {
  const words = new Uint32Array(each.reduce((sum, { length }) => sum + length, 0))
  const owners = new Int32Array(words.length / WORDS)
  let end = 0
  for (const [owner, theirs] of each.entries()) {
    words.set(theirs, end)
    owners.fill(owner, end / WORDS, (end + theirs.length) / WORDS)
    end += theirs.length
  }
  if (owners.length <= LINEAR_MAX) return { words, owners }
  const heads = new Int32Array(BANDS << BAND_BITS)
  const before = new Int32Array(owners.length * BANDS)
  for (let place = 0; place < before.length; place++) {
    const band = place % BANDS
    const key = (band << BAND_BITS) | bandAt(words, (place - band) / 2, band)
    before[place] = heads[key] ?? 0
    heads[key] = place + 1
  }
  return { words, owners, chains: { heads, before } }
}

/** The value of a band of the hash that begins at a word. */
function bandAt(words: Uint32Array, from: number, band: number): number {
  const word = words[from + (band >> 1)] ?? 0
  return (band & 1) === 0 ? word >>> BAND_BITS : word & 0xffff
}

/** Whom a search finds. */
export interface Finding {
  /** By owner the mark of whoever was found, or is not to be looked at. */
  readonly found: Int32Array
  readonly mark: number
  /** To which whoever is found is added. */
  readonly list: number[]
}

/** Finds whose hashes lie within `NEAR_DISTANCE_MAX` of some that are asked for, of owners behind one. */
export function findNear(bands: Bands, asked: Uint32Array, behind: number, finding: Finding): void {
  for (let from = 0; from < asked.length; from += WORDS)
    if (bands.chains) findChained(bands, bands.chains, asked, from, behind, finding)
    else
      for (let hash = 0; hash < bands.owners.length; hash++) look(bands, hash, asked, from, behind, finding)
}

function findChained(
  bands: Bands,
  { heads, before }: NonNullable<Bands['chains']>,
  asked: Uint32Array,
  from: number,
  behind: number,
  finding: Finding,
): void {
  for (let band = 0; band < BANDS; band++) {
    const value = bandAt(asked, from, band)
    for (let flipped = 0; flipped <= BAND_BITS; flipped++) {
      const probed = flipped === BAND_BITS ? value : value ^ (1 << flipped)
      let place = heads[(band << BAND_BITS) | probed] ?? 0
      for (; place > 0; place = before[place - 1] ?? 0)
        look(bands, (place - 1) >> 4, asked, from, behind, finding)
    }
  }
}

function look(
  { words, owners }: Bands,
  hash: number,
  asked: Uint32Array,
  from: number,
  behind: number,
  { found, mark, list }: Finding,
): void {
  const owner = owners[hash] ?? 0
  if (owner <= behind || found[owner] === mark || !isWithin(asked, from, words, hash * WORDS)) return
  found[owner] = mark
  list.push(owner)
}

function isWithin(one: Uint32Array, from: number, other: Uint32Array, at: number): boolean {
  let bits = 0
  for (let word = 0; word < WORDS; word++) {
    bits += ones(((one[from + word] ?? 0) ^ (other[at + word] ?? 0)) >>> 0)
    if (bits > NEAR_DISTANCE_MAX) return false
  }
  return true
}

/** Bits that are set in 32. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
