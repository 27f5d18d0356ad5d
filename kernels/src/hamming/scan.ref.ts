/** Scan, plainly: the distance to every entry; what every index must equal. */

export interface RefEntry {
  readonly hash: Uint8Array
  readonly payload: number
}

/** How many bits of each byte are set. */
const BITS_SET = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

/** Bits in which two hashes of equal length differ. */
export function refDistance(a: Uint8Array, b: Uint8Array): number {
  let distance = 0
  for (let i = 0; i < a.length; i++) distance += BITS_SET[(a[i] ?? 0) ^ (b[i] ?? 0)] ?? 0
  return distance
}

/** All entries within `distanceMax`, the nearest first, then by payload. */
export function refSearch(
  entries: Iterable<RefEntry>,
  hash: Uint8Array,
  distanceMax: number,
): { readonly payload: number; readonly distance: number }[] {
  const found = []
  for (const entry of entries) {
    const distance = refDistance(entry.hash, hash)
    if (distance <= distanceMax) found.push({ payload: entry.payload, distance })
  }
  return found.sort((a, b) => a.distance - b.distance || a.payload - b.payload)
}
