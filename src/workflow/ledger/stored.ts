/** Stored: the ledger as it lies in the database, to be verified or exported as of one moment. */
import { checkpointFileBytes, readCheckpointFile } from '#notary/checkpoint-file'
import { allAnchors, allCheckpoints } from '#store/anchors'
import type { Database, Transaction } from '#store/database'
import { allLeaves } from '#store/leaves'
import { allTiles, tileAt } from '#store/tiles'
import type { Copied, LedgerCopy } from './copy.ts'

/**
 * Works on the ledger as of one moment, while it goes on being written.
 *
 * @param file the checkpoint file; what it has by now must be in the database too
 */
export async function withStoredLedger<T>(
  database: Database,
  file: string,
  work: (copy: LedgerCopy, transaction: Transaction) => Promise<T>,
): Promise<T> {
  // The file comes after the database when it is written, and so before it when it is read.
  const bytes = await checkpointFileBytes(file)
  return database.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    return work(storedLedger(tx, file, bytes), tx)
  })
}

/** The copy of a ledger in the database. @param tx sees one moment @param bytes of the file that are read */
export function storedLedger(tx: Transaction, file: string, bytes: number): LedgerCopy {
  return {
    leaves: async function* () {
      for await (const leaves of allLeaves(tx))
        yield leaves.map((leaf) => ({
          ...leaf,
          place: leaf.event
            ? `event ${leaf.event.id}, ${leaf.event.stream} version ${leaf.event.version}`
            : 'its row',
        }))
    },
    tile: (place) => tileAt(tx, place),
    tiles: () => allTiles(tx),
    checkpoints: () => placed(allCheckpoints(tx), ({ size }) => `checkpoint of ${size} leaves`),
    anchors: () =>
      placed(allAnchors(tx), ({ kind, place, size }) => `${kind} of ${place} for ${size} leaves`),
    filed: () => readCheckpointFile(file, bytes),
  }
}

async function* placed<T>(values: AsyncIterable<T>, place: (value: T) => string): AsyncGenerator<Copied<T>> {
  for await (const value of values) yield { kind: 'read', place: place(value), value }
}
