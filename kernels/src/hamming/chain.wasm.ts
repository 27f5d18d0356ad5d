/**
 * Chain: what a distance demands. Of sixteen bands of 16 bits, two by two in eight pairs: an entry within distance d has a
 * pair within ⌊d/8⌋, else all pairs together differ by more than d; and that pair has a band within half of it, ⌊d/16⌋.
 */

/** Bucket ranges held at once: of sixteen (query, band) couples where a band may differ by one bit, of one at three. */
const RANGES_MAX: u32 = 704
const COUPLES_MAX: u32 = 16

export let distanceMax: u32
/** Bits by which the band may differ, and its pair. */
export let bandMax: u32
export let pairMax: u32
/** Buckets to look into per band. */
export let probes: u32
/** (query, band) couples looked into at once. */
export let couplesMax: u32

export function setChain(distanceMaxGiven: u32): void {
  distanceMax = distanceMaxGiven
  bandMax = distanceMaxGiven >> 4
  pairMax = distanceMaxGiven >> 3
  probes = probesWithin(bandMax)
  couplesMax = min(COUPLES_MAX, RANGES_MAX / probes)
}

/** How many 16-bit keys lie within so many bits. */
export function probesWithin(bits: u32): u32 {
  return bits == 0 ? 1 : bits == 1 ? 17 : bits == 2 ? 137 : 697
}
