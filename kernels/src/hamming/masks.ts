/** Masks: the differences that two 16-bit bands may have, the fewest bits first. */

/** Bits that a band may differ by at the greatest distance: ⌊63/16⌋. */
const BITS_MAX = 3

/** All 16-bit masks of up to three bits, by number of bits: 1, 16, 120, 560. */
export function bandMasks(): Uint16Array {
  const byBits: number[][] = [[], [], [], []]
  for (let mask = 0; mask < 65_536; mask++) {
    const bits = bitsOf(mask)
    if (bits <= BITS_MAX) byBits[bits]?.push(mask)
  }
  return Uint16Array.from(byBits.flat())
}

function bitsOf(mask: number): number {
  let bits = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) bits++
  return bits
}
