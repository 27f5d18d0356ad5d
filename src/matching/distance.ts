/** Distance: the bits in which two hashes differ, counted plainly. */

/** Bits that differ between two hashes of the same length, from 0 to 8 for each byte. */
export function distanceBetween(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`hashes of ${a.length} and ${b.length} bytes`)
  let distance = 0
  for (let at = 0; at < a.length; at++) {
    for (let rest = (a[at] ?? 0) ^ (b[at] ?? 0); rest !== 0; rest &= rest - 1) distance += 1
  }
  return distance
}
