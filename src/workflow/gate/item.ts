/** Item: what was asked about, parsed into what the index is asked. */
import type { HashedItem } from '#contract/item'
import { LIMITS } from '#contract/limits'
import type { PdqGiven } from '#matching/called'
import { pdqQueries, QUALITY_MIN } from '#matching/verdict'
import { Fault } from '#terms/fault'
import { ORIENTATIONS } from '#terms/hash'
import type { Fingerprint, PdqAsked } from '#terms/lookup'
import type { FileReading } from '#terms/media'

/** What can be looked up of an item that came as hashes. */
export interface ParsedItem {
  readonly fingerprint: Fingerprint
  readonly pdq: PdqGiven
}

type AskedPdq = NonNullable<HashedItem['pdq']>[number]

/**
 * Parses an item whose form the contract has checked.
 *
 * @throws Fault `request.invalid` when it has no hash at all, or hashes that contradict each other
 */
export function parsedItem(item: HashedItem): ParsedItem {
  const digests = lowerCase(item.digests)
  if (item.pdq === undefined) {
    if (Object.keys(digests).length === 0) throw new Fault('request.invalid', 'the item has no hash')
    return { fingerprint: { digests, pdq: [] }, pdq: 'none' }
  }
  if (item.pdq.length > 1) refuseRepeats(item.pdq)
  const pdq = item.pdq.filter(({ quality }) => quality >= QUALITY_MIN).map(parsedPdq)
  return { fingerprint: { digests, pdq }, pdq: pdq.length > 0 ? 'searchable' : 'plain' }
}

/** What can be looked up of a file that was read. */
export function fingerprintOf(reading: Extract<FileReading, { kind: 'read' }>): Fingerprint {
  const { md5, sha1, sha256 } = reading.digests
  return { digests: { md5, sha1, sha256 }, pdq: pdqQueries(reading.content) }
}

function lowerCase(digests: HashedItem['digests']): Fingerprint['digests'] {
  if (digests === undefined) return {}
  const { md5, sha1, sha256 } = digests
  return {
    ...(md5 !== undefined && { md5: md5.toLowerCase() }),
    ...(sha1 !== undefined && { sha1: sha1.toLowerCase() }),
    ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }),
  }
}

function parsedPdq({ hash, frame = 0, region = 'whole', orientation = 'orig' }: AskedPdq): PdqAsked {
  return { frame, region, orientation, hash: Buffer.from(hash, 'hex') }
}

/** A region has one hash for each orientation: another would not say what it is of. */
function refuseRepeats(asked: readonly AskedPdq[]): void {
  const seen = new Set<number>()
  for (const { frame = 0, region = 'whole', orientation = 'orig' } of asked) {
    const place = (frame * 2 + (region === 'whole' ? 0 : 1)) * LIMITS.hashesPerRegionMax
    const key = place + ORIENTATIONS.indexOf(orientation)
    if (seen.has(key))
      throw new Fault(
        'request.invalid',
        `frame ${frame}, ${region}: two hashes for the orientation ${orientation}`,
      )
    seen.add(key)
  }
}
