/** Keys seen: whether a key may have come twice, told in memory while they come; where it may not, the database need not look. */

/** Up to so many keys are remembered: 64 MB; of more it is not known. */
const KEYS_MAX = 1 << 22
const SLOTS_FIRST = 1 << 12

/** Remembers keys by 52 bits of them: one that came twice is never missed, and one in billions is taken for another. */
export class KeysSeen {
  /** 0: free. */
  #slots = new Float64Array(SLOTS_FIRST)
  #count = 0
  #mayRepeat = false

  /** True where a key came twice, or where there were too many to know. */
  get mayRepeat(): boolean {
    return this.#mayRepeat
  }

  add(key: string): void {
    if (this.#mayRepeat) return
    if (this.#count * 2 >= this.#slots.length) this.#grow()
    if (this.#count < KEYS_MAX && put(this.#slots, markOf(key))) this.#count++
    else this.#giveUp()
  }

  #giveUp(): void {
    this.#mayRepeat = true
    this.#slots = new Float64Array(0)
  }

  #grow(): void {
    const slots = new Float64Array(this.#slots.length * 2)
    for (const mark of this.#slots) if (mark !== 0) put(slots, mark)
    this.#slots = slots
  }
}

/** @returns false where the mark was there */
function put(slots: Float64Array, mark: number): boolean {
  const last = slots.length - 1
  for (let at = mark & last; ; at = (at + 1) & last) {
    const there = slots[at]
    if (there === mark) return false
    if (there !== 0) continue
    slots[at] = mark
    return true
  }
}

/** 52 bits of a key, and never 0: two multiplicative hashes side by side (after FNV-1a). */
function markOf(key: string): number {
  let [one, other] = [0x811c_9dc5, 0x9e37_79b9]
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at)
    one = Math.imul(one ^ unit, 0x0100_0193)
    other = Math.imul(other ^ unit, 0x85eb_ca6b)
    other ^= other >>> 13
  }
  one ^= one >>> 15
  return (one >>> 0) * 0x10_0000 + ((other >>> 0) & 0xf_ffff) + 1
}
