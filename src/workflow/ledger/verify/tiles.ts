/** Tiles: those above the leaves held against what is below them, and those that should not be there. */
import { HASH_BYTES, isSame } from '#ledger/leaf'
import { hashIn, TILE_WIDTH, tilePath, widthIn } from '#ledger/tile'
import type { Tile } from '#ledger/tree'
import type { LedgerCopy } from '../copy.ts'
import type { Findings } from './findings.ts'
import { differenceIn } from './leaves.ts'

/** Holds a tile above the leaves against the one that follows from them. */
export async function checkTile(copy: LedgerCopy, should: Tile, findings: Findings): Promise<void> {
  const { level, number } = should
  const width = should.hashes.length / HASH_BYTES
  const has = await copy.tile({ level, number, width })
  const place = `tile ${tilePath({ level, number, width: TILE_WIDTH })}`
  if (!has) return findings.add(place, 'is gone')
  if (has.length < should.hashes.length) findings.add(place, `is cut short: ${width} hashes were signed for`)
  for (let at = 0; at < Math.min(width, Math.floor(has.length / HASH_BYTES)); at++) {
    const [stored, right] = [hashIn(has, at), hashIn(should.hashes, at)]
    if (!isSame(stored, right)) findings.add(...differenceIn(level, number * TILE_WIDTH + at, stored, right))
  }
}

/** Finds tiles that a tree of this size does not have, and hashes behind its last. */
export async function checkNoOthers(copy: LedgerCopy, size: number, findings: Findings): Promise<void> {
  for await (const { width, ...place } of copy.tiles()) {
    const signed = widthIn(size, place)
    const path = tilePath({ ...place, width: TILE_WIDTH })
    if (width > signed)
      findings.add(`tile ${path}`, `has ${width} hashes, and ${size} leaves give it ${signed}`)
  }
}
