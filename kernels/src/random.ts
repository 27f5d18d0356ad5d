/** Random: one small seeded generator, so that every measurement and test set can be made again. */

export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  /** A number from 0 to just under 1. */
  fraction(): number
}

/** A seeded generator (splitmix32-style mixing of a Weyl sequence). */
export function random(seed: number): Random {
  let state = seed >>> 0
  const uint32 = (): number => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  const fraction = (): number => uint32() / 4_294_967_296
  return { uint32, fraction, below: (below) => Math.floor(fraction() * below) }
}
