/** Folder blobs: sealed blobs as files, in folders by the last two characters of their names. */
import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore } from './blobs.ts'
import { codeOf, diskFault, forceFolder, removeFile, writeAll } from './disk.ts'

const SUFFIX = '.age'
const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)
/** Bytes that are handed to the disk, or taken from it, at once. */
const GATHER_BYTES = 1 << 20

/**
 * Blobs in a folder; it is made where it is missing.
 *
 * @throws Fault `vault.unreachable`
 */
export async function folderBlobs(folder: string): Promise<BlobStore> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER }).catch((cause) => diskFault(cause, folder))
  return new FolderBlobs(folder)
}

class FolderBlobs implements BlobStore {
  readonly kind = 'folder'
  readonly where: string

  constructor(folder: string) {
    this.where = folder
  }

  async write(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.#path(name)
    try {
      if ((await mkdir(this.#folder(name), { recursive: true, mode: PRIVATE_FOLDER })) !== undefined)
        await forceFolder(this.where)
      await writeThrough(path, bytes)
      await forceFolder(this.#folder(name))
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') await removeFile(path).catch(() => undefined) // the first failure is the one to tell
      diskFault(cause, path)
    }
  }

  async read(name: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const path = this.#path(name)
    const found = await lstat(path).catch((cause: unknown) =>
      ['ENOENT', 'ENOTDIR'].includes(codeOf(cause)) ? undefined : diskFault(cause, path),
    )
    if (!found?.isFile()) return undefined
    return toldByPath(readThrough(path, found.size), path)
  }

  remove(name: string): Promise<void> {
    return removeFile(this.#path(name))
  }

  async *names(): AsyncGenerator<string> {
    const folders = await readdir(this.where).catch((cause: unknown) => diskFault(cause, this.where))
    for (const folder of folders.sort())
      for (const file of (await this.#filesIn(join(this.where, folder))).sort())
        if (file.endsWith(SUFFIX)) yield file.slice(0, -SUFFIX.length)
  }

  /** A folder that cannot be read is a fault: its blobs would pass for none. */
  #filesIn(folder: string): Promise<string[]> {
    return readdir(folder).catch((cause: unknown) => {
      if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return []
      return diskFault(cause, folder)
    })
  }

  #folder(name: string): string {
    return join(this.where, name.slice(-2))
  }

  #path(name: string): string {
    return join(this.#folder(name), name + SUFFIX)
  }
}

async function writeThrough(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', PRIVATE_FILE)
  try {
    let gathered: Uint8Array[] = []
    let held = 0
    const put = async (): Promise<void> => {
      await writeAll(file, Buffer.concat(gathered))
      gathered = []
      held = 0
    }
    for await (const piece of bytes) {
      gathered.push(piece)
      held += piece.length
      if (held >= GATHER_BYTES) await put()
    }
    await put()
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A file in buffers as large as it is, and not more than are written at once: most are pictures, read in one. */
async function* readThrough(path: string, sizeBytes: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, READ)
  try {
    const room = Math.min(GATHER_BYTES, sizeBytes + 1)
    for (let isEnd = false; !isEnd; ) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(room), 0, room, null)
      isEnd = bytesRead === 0 || (bytesRead < room && room > sizeBytes)
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

async function* toldByPath(stream: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream
  } catch (cause) {
    diskFault(cause, path)
  }
}
