/** Writer: which of the processes that use a folder saves the snapshot in it. */
import { Fault } from '#terms/fault'
import { folderId } from './folder-id.ts'

/** What the name of the lock begins with; the folder's id follows. */
export const WRITER_LOCK = 'index-writer'

/** How often a process that does not hold the lock tries to take it. */
const EVERY_MILLISECONDS = 30_000

/** A lock that is held until it is released or lost. */
interface HeldLock {
  readonly lost: AbortSignal
  release(): Promise<void>
}

export interface WriterAsked {
  /** The folder of the index. */
  readonly folder: string
  /** Takes a lock of the database by its name; undefined when another process holds it. */
  lock(name: string): Promise<HeldLock | undefined>
  readonly log: (level: 'info' | 'warn', note: string) => void
  readonly everyMilliseconds?: number
}

export interface Writer {
  /** Whether this process may write the snapshot now. */
  mayWrite(): boolean
  release(): Promise<void>
}

/**
 * Begins to be the one who writes, or to wait for that. Processes on one folder have one writer among them; folders on several
 * machines, all of them of one database, have one each.
 *
 * @throws what `lock` throws the first time
 */
export async function openWriter(asked: WriterAsked): Promise<Writer> {
  let held: HeldLock | undefined
  const take = async (): Promise<void> => {
    if (held && !held.lost.aborted) return
    const id = await idOf(asked)
    held = id === undefined ? undefined : await asked.lock(`${WRITER_LOCK} ${id}`)
  }
  await take()
  let taking: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    taking = taking.then(take).catch(() => undefined) // the next round tries again
  }, asked.everyMilliseconds ?? EVERY_MILLISECONDS).unref()
  return {
    mayWrite: () => held !== undefined && !held.lost.aborted,
    release: async () => {
      clearInterval(timer)
      await taking
      await held?.release()
    },
  }
}

/** @returns undefined where nothing can be written: no snapshot either, and the service need not stand still for it */
async function idOf({ folder, log }: WriterAsked): Promise<string | undefined> {
  try {
    return await folderId(folder)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    log('warn', `no snapshot will be saved: ${error.message}`)
    return undefined
  }
}
