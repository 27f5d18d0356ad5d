/** Disk: what the vault does with files, so that it stays after a power cut, and how a failure of it is told. */
import { constants } from 'node:fs'
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '#terms/fault'

/** Owner alone. */
const PRIVATE = 0o600
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)
/** A key or an identity is far smaller. */
const SMALL_BYTES_MAX = 64 * 1024
/** Nearly every one is read with this. */
const FIRST_BYTES = 2048

/** The code of a system error; empty for any other. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}

/** How a failure of the disk is told. */
export function diskFault(cause: unknown, path: string): never {
  if (cause instanceof Fault || !(cause instanceof Error)) throw cause
  const code = codeOf(cause)
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
    throw new Fault('vault.no-space', `there is no room for ${path} (${code})`, { cause })
  if (/^E[A-Z]+$/.test(code))
    throw new Fault('vault.unreachable', `${path} cannot be reached (${code})`, { cause })
  throw cause
}

/** What a file system answers that cannot force folders; it is left to itself then. */
const NOT_FOR_FOLDERS: ReadonlySet<string> = new Set([
  'EINVAL',
  'EISDIR',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EPERM',
])

/** Forces a folder: a name in it is safe only then. @throws the system's error where the disk refuses */
export async function forceFolder(folder: string): Promise<void> {
  try {
    const opened = await open(folder, 'r')
    try {
      await opened.sync()
    } finally {
      await opened.close()
    }
  } catch (cause) {
    if (!NOT_FOR_FOLDERS.has(codeOf(cause))) throw cause
  }
}

/** Writes all of `bytes` where the file stands. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
}

/**
 * Writes a small file that is safe when this returns. A name that is taken is refused, unless it is to be replaced: then the
 * old or the new content stands, whatever happens.
 */
export async function writeSmall(
  path: string,
  content: string | Uint8Array,
  { replace = false } = {},
): Promise<void> {
  const at = replace ? `${path}.new` : path
  try {
    const file = await open(at, replace ? 'w' : 'wx', PRIVATE)
    try {
      await writeAll(file, typeof content === 'string' ? Buffer.from(content) : content)
      await file.sync()
    } finally {
      await file.close()
    }
    if (replace) await rename(at, path)
    await forceFolder(dirname(path))
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') await unlink(at).catch(() => undefined) // a torn file would look like a damaged one
    diskFault(cause, path)
  }
}

/**
 * Reads a small file, never through a link.
 *
 * @returns undefined where there is none
 * @throws Fault `vault.damaged` where something else lies in its place; `vault.unreachable`
 */
export async function readSmall(path: string): Promise<Buffer | undefined> {
  try {
    const file = await open(path, READ)
    try {
      for (const room of [FIRST_BYTES, SMALL_BYTES_MAX + 1]) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(room), 0, room, 0)
        if (bytesRead < room) return buffer.subarray(0, bytesRead)
      }
      throw new Fault('vault.damaged', `${path} is far too large`)
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    if (codeOf(cause) === 'ELOOP' || codeOf(cause) === 'EISDIR')
      throw new Fault('vault.damaged', `${path} is a link or a folder, and no file`, { cause })
    return diskFault(cause, path)
  }
}

/** Removes a file for good, where it is there: its name, and its content as far as the disk writes where it wrote before. */
export async function removeFile(path: string, { overwrite = false } = {}): Promise<void> {
  try {
    if (overwrite) await overwriteFile(path)
    await unlink(path)
    await forceFolder(dirname(path))
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') diskFault(cause, path)
  }
}

/** A full disk, or one that does not write in place, must not keep what is to go from going. */
async function overwriteFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    await writeAll(file, Buffer.alloc(Math.min(size, SMALL_BYTES_MAX))).catch(() => undefined)
    await file.sync().catch(() => undefined)
  } finally {
    await file.close()
  }
}
