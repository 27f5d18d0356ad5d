/** Catch up: what the checkpoint file says held against the database, before anything new is signed. */
import { openCheckpoint } from '#ledger/checkpoint'
import { isSame } from '#ledger/leaf'
import { rootAt } from '#ledger/proof'
import { lastCheckpoint } from '#store/anchors'
import type { Database } from '#store/database'
import { Fault } from '#terms/fault'
import type { Notary } from './desk.ts'
import { tilesIn } from './tiles.ts'

/**
 * Holds the two together: the database's ledger must be that of the file's last checkpoint, or have grown of it. What a kill between
 * commit and file left out is written now.
 *
 * @throws Fault `ledger.behind` where the database lacks leaves that were signed for, as after a restored backup or with a
 *   deleted tail; `ledger.damaged` where it has others, or another key signed it
 */
export async function catchUp(database: Database, { key, file }: Notary): Promise<void> {
  const last = await lastCheckpoint(database)
  const { name } = key.verifier
  const stands = last && openCheckpoint(last.note, key.verifier)
  if (stands?.kind === 'refused')
    throw new Fault(
      'ledger.damaged',
      `the last checkpoint is not signed by the key of ${name}: ${stands.because}`,
    )
  const size = stands?.checkpoint.size ?? 0
  if (file.last) {
    const filed = openCheckpoint(file.last.note, key.verifier)
    if (filed.kind === 'refused')
      throw new Fault(
        'ledger.damaged',
        `the last checkpoint in ${file.path} is not by the key of ${name}: ${filed.because}`,
      )
    const { checkpoint } = filed
    if (checkpoint.size > size)
      throw new Fault(
        'ledger.behind',
        `the database has ${size} numbered leaves, and ${file.path} a signed checkpoint of ${checkpoint.size} (${file.last.at}): ` +
          `leaves ${size} to ${checkpoint.size - 1} are missing, by a restored backup or a deleted tail`,
      )
    if (!isSame(await rootAt(checkpoint.size, tilesIn(database)), checkpoint.root))
      throw new Fault(
        'ledger.damaged',
        `the first ${checkpoint.size} leaves are not those of the checkpoint in ${file.path} (${file.last.at})`,
      )
    if (checkpoint.size === size) return
  }
  if (last) await file.append({ at: last.at, note: last.note })
}
