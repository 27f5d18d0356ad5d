/** Journal: a scan's results and place on disk, so that a killed scan goes on and its report is exact. */
import { type FileHandle, open, stat } from 'node:fs/promises'
import { Fault } from '#terms/fault'
import type { Scanned } from '#terms/scan'
import { holdLock, letGo } from './lock.ts'
import { type JournalEnd, readJournal } from './read.ts'
import {
  type Binding,
  type Heading,
  JOURNAL_VERSION,
  type JournalRecord,
  type Session,
  writeRecord,
} from './record.ts'

/** Results are forced to the disk at least this often, in milliseconds. */
const SYNC_EVERY = 1000
/** Records are written together once they come to this many characters. */
const WRITE_CHARACTERS = 16_384

/** What a journal held when it was opened or told again. */
export interface Resumed {
  readonly heading: Heading
  readonly sessions: readonly Session[]
  /** The last thing met; undefined when nothing was. */
  readonly last?: Scanned
  readonly milliseconds: number
  /** When the walk came to its end, ISO 8601; undefined when it did not. */
  readonly endedAt?: string
  /** What stood below the paths when the walk ended; undefined when that was changing. */
  readonly census?: string
  /** True when the summary of the ended scan was given out. */
  readonly isTold: boolean
}

/** An open journal. One process holds it at a time. */
export class Journal {
  readonly resumed: Resumed
  readonly #path: string
  readonly #file: FileHandle
  #sum: number
  #pending = ''
  #syncedAt = performance.now()

  /** For `openJournal`: a journal over an open file that ends with this sum. */
  constructor(path: string, file: FileHandle, resumed: Resumed, sum: number) {
    this.#path = path
    this.#file = file
    this.#sum = sum
    this.resumed = resumed
  }

  /** Adds a result. It is on its way to the disk when this returns, and safe there within a second or two. */
  async add(scanned: Scanned, milliseconds: number): Promise<void> {
    this.#append({ kind: 'result', scanned, milliseconds })
    const isDue = performance.now() - this.#syncedAt > SYNC_EVERY
    if (isDue) await this.#synced()
    else if (this.#pending.length >= WRITE_CHARACTERS) await this.#write()
  }

  /** Writes that the walk came to its end, or that its summary was given out, and forces it to the disk. */
  async mark(record: Extract<JournalRecord, { kind: 'end' | 'told' }>): Promise<void> {
    this.#append(record)
    await this.#synced()
  }

  /** Forces everything to the disk, closes the file and lets it go. */
  async close(): Promise<void> {
    try {
      await this.#synced()
    } finally {
      await this.#file.close()
      await letGo(this.#path)
    }
  }

  #append(record: JournalRecord): void {
    const { line, sum } = writeRecord(record, this.#sum)
    this.#sum = sum
    this.#pending += line
  }

  /** Forces what was added to the disk, and then says so in the journal. */
  async #synced(): Promise<void> {
    if (this.#pending !== '') {
      await this.#write()
      await this.#file.datasync().catch((cause: unknown) => failed(this.#path, cause))
      this.#append({ kind: 'synced' })
      await this.#write()
    }
    this.#syncedAt = performance.now()
  }

  async #write(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    await writeAll(this.#path, this.#file, text)
  }
}

/**
 * Opens a journal, or begins it with this heading, and notes the session. What it holds already goes to `each`.
 *
 * @throws Fault `journal.mismatch` when it belongs to a scan of other lists,
 * paths or terms; `journal.damaged`; `journal.busy` when another process holds it; `output.failed` when it cannot be written
 */
export async function openJournal(
  path: string,
  heading: Heading,
  session: Session,
  each: (scanned: Scanned) => void,
): Promise<Journal> {
  await isAbsentOrEmpty(path) // a pipe or a folder is refused before anything is written beside it
  await holdLock(path).catch((cause: unknown) => failed(path, cause))
  try {
    const held = (await isAbsentOrEmpty(path)) ? undefined : await readThrough(path, each)
    if (held) refuseOther(path, held.resumed, heading.binding)
    return await begun(path, held, heading, session)
  } catch (cause) {
    await letGo(path)
    return failed(path, cause)
  }
}

/** Opens the file behind its last whole line, and writes what this session has to say first. */
async function begun(
  path: string,
  held: Held | undefined,
  heading: Heading,
  session: Session,
): Promise<Journal> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.truncate(held?.end.bytes ?? 0)
    const top = held ? undefined : writeRecord({ ...heading, version: JOURNAL_VERSION }, 0)
    const next = writeRecord(session, top?.sum ?? held?.end.sum ?? 0)
    await writeAll(path, file, `${top?.line ?? ''}${next.line}`)
    await file.sync()
    const resumed = held?.resumed ?? { heading, sessions: [], milliseconds: 0, isTold: false }
    return new Journal(path, file, { ...resumed, sessions: [...resumed.sessions, session] }, next.sum)
  } catch (cause) {
    await file.close()
    throw cause
  }
}

/**
 * Reads a journal from its beginning, to tell its scan again: every result to `each`, and what it says of itself.
 *
 * @throws Fault `input.missing`, `input.unreadable`, `journal.damaged`, `journal.mismatch`
 */
export async function replay(
  path: string,
  each: (scanned: Scanned) => void | Promise<void>,
): Promise<Resumed> {
  const held = (await isAbsentOrEmpty(path)) ? undefined : await readThrough(path, each)
  if (!held) throw new Fault('input.missing', `${path} does not exist or holds nothing yet`)
  return held.resumed
}

interface Held {
  readonly resumed: Resumed
  readonly end: JournalEnd
}

/** Reads a journal to its end; undefined when even its heading is torn, so that it holds nothing. */
async function readThrough(
  path: string,
  each: (scanned: Scanned) => void | Promise<void>,
): Promise<Held | undefined> {
  let heading: Heading | undefined
  const records = readJournal(path, (read) => {
    heading = read
  })
  const sessions: Session[] = []
  let state: Pick<Resumed, 'last' | 'milliseconds' | 'endedAt' | 'census' | 'isTold'> = {
    milliseconds: 0,
    isTold: false,
  }
  for (let next = await records.next(); ; next = await records.next()) {
    if (next.done) {
      return heading && { resumed: { heading, sessions, ...state }, end: next.value }
    }
    const record = next.value
    switch (record.kind) {
      case 'heading':
        throw new Fault('journal.damaged', `${path} has a second heading`)
      case 'session':
        sessions.push(record)
        break
      case 'result':
        state = { ...state, last: record.scanned, milliseconds: record.milliseconds }
        await each(record.scanned)
        break
      case 'synced':
        break
      case 'end':
        state = { ...state, milliseconds: record.milliseconds, endedAt: record.at }
        if (record.census !== undefined) state = { ...state, census: record.census }
        break
      case 'told':
        state = { ...state, isTold: true }
    }
  }
}

/** Refuses to go on with the journal of another scan. */
function refuseOther(path: string, resumed: Resumed, binding: Binding): void {
  const differs = difference(resumed.heading.binding, binding)
  if (differs) throw new Fault('journal.mismatch', `${path} belongs to a scan with other ${differs}`)
}

/** What of a binding differs, in words; undefined when nothing does. */
function difference(had: Binding, has: Binding): string | undefined {
  const differs = (key: keyof Binding): boolean => JSON.stringify(had[key]) !== JSON.stringify(has[key])
  if (differs('lists')) return 'lists'
  if (differs('roots') || differs('places')) return 'paths'
  if (differs('terms')) return 'options (distance, exclusions, file systems or limits)'
  return differs('version') ? `program version (${had.version})` : undefined
}

/** True when there is nothing to read yet. @throws Fault `input.unreadable` for a folder, a pipe or a device */
async function isAbsentOrEmpty(path: string): Promise<boolean> {
  const status = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw new Fault('input.unreadable', `${path} cannot be read: ${cause.message}`, { cause })
  })
  if (status && !status.isFile()) throw new Fault('input.unreadable', `${path} is no plain file`)
  return status === undefined || status.size === 0
}

async function writeAll(path: string, file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  try {
    for (let written = 0; written < bytes.length; ) {
      written += (await file.write(bytes, written)).bytesWritten
    }
  } catch (cause) {
    failed(path, cause)
  }
}

function failed(path: string, cause: unknown): never {
  if (cause instanceof Fault) throw cause
  throw new Fault('output.failed', `${path} cannot be written: ${(cause as Error).message}`, { cause })
}
