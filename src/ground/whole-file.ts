/** Whole file: a file that appears under its name complete or not at all, whatever happens while it is written. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Fault } from '#terms/fault'

/** Bytes gathered before they are handed to the disk. */
const GATHER_BYTES = 1 << 20

/** Where the bytes of a file being written go. */
export interface WholeFileSink {
  /** Adds bytes at the end; they may be used again once the promise is fulfilled. */
  write(bytes: Uint8Array): Promise<void>
  /** Writes bytes over those at a place written before. */
  rewrite(bytes: Uint8Array, position: number): Promise<void>
  /** Bytes added so far. */
  readonly size: number
}

export interface WholeFileOptions {
  /** Replaces a file of that name; without it, one that exists is a fault. */
  readonly overwrite?: boolean
  /** Who may read it, as far as the process's mask lets them; 0o666 unless given. */
  readonly mode?: number
}

/**
 * Writes a file under a temporary name in the same folder, forces it to the disk and then gives it its name. When
 * `fill` throws, or the process dies, nothing appears under the name and what stood there stands.
 *
 * @returns what `fill` returned
 * @throws Fault `output.failed` when the file exists and may not be replaced, or the disk refuses
 */
export async function writeWholeFile<T>(
  path: string,
  options: WholeFileOptions,
  fill: (sink: WholeFileSink) => Promise<T>,
): Promise<T> {
  await refuseExisting(path, options)
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
  const file = await open(temporary, 'wx', options.mode ?? 0o666).catch((cause: unknown) =>
    failed(path, cause),
  )
  try {
    const result = await fillAndForce(path, file, fill)
    await giveName(temporary, path, options)
    await forceFolder(dirname(path))
    return result
  } catch (cause) {
    await unlink(temporary).catch(() => undefined) // the first failure is the one to tell
    throw cause
  }
}

async function fillAndForce<T>(
  path: string,
  file: FileHandle,
  fill: (sink: WholeFileSink) => Promise<T>,
): Promise<T> {
  try {
    const sink = new GatheringSink(path, file)
    const result = await fill(sink)
    await sink.flush()
    await file.sync().catch((cause: unknown) => failed(path, cause))
    return result
  } finally {
    await file.close()
  }
}

/** Joins small writes into large ones. */
class GatheringSink implements WholeFileSink {
  readonly #path: string
  readonly #file: FileHandle
  readonly #gathered = Buffer.allocUnsafe(GATHER_BYTES)
  #held = 0
  #written = 0

  constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  get size(): number {
    return this.#written + this.#held
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#held + bytes.length > GATHER_BYTES) await this.flush()
    if (bytes.length >= GATHER_BYTES) return this.#put(bytes)
    this.#gathered.set(bytes, this.#held)
    this.#held += bytes.length
  }

  async rewrite(bytes: Uint8Array, position: number): Promise<void> {
    await this.flush()
    await writeAll(this.#path, this.#file, bytes, position)
  }

  async flush(): Promise<void> {
    const held = this.#gathered.subarray(0, this.#held)
    this.#held = 0
    await this.#put(held)
  }

  async #put(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#path, this.#file, bytes, this.#written)
    this.#written += bytes.length
  }
}

/** A single write may take fewer bytes than it was given, and none takes more than 2 GiB. */
async function writeAll(path: string, file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const length = Math.min(bytes.length - done, 1 << 30)
    const wrote = file.write(bytes, done, length, position + done)
    done += (await wrote.catch((cause: unknown) => failed(path, cause))).bytesWritten
  }
}

/** A link fails where the name is taken, even by one who came between; file systems without links get a rename. */
async function giveName(temporary: string, path: string, options: WholeFileOptions): Promise<void> {
  try {
    if (options.overwrite) return await rename(temporary, path)
    await link(temporary, path)
    await unlink(temporary)
  } catch (cause) {
    if (options.overwrite || !hasNoLinks(cause)) failed(path, cause)
    await refuseExisting(path, options)
    await rename(temporary, path).catch((again: unknown) => failed(path, again))
  }
}

/** A device, a pipe or a link is never replaced: the new name would take the place of the thing itself. */
async function refuseExisting(path: string, options: WholeFileOptions): Promise<void> {
  const there = await lstat(path).catch(() => undefined)
  if (!there) return
  if (!options.overwrite)
    throw new Fault('output.failed', `${path}: exists already and was not to be replaced`)
  if (!there.isFile()) throw new Fault('output.failed', `${path}: is no plain file, so it is not replaced`)
}

function hasNoLinks(cause: unknown): boolean {
  const code = codeOf(cause)
  return code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS'
}

/** The new name is safe only once the folder is; a file system that cannot force folders is left to itself. */
async function forceFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r').catch(() => undefined)
  await opened?.sync().catch(() => undefined)
  await opened?.close()
}

function failed(path: string, cause: unknown): never {
  if (cause instanceof Fault) throw cause
  const code = codeOf(cause)
  const words =
    code === 'EEXIST' ? 'exists already and was not to be replaced' : `cannot be written (${code})`
  throw new Fault('output.failed', `${path}: ${words}`, { cause })
}

function codeOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'unknown error'
}
