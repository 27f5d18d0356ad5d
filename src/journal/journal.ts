/** Journal: a scan's results and place on disk, so that a killed scan goes on and its report is exact. */
import { type FileHandle, open, stat } from 'node:fs/promises'
import { Fault } from '#terms/fault'
import type { Scanned } from '#terms/scan'
import { holdLock, letGo } from './lock.ts'
import { type JournalEnd, readJournal } from './read.ts'
import { type Binding, type Heading, JOURNAL_VERSION, type JournalRecord, writeRecord } from './record.ts'

/** Results are forced to the disk at least this often, in milliseconds. */
const SYNC_EVERY = 1000
/** Records are written together once they come to this many characters. */
const WRITE_CHARACTERS = 16_384

/** What a journal held when it was opened. */
export interface Resumed {
  readonly heading: Heading
  /** The last thing met; undefined when nothing was. */
  readonly last?: Scanned
  readonly milliseconds: number
  /** True when the scan had come to its end. */
  readonly ended: boolean
}

/** An open journal. One process holds it at a time. */
export class Journal {
  readonly resumed: Resumed
  readonly #path: string
  readonly #file: FileHandle
  #sum: number
  #pending = ''
  #syncedAt = 0

  /** For `openJournal`: a journal over an open file that ends with this sum. */
  constructor(path: string, file: FileHandle, resumed: Resumed, sum: number) {
    this.#path = path
    this.#file = file
    this.#sum = sum
    this.resumed = resumed
  }

  /** Adds a result. It is on its way to the disk when this returns, and safe there within a second or two. */
  async add(scanned: Scanned, milliseconds: number): Promise<void> {
    await this.#append({ kind: 'result', scanned, milliseconds })
  }

  /** Writes that the walk came to its end. */
  async end(milliseconds: number): Promise<void> {
    await this.#append({ kind: 'end', milliseconds })
  }

  /** Forces everything to the disk, closes the file and lets it go. */
  async close(): Promise<void> {
    try {
      await this.#write()
      await this.#file.sync()
    } catch (cause) {
      throw asFault(this.#path, cause)
    } finally {
      await this.#file.close()
      await letGo(this.#path)
    }
  }

  async #append(record: JournalRecord): Promise<void> {
    const { line, sum } = writeRecord(record, this.#sum)
    this.#sum = sum
    this.#pending += line
    const now = performance.now()
    const due = now - this.#syncedAt > SYNC_EVERY
    if (!due && this.#pending.length < WRITE_CHARACTERS) return
    try {
      await this.#write()
      if (due) await this.#file.datasync()
    } catch (cause) {
      throw asFault(this.#path, cause)
    }
    if (due) this.#syncedAt = now
  }

  async #write(): Promise<void> {
    const bytes = Buffer.from(this.#pending)
    this.#pending = ''
    for (let written = 0; written < bytes.length; ) {
      written += (await this.#file.write(bytes, written)).bytesWritten
    }
  }
}

/**
 * Opens a journal, or begins it with this heading. What it holds already goes to `each`.
 *
 * @throws Fault `journal.mismatch` when it belongs to a scan of other lists, paths or terms; `journal.damaged`;
 * `journal.busy` when another process holds it; `output.failed` when it cannot be written
 */
export async function openJournal(
  path: string,
  heading: Heading,
  each: (scanned: Scanned) => void,
): Promise<Journal> {
  try {
    await holdLock(path)
  } catch (cause) {
    throw asFault(path, cause)
  }
  try {
    return (await isEmpty(path)) ? await begin(path, heading) : await goOn(path, heading.binding, each)
  } catch (cause) {
    await letGo(path)
    throw asFault(path, cause)
  }
}

/** Reads a journal from its beginning for a replay: every result to `each`, and what it says of itself. */
export async function replay(
  path: string,
  each: (scanned: Scanned) => void | Promise<void>,
): Promise<Resumed> {
  try {
    return (await readThrough(path, each)).resumed
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Fault('input.missing', `${path} does not exist`, { cause })
    }
    throw cause
  }
}

async function begin(path: string, heading: Heading): Promise<Journal> {
  const file = await open(path, 'a', 0o600)
  const { line, sum } = writeRecord({ ...heading, version: JOURNAL_VERSION }, 0)
  await file.write(line)
  await file.sync()
  return new Journal(path, file, { heading, milliseconds: 0, ended: false }, sum)
}

async function goOn(path: string, binding: Binding, each: (scanned: Scanned) => void): Promise<Journal> {
  const { resumed, end } = await readThrough(path, each)
  const differs = difference(resumed.heading.binding, binding)
  if (differs) {
    throw new Fault('journal.mismatch', `${path} belongs to a scan with other ${differs}`)
  }
  const file = await open(path, 'r+')
  await file.truncate(end.bytes)
  await file.close()
  return new Journal(path, await open(path, 'a', 0o600), resumed, end.sum)
}

async function readThrough(
  path: string,
  each: (scanned: Scanned) => void | Promise<void>,
): Promise<{ resumed: Resumed; end: JournalEnd }> {
  const seen: { heading?: Heading } = {}
  const records = readJournal(path, (heading) => {
    seen.heading = heading
  })
  let last: Scanned | undefined
  let milliseconds = 0
  let ended = false
  for (let next = await records.next(); ; next = await records.next()) {
    if (next.done) {
      if (!seen.heading) throw new Fault('journal.damaged', `${path} has no heading`)
      const resumed = { heading: seen.heading, milliseconds, ended, ...(last && { last }) }
      return { resumed, end: next.value }
    }
    const record = next.value
    if (record.kind === 'heading') throw new Fault('journal.damaged', `${path} has a second heading`)
    milliseconds = record.milliseconds
    ended = record.kind === 'end'
    if (record.kind === 'end') continue
    last = record.scanned
    await each(record.scanned)
  }
}

/** What of a binding differs, in words; undefined when nothing does. */
function difference(had: Binding, has: Binding): string | undefined {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
  if (!same(had.lists, has.lists)) return 'lists'
  if (!same(had.roots, has.roots)) return 'paths'
  return same(had.terms, has.terms) ? undefined : 'options (distance, exclusions or file systems)'
}

async function isEmpty(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size === 0
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return true
    throw cause
  }
}

function asFault(path: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  return new Fault('output.failed', `${path} cannot be written: ${(cause as Error).message}`, { cause })
}
