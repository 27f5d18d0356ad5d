/** PDQ: the exact Hamming index of the entries' PDQ hashes, whose payloads are numbers of entries. */
import { HammingIndex, SnapshotError, type SnapshotRead } from '@tutela/kernels/hamming'
import { hammingModule } from '@tutela/kernels/node'

export { SnapshotError }
export type PdqTable = HammingIndex

/**
 * Builds an index laid out for look-ups at a distance.
 *
 * @param hashes 32 bytes each, one after the other
 * @param entries the entry of each hash
 */
export async function buildPdq(
  hashes: Uint8Array,
  entries: Uint32Array,
  distanceMax: number,
): Promise<PdqTable> {
  return HammingIndex.build(await hammingModule(), hashes, entries, { distanceMax })
}

/** Opens a saved index, each byte read straight to its place. @throws SnapshotError when the bytes are none */
export async function openPdq(read: SnapshotRead): Promise<PdqTable> {
  return HammingIndex.openWith(await hammingModule(), read)
}
