/** File: one regular file opened once and read once, never through a link, never waiting for a device. */
import { close, constants, fstatSync, open, read } from 'node:fs'
import { promisify } from 'node:util'
import type { FileReading } from '#terms/media'

/** Why a file could not be read. */
export type Unread = Extract<FileReading, { kind: 'unread' }>['because']

/** A file that is open for reading; `close` it whatever happens. */
export interface OpenFile {
  readonly kind: 'open'
  /** Bytes that it had when it was opened: a hint, it may change. */
  readonly sizeBytes: number
  /** Fills `into` from where the last read ended; fewer bytes than asked for mean the end. */
  fill(into: Buffer): Promise<number>
  close(): Promise<void>
}

// O_NONBLOCK: opening a pipe without a writer must not wait. O_NOFOLLOW: what was walked is what is read.
const FLAGS =
  constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

const openAsync = promisify(open)
const closeAsync = promisify(close)

function readAt(descriptor: number, into: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, into, at, into.length - at, null, (error, count) =>
      error ? reject(error) : resolve(count),
    )
  })
}

async function fill(descriptor: number, into: Buffer): Promise<number> {
  let filled = 0
  while (filled < into.length) {
    const count = await readAt(descriptor, into, filled)
    if (count === 0) break
    filled += count
  }
  return filled
}

/** What an error of the file system means for the file it came from. */
export function unreadBecause(error: unknown): Unread {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESTALE') return 'vanished'
  if (code === 'EACCES' || code === 'EPERM') return 'permission'
  return 'unreadable'
}

/**
 * Opens a regular file; anything else at the path (a folder, link, pipe, socket or device) is `unreadable`.
 *
 * @throws the file system's error, which `unreadBecause` reads
 */
export async function openFile(path: string | Buffer): Promise<OpenFile | { readonly kind: 'irregular' }> {
  const descriptor = await openAsync(path, FLAGS)
  try {
    const stats = fstatSync(descriptor)
    if (stats.isFile()) {
      return {
        kind: 'open',
        sizeBytes: stats.size,
        fill: (into) => fill(descriptor, into),
        close: () => closeAsync(descriptor),
      }
    }
  } catch (error) {
    await closeAsync(descriptor)
    throw error
  }
  await closeAsync(descriptor)
  return { kind: 'irregular' }
}
