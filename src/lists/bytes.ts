/** Bytes: a list file read once from front to back, with a digest of what was read. */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Fault } from '#terms/fault'
import { type Sha256, sha256 } from '#terms/hash'

/** Bytes read at once. */
const CHUNK_BYTES = 1 << 18

/** What is known of the file once every byte was read. */
export interface FileFacts {
  readonly sha256: Sha256
  readonly modified: Date
}

/**
 * Reads a file's bytes. A chunk may be overwritten once the next one is asked for; only the last is shorter than the others, and
 * an empty file has one empty chunk.
 *
 * @returns the facts of the file, as the generator's return value
 * @throws Fault `input.missing` or `list.unreadable`
 */
export async function* readBytes(path: string): AsyncGenerator<Buffer, FileFacts> {
  const file = await open(path, 'r').catch((cause: unknown) => unreadable(path, cause))
  try {
    const { mtime } = await file.stat().catch((cause: unknown) => unreadable(path, cause))
    const digest = createHash('sha256')
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    for (let first = true; ; first = false) {
      const bytes = await fill(path, file, chunk)
      digest.update(bytes)
      if (first || bytes.length > 0) yield bytes
      if (bytes.length < CHUNK_BYTES) break
    }
    return { sha256: digestOf(digest.digest('hex')), modified: mtime }
  } finally {
    await file.close()
  }
}

/** Fills the chunk as far as the file goes: a pipe gives less at a time than it holds. */
async function fill(path: string, file: FileHandle, chunk: Buffer): Promise<Buffer> {
  let filled = 0
  while (filled < chunk.length) {
    const read = file.read(chunk, filled, chunk.length - filled, null)
    const { bytesRead } = await read.catch((cause: unknown) => unreadable(path, cause))
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return chunk.subarray(0, filled)
}

function digestOf(hex: string): Sha256 {
  const digest = sha256(hex)
  if (!digest) throw new TypeError('a SHA-256 of 32 bytes was expected')
  return digest
}

function unreadable(path: string, cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  if (code === 'ENOENT') throw new Fault('input.missing', `${path}: no such list`, { cause })
  const words = code === 'EISDIR' ? 'is a folder, not a list' : `cannot be read (${code})`
  throw new Fault('list.unreadable', `${path}: ${words}`, { cause })
}
