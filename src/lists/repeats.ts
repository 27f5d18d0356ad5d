/** Repeats: counts the entries of a list that carry the same hashes as one before them. */
import { createHash } from 'node:crypto'
import type { ListEntry } from '#terms/list'
import { HASH_FIELDS } from './entry.ts'

/** 32-bit words kept of each entry: with 128 bits no two different entries are taken for one. */
const WORDS = 4
const FIRST_SLOTS = 1 << 12

/** A set of fingerprints in one flat table, at most half full. */
export class RepeatCounter {
  #table = new Uint32Array(FIRST_SLOTS * WORDS)
  #held = 0
  #repeats = 0

  get repeats(): number {
    return this.#repeats
  }

  add(entry: ListEntry): void {
    const print = fingerprint(entry)
    if (this.#held * 2 >= this.#table.length / WORDS) this.#grow()
    if (place(this.#table, print, 0)) this.#held++
    else this.#repeats++
  }

  #grow(): void {
    const wider = new Uint32Array(this.#table.length * 2)
    for (let at = 0; at < this.#table.length; at += WORDS)
      if (isTaken(this.#table, at)) place(wider, this.#table, at)
    this.#table = wider
  }
}

function fingerprint(entry: ListEntry): Uint32Array {
  const text = HASH_FIELDS.map((field) => entry[field] ?? '').join(' ')
  const digest = createHash('sha256').update(text).digest()
  const print = new Uint32Array(WORDS)
  for (let at = 0; at < WORDS; at++) print[at] = digest.readUInt32LE(at * 4)
  return print
}

function isTaken(table: Uint32Array, at: number): boolean {
  return Boolean(table[at] || table[at + 1] || table[at + 2] || table[at + 3])
}

/** Puts a fingerprint in the first free slot from its own on; false when it is there already. */
function place(table: Uint32Array, from: Uint32Array, start: number): boolean {
  const slots = table.length / WORDS
  for (let slot = (from[start] ?? 0) % slots; ; slot = (slot + 1) % slots) {
    const at = slot * WORDS
    if (!isTaken(table, at)) {
      for (let word = 0; word < WORDS; word++) table[at + word] = from[start + word] ?? 0
      return true
    }
    let same = 0
    while (same < WORDS && table[at + same] === from[start + same]) same++
    if (same === WORDS) return false
  }
}
