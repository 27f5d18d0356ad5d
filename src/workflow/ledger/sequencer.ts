/** Sequencer: numbers leaves and signs checkpoints while the service runs, in the one process that holds the lock for it. */
import { errorFields } from '#ground/log'
import { lastCheckpoint } from '#store/anchors'
import { catchUp } from './catch-up.ts'
import type { LedgerDesk, Notary } from './desk.ts'
import { BATCH_LEAVES_MAX, sequence } from './sequence.ts'

/** The lock of the process that extends the tree. */
export const SEQUENCER_LOCK = 'sequencer'

/** Between two batches: half of the second in which a leaf is to have its number. */
const PACE_SECONDS = 0.5
/** Between two tries to take the lock, or to go on where something is wrong. */
const AGAIN_SECONDS = 5

/** What goes on beside the numbering, under the same lock: putting checkpoints where others keep them. */
export type Beside = (notary: Notary, stop: AbortSignal) => Promise<void>

/** What is asked before anything is signed. @throws Fault for a reason to sign nothing */
export type AskFirst = (notary: Notary) => Promise<void>

/** What there may be besides numbering and signing. */
interface Around {
  readonly beside?: Beside
  readonly first?: AskFirst
}

/**
 * Starts the sequencer. Where another process runs it, this one waits to take its place; where the ledger is damaged it signs
 * nothing, says so in the log, and looks again now and then.
 *
 * @returns `stop`, which ends it after the batch in hand
 */
export function startSequencer(desk: LedgerDesk, around: Around = {}): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const ended = keepOn(desk, around, stopping.signal)
  return {
    stop: async () => {
      stopping.abort(new Error('the service stops'))
      await ended
    },
  }
}

async function keepOn(desk: LedgerDesk, around: Around, stop: AbortSignal): Promise<void> {
  let said = ''
  while (!stop.aborted) {
    try {
      const lock = await desk.lock(SEQUENCER_LOCK)
      if (lock) {
        const ending = AbortSignal.any([stop, lock.lost])
        await underLock(desk, around, ending).finally(() => lock.release().catch(() => undefined))
      }
      said = ''
    } catch (error) {
      // The same fault is said once, however often it is met again.
      const words = error instanceof Error ? error.message : ''
      if (words !== said) desk.log.error('the ledger does not go on', errorFields(error))
      said = words
    }
    await pause(desk, AGAIN_SECONDS, stop)
  }
}

async function underLock(desk: LedgerDesk, { beside, first }: Around, stop: AbortSignal): Promise<void> {
  const isNew = (await lastCheckpoint(desk.database)) === undefined
  const notary = await desk.open(isNew)
  const ending = new AbortController()
  const either = AbortSignal.any([stop, ending.signal])
  let anchoring: Promise<void> | undefined
  try {
    await catchUp(desk.database, notary)
    await first?.(notary)
    anchoring = beside?.(notary, either)
    await batches(desk, notary, stop)
  } finally {
    ending.abort(new Error('the sequencer ends'))
    await anchoring?.catch((error: unknown) => desk.log.error('anchoring ended', errorFields(error)))
    await notary.file.close()
  }
}

async function batches(desk: LedgerDesk, notary: Notary, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const batch = await sequence(desk.database, notary.key, desk.now())
    if (batch) await notary.file.append({ at: batch.checkpoint.at, note: batch.checkpoint.note })
    if ((batch?.leaves ?? 0) < BATCH_LEAVES_MAX) await pause(desk, PACE_SECONDS, stop)
  }
}

/** Waits, and ends early when it is to stop. */
async function pause(desk: LedgerDesk, seconds: number, stop: AbortSignal): Promise<void> {
  if (!stop.aborted) await desk.pause(seconds, stop).catch(() => undefined)
}
