/** Catch up: what the checkpoint file says held against the database, before anything new is signed. */
import { openCheckpoint } from '#ledger/checkpoint'
import type { VerifierKey } from '#ledger/key'
import { isSame } from '#ledger/leaf'
import { rootAt } from '#ledger/proof'
import { type FiledCheckpoint, readCheckpointFile } from '#notary/checkpoint-file'
import { lastCheckpoint } from '#store/anchors'
import type { Database } from '#store/database'
import { Fault } from '#terms/fault'
import type { Notary } from './desk.ts'
import { tilesIn } from './tiles.ts'

/**
 * Holds the two together: the database's ledger must be that of the file's last checkpoint, or have grown of it. What a
 * kill between commit and file left out is written now.
 *
 * @throws Fault `ledger.behind` where the database lacks leaves that were signed for, as after a restored backup or with a
 *   deleted tail; `ledger.damaged` where it has others, or another key signed it
 */
export async function catchUp(database: Database, { key, file }: Notary): Promise<void> {
  const missing = await compared(database, key.verifier, file.path, file.last)
  if (missing) await file.append(missing)
}

/** What `catchUp` would find wrong, for a look at the ledger by somebody who does not hold the lock. */
export async function catchUpState(
  database: Database,
  key: VerifierKey,
  path: string,
): Promise<Fault | undefined> {
  try {
    // A running service appends meanwhile: the file is read first, the database after it.
    let filed: FiledCheckpoint | undefined
    for await (const line of readCheckpointFile(path)) {
      if (line.kind === 'damaged')
        return new Fault('ledger.damaged', `line ${line.line} of ${path} ${line.because}`)
      filed = line.filed
    }
    await compared(database, key, path, filed)
    return undefined
  } catch (error) {
    if (error instanceof Fault && error.code.startsWith('ledger.')) return error
    throw error
  }
}

/** @returns the checkpoint that the file lacks, if it lacks one */
async function compared(
  database: Database,
  key: VerifierKey,
  path: string,
  lastFiled: FiledCheckpoint | undefined,
): Promise<FiledCheckpoint | undefined> {
  const last = await lastCheckpoint(database)
  const { name } = key
  const stands = last && openCheckpoint(last.note, key)
  if (stands?.kind === 'refused')
    throw new Fault(
      'ledger.damaged',
      `the last checkpoint is not signed by the key of ${name}: ${stands.because}`,
    )
  const size = stands?.checkpoint.size ?? 0
  if (lastFiled) {
    const filed = openCheckpoint(lastFiled.note, key)
    if (filed.kind === 'refused')
      throw new Fault(
        'ledger.damaged',
        `the last checkpoint in ${path} is not by the key of ${name}: ${filed.because}`,
      )
    const { checkpoint } = filed
    if (checkpoint.size > size)
      throw new Fault(
        'ledger.behind',
        `the database has ${size} numbered leaves, and ${path} a signed checkpoint of ${checkpoint.size} (${lastFiled.at}): ` +
          `leaves ${size} to ${checkpoint.size - 1} are missing, by a restored backup or a deleted tail`,
      )
    if (!isSame(await rootAt(checkpoint.size, tilesIn(database)), checkpoint.root))
      throw new Fault(
        'ledger.damaged',
        `the first ${checkpoint.size} leaves are not those of the checkpoint in ${path} (${lastFiled.at})`,
      )
    if (checkpoint.size === size) return undefined
  }
  return last && { at: last.at, note: last.note }
}
