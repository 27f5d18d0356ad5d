/** Hash card: what can be known of an item without one of its pixels: digests, size, type, and a pattern made of the digest. */
import type { SealedDigests, VaultItem } from '#terms/evidence'

/** A card. */
export interface HashCard {
  readonly item: VaultItem['id']
  readonly digests: SealedDigests
  readonly sizeBytes: number
  readonly mediaType: string
  readonly sealedAt: string
  /** Rows of a pattern that is the same for the same SHA-256 and says nothing of the picture; `#` and `.`. */
  readonly pattern: readonly string[]
}

const ROWS = 9
const HALF = 5

/** The card of an item. Whoever has the digest can make the same pattern: nothing else goes into it. */
export function hashCard({ id, digests, sizeBytes, mediaType, sealedAt }: VaultItem): HashCard {
  const bits = Array.from(digests.sha256, (digit) => Number.parseInt(digit, 16) >= 8)
  const pattern = Array.from({ length: ROWS }, (_, row) => {
    const half = Array.from({ length: HALF }, (__, column) => (bits[row * HALF + column] ? '#' : '.'))
    return [...half, ...half.slice(0, -1).reverse()].join('')
  })
  return { item: id, digests, sizeBytes, mediaType, sealedAt, pattern }
}
