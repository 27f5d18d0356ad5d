/** Sequence: one batch of leaves numbered, put into the tree, and signed for, in one transaction. */
import { checkpointText } from '#ledger/checkpoint'
import type { SigningKey } from '#ledger/key'
import { hashOfLeaf, isSame } from '#ledger/leaf'
import { signNote } from '#ledger/note'
import { lastTiles, leavesBelow } from '#ledger/tile'
import { type Tile, TreeEdge } from '#ledger/tree'
import { addCheckpoint, lastCheckpoint, type StoredCheckpoint } from '#store/anchors'
import type { Database, Session, Transaction } from '#store/database'
import { lockTree, numberedLeaves, numberLeaves, unnumberedLeaves } from '#store/leaves'
import { putTiles } from '#store/tiles'
import { Fault } from '#terms/fault'
import { tilesIn } from './tiles.ts'

/** Leaves of one batch at most; a batch that has so many is followed by the next at once. */
export const BATCH_LEAVES_MAX = 4096

export interface Batch {
  readonly checkpoint: StoredCheckpoint
  readonly leaves: number
}

/**
 * Numbers the leaves that are committed and have no number, in order of their ids, extends the tree by them and signs a
 * checkpoint. Nobody who writes leaves waits for it.
 *
 * @returns undefined where there is nothing new
 * @throws Fault `ledger.damaged` where the tree is not the one that was signed last: nothing is signed over it
 */
export function sequence(database: Database, key: SigningKey, now: Date): Promise<Batch | undefined> {
  return database.transaction(async (tx) => {
    await lockTree(tx)
    const leaves = await unnumberedLeaves(tx, BATCH_LEAVES_MAX)
    if (leaves.length === 0) return undefined
    const { edge, at } = await signedEdge(tx)
    await numberLeaves(
      tx,
      edge.size,
      leaves.map(({ id }) => id),
    )
    const full = leaves.flatMap(({ hash }) => edge.add(hashOfLeaf(hash)))
    await putTiles(tx, [...full, ...touched(edge, leaves.length)])
    const checkpoint = signed(edge, key, at === undefined || now.toISOString() > at ? now.toISOString() : at)
    await addCheckpoint(tx, checkpoint)
    return { checkpoint, leaves: leaves.length }
  })
}

/** The edge of the tree as it was signed last, and when. @throws Fault `ledger.damaged` where it is another */
async function signedEdge(tx: Transaction): Promise<{ edge: TreeEdge; at?: string }> {
  const last = await lastCheckpoint(tx)
  const size = await numberedLeaves(tx)
  if (size !== (last?.size ?? 0))
    throw new Fault(
      'ledger.damaged',
      `${size} leaves have numbers, and the last checkpoint is of ${last?.size ?? 0}: leaf rows or checkpoints were changed`,
    )
  const edge = await edgeAt(tx, size)
  if (last && !isSame(edge.root(), last.root))
    throw new Fault('ledger.damaged', `the tiles of ${size} leaves have another root than was signed`)
  return { edge, ...(last && { at: last.at }) }
}

/** @throws Fault `ledger.damaged` where a tile is missing */
async function edgeAt(session: Session, size: number): Promise<TreeEdge> {
  const read = tilesIn(session)
  const tiles = new Map<number, Uint8Array>()
  for (const place of lastTiles(size)) tiles.set(place.level, await read(place))
  return TreeEdge.of(size, ({ level }) => tiles.get(level) ?? new Uint8Array(0))
}

/** Of the tiles that are not full those that the last `count` leaves are in. */
function touched(edge: TreeEdge, count: number): Tile[] {
  const before = edge.size - count
  return edge
    .partial()
    .filter(
      ({ level }) => Math.floor(before / leavesBelow(level)) !== Math.floor(edge.size / leavesBelow(level)),
    )
}

function signed(edge: TreeEdge, key: SigningKey, at: string): StoredCheckpoint {
  const { size } = edge
  const root = edge.root()
  const note = signNote(checkpointText({ origin: key.verifier.name, size, root }), key)
  return { size, root, note, at }
}
