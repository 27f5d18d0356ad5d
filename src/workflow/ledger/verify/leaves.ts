/** Leaves: each event, its leaf and its hash in the tree held against each other, so that the one that differs is named. */
import { HASH_BYTES, hashOfLeaf, isSame } from '#ledger/leaf'
import { hashIn, TILE_WIDTH, tilePath } from '#ledger/tile'
import { leafHash } from '#store/append'
import type { CopiedLeaf } from '../copy.ts'
import type { Findings } from './findings.ts'

/** The hash of the tree for a leaf, by what event, leaf and tile agree on. @param tile absent where it is gone */
export function agreed(
  leaf: CopiedLeaf | undefined,
  number: number,
  tile: Uint8Array | undefined,
  findings: Findings,
): Uint8Array {
  const place = leaf ? `leaf ${number} (${leaf.place})` : `leaf ${number}`
  const stored = tile && tile.length >= (number % TILE_WIDTH) * HASH_BYTES + HASH_BYTES ? tile : undefined
  const inTile = stored && hashIn(stored, number % TILE_WIDTH)
  const ofRow = leaf?.hash && hashOfLeaf(leaf.hash)
  const ofEvent = leaf?.event && hashOfLeaf(leafHash(leaf.event.salt, leaf.event))
  if (leaf?.wrong !== undefined) findings.add(place, leaf.wrong)
  else if (!leaf) findings.add(place, 'its row is gone')
  else if (!ofEvent) findings.add(place, 'its event is gone')
  const isRowRight = isEqual(ofRow, ofEvent) || isEqual(ofRow, inTile)
  const isEventRight = isEqual(ofEvent, ofRow) || isEqual(ofEvent, inTile)
  if (ofRow && ofEvent && !isSame(ofRow, ofEvent))
    findings.add(
      place,
      isRowRight
        ? 'the event, or its salt, is not the one that the leaf was made of'
        : isEventRight
          ? 'the leaf row has another hash than its event and the tree'
          : 'the event, the leaf row and the tree have three different hashes',
    )
  const right = isRowRight ? ofRow : isEventRight ? ofEvent : undefined
  if (inTile && right && !isSame(inTile, right)) findings.add(...differenceIn(0, number, inTile, right))
  return right ?? inTile ?? ofRow ?? ofEvent ?? new Uint8Array(HASH_BYTES)
}

/** Where a tile differs from what it should be. @param index of the hash on its level */
export function differenceIn(
  level: number,
  index: number,
  has: Uint8Array,
  should: Uint8Array,
): [place: string, says: string] {
  const [number, at] = [Math.floor(index / TILE_WIDTH), index % TILE_WIDTH]
  const byte = has.findIndex((value, place) => value !== should[place])
  const path = tilePath({ level, number, width: TILE_WIDTH })
  const below = level === 0 ? `leaf ${index}` : `the tile below it`
  return [`tile ${path}, hash ${at}, byte ${at * HASH_BYTES + byte}`, `is not the hash of ${below}`]
}

/** Holds an event that has no number yet against its leaf, or finds one without the other. */
export function checkPending(leaf: CopiedLeaf, findings: Findings): void {
  if (leaf.wrong !== undefined) findings.add(leaf.place, leaf.wrong)
  else if (!leaf.hash) findings.add(leaf.place, 'has no leaf')
  else if (!leaf.event) findings.add(leaf.place, 'a leaf without an event')
  else if (!isSame(leaf.hash, leafHash(leaf.event.salt, leaf.event)))
    findings.add(
      leaf.place,
      'the event is not the one that its leaf was made of, or the leaf row was changed',
    )
}

function isEqual(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one !== undefined && other !== undefined && isSame(one, other)
}
