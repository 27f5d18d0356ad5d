/** Checkpoint file: every checkpoint once more, outside the database, in a file that only grows. */
import { hash } from 'node:crypto'
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { Fault } from '#terms/fault'

/** A checkpoint as the file has it. */
export interface FiledCheckpoint {
  /** When it was signed, ISO 8601, UTC. */
  readonly at: string
  /** Signed by the log. */
  readonly note: string
}

/** A line of the file: what it holds, or what is wrong with it. */
export type FileLine = {
  readonly line: number
  /** As it stands. */
  readonly text: string
} & (
  | { readonly kind: 'checkpoint'; readonly filed: FiledCheckpoint }
  | { readonly kind: 'damaged'; readonly byte: number; readonly because: string }
)

const SUM_CHARACTERS = 16
const NO_SUM = '0'.repeat(SUM_CHARACTERS)
/** More than any line has. */
const LINE_BYTES_MAX = 128 * 1024
const NEWLINE = 0x0a

/** The file, open at its end. One process appends at a time: the one that holds the sequencer's lock. */
export class CheckpointFile {
  readonly path: string
  /** What it ended with when it was opened, or what was appended since. */
  last: FiledCheckpoint | undefined
  readonly #file: FileHandle
  #sum: string

  /** For `openCheckpointFile`. */
  constructor(path: string, file: FileHandle, end: { sum: string; last?: FiledCheckpoint }) {
    this.path = path
    this.#file = file
    this.#sum = end.sum
    this.last = end.last
  }

  /** Adds a checkpoint. It is on the disk when this returns. @throws Fault `output.failed` */
  async append(filed: FiledCheckpoint): Promise<void> {
    const text = JSON.stringify({ at: filed.at, note: filed.note })
    const sum = sumOf(this.#sum, text)
    try {
      await this.#file.appendFile(`${sum} ${text}\n`)
      await this.#file.datasync()
    } catch (cause) {
      failed(this.path, cause)
    }
    this.#sum = sum
    this.last = filed
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/**
 * Opens the file, or begins it. A line that a kill left torn at its end is dropped: it was never acknowledged.
 *
 * @throws Fault `ledger.damaged` where its last whole line is not as it was written; `output.failed`
 */
export async function openCheckpointFile(path: string): Promise<CheckpointFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((cause: unknown) => failed(path, cause))
  const file = await open(path, 'a+', 0o600).catch((cause: unknown) => failed(path, cause))
  try {
    const end = await endOf(file, path)
    await file.truncate(end.bytes)
    return new CheckpointFile(path, file, end)
  } catch (cause) {
    await file.close()
    return failed(path, cause)
  }
}

/**
 * How large the file is, for reading no more of it than stood at a moment; 0 where there is none.
 *
 * @throws Fault `input.unreadable`: a file that cannot be looked at is not one that says nothing
 */
export async function checkpointFileBytes(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return 0
      throw new Fault('input.unreadable', `${path} cannot be read (${cause.code})`, { cause })
    },
  )
}

/** Reads the file from its beginning, line by line; nothing where there is none. A torn end is left out. */
export async function* readCheckpointFile(
  path: string,
  bytesMax = Number.POSITIVE_INFINITY,
): AsyncGenerator<FileLine> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw new Fault('input.unreadable', `${path} cannot be read (${cause.code})`, { cause })
  })
  if (!file) return
  try {
    const size = Math.min((await file.stat()).size, bytesMax)
    let [sum, line, byte] = [NO_SUM, 0, 0]
    const input = file.createReadStream({ encoding: 'latin1', autoClose: false })
    for await (const bytes of createInterface({ input, crlfDelay: 0 })) {
      const end = byte + bytes.length + 1
      if (end > size) return // torn: no line feed behind it
      line++
      const text = Buffer.from(bytes, 'latin1').toString('utf8')
      const read = parseLine(text, sum)
      yield typeof read === 'string'
        ? { kind: 'damaged', line, text, byte, because: read }
        : { kind: 'checkpoint', line, text, filed: read }
      sum = bytes.slice(0, SUM_CHARACTERS) // one line that was changed makes no other wrong
      byte = end
    }
  } finally {
    await file.close()
  }
}

/** The sum of the last line, what it holds, and where it ends. */
async function endOf(
  file: FileHandle,
  path: string,
): Promise<{ sum: string; last?: FiledCheckpoint; bytes: number }> {
  const { size } = await file.stat()
  const from = Math.max(0, size - 2 * LINE_BYTES_MAX)
  const { buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
  const end = buffer.lastIndexOf(NEWLINE)
  if (end < 0) {
    if (from > 0) throw new Fault('ledger.damaged', `${path} has no line at its end`)
    return { sum: NO_SUM, bytes: 0 }
  }
  const lines = buffer.toString('utf8', 0, end).split('\n')
  const [last = '', before] = [lines.at(-1), lines.at(-2)]
  const read = parseLine(last, before?.slice(0, SUM_CHARACTERS) ?? NO_SUM)
  if (typeof read === 'string') throw new Fault('ledger.damaged', `the last line of ${path} ${read}`)
  return { sum: last.slice(0, SUM_CHARACTERS), last: read, bytes: from + end + 1 }
}

/** What a line holds; what is wrong with it, in words, otherwise. */
function parseLine(untrusted: string, before: string): FiledCheckpoint | string {
  const text = untrusted.slice(SUM_CHARACTERS + 1)
  if (untrusted !== `${sumOf(before, text)} ${text}`)
    return 'is not as it was written, or the line before it is gone'
  try {
    const { at, note } = JSON.parse(text) as Record<string, unknown>
    return typeof at === 'string' && typeof note === 'string' ? { at, note } : 'holds no checkpoint'
  } catch {
    return 'is no JSON'
  }
}

/** The sum of a line: over the sum of the line before it and its own text. */
function sumOf(before: string, text: string): string {
  return hash('sha256', `${before}${text}`, 'hex').slice(0, SUM_CHARACTERS)
}

function failed(path: string, cause: unknown): never {
  if (cause instanceof Fault) throw cause
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  throw new Fault('output.failed', `${path} cannot be written (${code})`, { cause })
}
