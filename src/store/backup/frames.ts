/** Frames: how a backup file is cut into pieces, each of a kind and a stated length; docs/formats/backup.md. */
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Fault } from '#terms/fault'

/** What a file begins with. */
export const MAGIC = Buffer.from('tutela backup 1\n', 'latin1')

/** The kinds, by the letter that a frame begins with. */
export const FRAME = {
  /** A part begins: JSON. */
  part: 'P',
  /** A piece of the part, deflated by itself. */
  data: 'D',
  /** The part ends: JSON. */
  end: 'E',
  /** What the file holds: JSON. */
  manifest: 'M',
  /** SHA-256 of every byte before this frame; the last one. */
  digest: 'H',
} as const
export type FrameKind = (typeof FRAME)[keyof typeof FRAME]

export interface Frame {
  readonly kind: FrameKind
  readonly payload: Buffer
}

const HEAD_BYTES = 5
/** A piece is of 1 MiB before it is deflated, which may add a little; a manifest is far smaller. */
const PAYLOAD_BYTES_MAX = 2 << 20
const READ_BYTES = 1 << 20

/** The bytes of a frame: its letter, the payload's length (32 bits, big-endian), the payload. */
export function frame(kind: FrameKind, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(kind, 'latin1')
  head.writeUInt32BE(payload.length, 1)
  return Buffer.concat([head, payload])
}

/**
 * The frames of a file in order, up to and with its digest, which is checked.
 *
 * @param told called with the bytes that were read, and those of the file
 * @throws Fault `backup.damaged` where the file is none, is cut off, goes on behind its end, or is not as it was written;
 * `input.missing`, `input.unreadable`
 */
export async function* framesOf(
  path: string,
  told: (done: number, total: number) => void = () => {},
): AsyncIterable<Frame> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' ? 'input.missing' : 'input.unreadable'
    throw new Fault(code, `${path} cannot be opened (${cause.code})`, { cause })
  })
  try {
    const bytes = new Reading(path, file)
    const { size } = await file.stat()
    if (!(await bytes.take(MAGIC.length)).equals(MAGIC)) throw damaged(path, 'it is no backup of this form')
    for (;;) {
      const soFar = bytes.digestSoFar()
      const head = await bytes.take(HEAD_BYTES)
      const kind = Object.values(FRAME).find((one) => one === head.toString('latin1', 0, 1))
      const length = head.readUInt32BE(1)
      if (kind === undefined || length > PAYLOAD_BYTES_MAX)
        throw damaged(path, 'it has a piece of no known kind')
      const payload = await bytes.take(length)
      told(bytes.taken, size)
      yield { kind, payload }
      if (kind !== FRAME.digest) continue
      if (!payload.equals(soFar())) throw damaged(path, 'its digest is not that of its content')
      if (!(await bytes.isAtEnd())) throw damaged(path, 'it goes on behind its end')
      return
    }
  } finally {
    await file.close()
  }
}

/** A file read from its beginning, piece by piece, with the digest of what was read. */
class Reading {
  readonly #path: string
  readonly #file: FileHandle
  readonly #hash: Hash = createHash('sha256')
  #rest: Buffer = Buffer.alloc(0)
  #position = 0
  taken = 0

  constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** @throws Fault `backup.damaged` when the file ends before */
  async take(length: number): Promise<Buffer> {
    while (this.#rest.length < length) {
      const more = await this.#read(Math.max(READ_BYTES, length - this.#rest.length))
      if (more.length === 0) throw damaged(this.#path, 'it is cut off')
      this.#rest = this.#rest.length === 0 ? more : Buffer.concat([this.#rest, more])
    }
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    this.#hash.update(taken)
    this.taken += length
    return taken
  }

  /** The digest of all that was taken until now, to be asked for later. */
  digestSoFar(): () => Buffer {
    const copy = this.#hash.copy()
    return () => copy.digest()
  }

  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && (await this.#read(1)).length === 0
  }

  async #read(bytes: number): Promise<Buffer> {
    const into = Buffer.allocUnsafe(bytes)
    const { bytesRead } = await this.#file.read(into, 0, bytes, this.#position).catch((cause: Error) => {
      throw new Fault('input.unreadable', `${this.#path} cannot be read: ${cause.message}`, { cause })
    })
    this.#position += bytesRead
    return into.subarray(0, bytesRead)
  }
}

export function damaged(path: string, why: string, cause?: unknown): Fault {
  return new Fault('backup.damaged', `${path}: ${why}`, { cause })
}
