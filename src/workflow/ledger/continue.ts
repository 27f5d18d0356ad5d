/** Continue: after a restored backup the log goes on under another name, whose first leaf says what the one before had signed. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkpointText, openCheckpoint } from '#ledger/checkpoint'
import type { SigningKey, VerifierKey } from '#ledger/key'
import { EMPTY_ROOT, hashOfLeaf } from '#ledger/leaf'
import { signNote } from '#ledger/note'
import { TreeEdge } from '#ledger/tree'
import { type FiledCheckpoint, openCheckpointFile, readCheckpointFile } from '#notary/checkpoint-file'
import { checkpointFileOf, logFolder, logsSigned } from '#notary/log-folders'
import { openLogKey } from '#notary/log-key'
import { addCheckpoint, lastCheckpoint, type StoredCheckpoint } from '#store/anchors'
import type { Signed } from '#store/append'
import { addContinued, type ContinuedLog, type LogBefore } from '#store/continued'
import type { Database, Transaction } from '#store/database'
import { leafHashes, lockTree } from '#store/leaves'
import { putTiles } from '#store/tiles'
import { Fault } from '#terms/fault'
import type { LogAtHand } from './at-hand.ts'
import { exportLedger } from './export.ts'
import { BATCH_LEAVES_MAX } from './sequence.ts'
import { withStoredLedger } from './stored.ts'

/** What to go on with. */
export interface ContinueAsked {
  readonly database: Database
  /** The ledger's own folder. */
  readonly ledger: string
  /** The log that the database is of, and its key. */
  readonly log: LogAtHand
  readonly key: SigningKey
  readonly because: string
  /** A signed checkpoint that was kept somewhere else, where it shows more than the file does. */
  readonly shown?: string
}

/** Under what name the log goes on, and what of the one before is missing. */
export interface WentOn {
  readonly number: number
  readonly origin: string
  readonly key: string
  readonly kept: number
  readonly before: readonly LogBefore[]
  /** Where the log before lies as the database had it, to be verified at any time. */
  readonly exported?: string
}

/**
 * Goes on after a restored backup. What the log before signed for stays as it is, in its folder; what the database has of it is
 * exported beside the new one; then, in one transaction, its leaves get new numbers behind one that says what is missing.
 * Where it is cut off before that transaction it can be called again, and nothing was changed. To be called under the
 * sequencer's lock.
 *
 * @throws Fault `ledger.unknown` where nothing is missing; `ledger.damaged` where the database is no earlier state of the log
 */
export async function continueLog(asked: ContinueAsked, signed: Signed): Promise<WentOn> {
  const { database, ledger, log, key } = asked
  const last = await lastCheckpoint(database)
  const before = await logsBefore(asked, last)
  const number = (before.logs.at(-1) ?? log.number) + 1
  const origin = `${log.number === 1 ? key.verifier.name : key.verifier.name.replace(/\/\d+$/, '')}/${number}`
  const folder = logFolder(ledger, number)
  const fresh = await openLogKey({ folder, origin, mayMake: true })
  const exported = last && (await exportBefore(database, log, key.verifier, join(folder, 'before')))
  const kept = { size: last?.size ?? 0, root: last?.root ?? EMPTY_ROOT, ...(last && { note: last.note }) }
  const continued: ContinuedLog = {
    ...{ number, origin, key: fresh.verifier.text, kept, before: before.signed, because: asked.because },
  }
  const checkpoint = await database.transaction(async (tx) => {
    await lockTree(tx)
    if ((await lastCheckpoint(tx))?.note !== last?.note)
      throw new Fault('store.conflict', 'the ledger was extended meanwhile')
    await addContinued(tx, continued, signed)
    return signAnew(tx, fresh, last?.at, signed.at)
  })
  const file = await openCheckpointFile(checkpointFileOf(folder))
  await file.append({ at: checkpoint.at, note: checkpoint.note }).finally(() => file.close())
  const wentOn = { number, origin, key: fresh.verifier.text, kept: kept.size, before: before.signed }
  return { ...wentOn, ...(exported !== undefined && { exported }) }
}

/** What was signed that the database has not: by its own log, and by those that went on after it. */
async function logsBefore(
  { ledger, log, key, shown }: ContinueAsked,
  last: StoredCheckpoint | undefined,
): Promise<{ readonly signed: readonly LogBefore[]; readonly logs: readonly number[] }> {
  if (last) await refuseOther(log.file, last)
  const own = largest(key.verifier, [await lastFiled(log.folder), last?.note, shown])
  const logs = await logsSigned(ledger, log.number + 1)
  const isBehind = logs.length > 0 || (own?.size ?? 0) > (last?.size ?? 0)
  if (!own || !isBehind)
    throw new Fault(
      'ledger.unknown',
      'the database lacks nothing that was signed for: there is nothing to go on from',
    )
  const signed: LogBefore[] = [own]
  for (const number of logs) {
    const folder = logFolder(ledger, number)
    const { verifier } = await openLogKey({ folder, mayMake: false })
    const later = largest(verifier, [await lastFiled(folder)])
    if (later) signed.push(later)
  }
  return { signed, logs }
}

/** Whether the file knows the database's last checkpoint by another root: then this is no earlier state of the log. */
async function refuseOther(path: string, { size, note }: StoredCheckpoint): Promise<void> {
  const [, , root] = note.split('\n')
  for await (const line of readCheckpointFile(path)) {
    const filed = line.kind === 'checkpoint' ? line.filed.note.split('\n') : []
    if (filed[1] === String(size) && filed[2] !== root)
      throw new Fault('ledger.damaged', `line ${line.line} of ${path} has another root for ${size} leaves`)
  }
}

/** Of signed checkpoints of a log that with the most leaves. @throws Fault `ledger.damaged` for one that it did not sign */
function largest(key: VerifierKey, notes: readonly (string | undefined)[]): LogBefore | undefined {
  let found: LogBefore | undefined
  for (const note of notes) {
    if (note === undefined) continue
    const opened = openCheckpoint(note, key)
    if (opened.kind === 'refused')
      throw new Fault('ledger.damaged', `a checkpoint is not by the key of ${key.name}: ${opened.because}`)
    const { size } = opened.checkpoint
    if (size > (found?.size ?? -1)) found = { origin: key.name, key: key.text, size, note }
  }
  return found
}

async function lastFiled(folder: string): Promise<string | undefined> {
  const file = await openCheckpointFile(checkpointFileOf(folder))
  const { last }: { last: FiledCheckpoint | undefined } = file
  await file.close()
  return last?.note
}

/** The log before as the database has it; what a try that was cut off left there goes first. */
async function exportBefore(
  database: Database,
  { file }: LogAtHand,
  key: VerifierKey,
  folder: string,
): Promise<string> {
  await rm(folder, { recursive: true, force: true })
  await withStoredLedger(database, file, (copy, tx) =>
    exportLedger(tx, copy, folder, { log: key, witnesses: [] }),
  )
  return folder
}

/** The tree over the leaves that have numbers by now, and the first checkpoint of the log that goes on. */
async function signAnew(
  tx: Transaction,
  key: SigningKey,
  lastAt: string | undefined,
  now: Date,
): Promise<StoredCheckpoint> {
  const edge = new TreeEdge()
  for (;;) {
    const leaves = await leafHashes(tx, edge.size, BATCH_LEAVES_MAX)
    await putTiles(
      tx,
      leaves.flatMap((hash) => edge.add(hashOfLeaf(hash))),
    )
    if (leaves.length < BATCH_LEAVES_MAX) break
  }
  await putTiles(tx, edge.partial())
  const [size, root, at] = [edge.size, edge.root(), now.toISOString()]
  const note = signNote(checkpointText({ origin: key.verifier.name, size, root }), key)
  const checkpoint = { size, root, note, at: lastAt !== undefined && lastAt > at ? lastAt : at }
  await addCheckpoint(tx, checkpoint)
  return checkpoint
}
