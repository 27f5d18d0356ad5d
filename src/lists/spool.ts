/** Spool: text that is held on the disk, under no name, until its place in a file comes. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '#terms/fault'

const CHUNK_BYTES = 1 << 20

/** Text that is added at its end, and read once from its beginning. It is gone when it is closed, or its process dies. */
export class Spool {
  #file: FileHandle | undefined
  #written = 0

  async write(text: string): Promise<void> {
    if (text === '') return
    const file = await this.#opened()
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length; ) {
      const wrote = await file.write(bytes, done, bytes.length - done, this.#written + done).catch(failed)
      done += wrote.bytesWritten
    }
    this.#written += bytes.length
  }

  async *read(): AsyncGenerator<Buffer> {
    const file = this.#file
    for (let at = 0; file && at < this.#written; ) {
      const { bytesRead, buffer } = await file
        .read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at)
        .catch(failed)
      if (bytesRead === 0)
        throw new Fault('output.failed', 'what was held back for a list was cut short on the disk')
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file) return this.#file
    const path = join(tmpdir(), `tutela-spool-${randomBytes(8).toString('hex')}`)
    this.#file = await open(path, 'wx+', 0o600).catch(failed)
    await unlink(path).catch(failed)
    return this.#file
  }
}

function failed(cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  throw new Fault('output.failed', `${tmpdir()}: what is held back for a list cannot be written (${code})`, {
    cause,
  })
}
