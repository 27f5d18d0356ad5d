/** Sections: the parts of a file of ours, read from front to back and held against their checksums. */
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { Fault } from '#terms/fault'
import {
  damaged,
  type FileForm,
  PREAMBLE_BYTES,
  type Preamble,
  paddedBytes,
  parsePreamble,
  type Section,
} from './layout.ts'

/** An open file, or in another thread what reads it by its number. */
export interface ReadAt {
  read(
    into: Uint8Array,
    offset: number,
    bytes: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>
}

/** Bytes read at once. */
const READ_BYTES = 1 << 22

/** @throws Fault `input.missing`, `index.unreadable` when it cannot be opened; whatever `act` throws */
export async function withFile<T>(path: string, act: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openFile(path)
  try {
    return await act(file)
  } finally {
    await file.close()
  }
}

/** @throws Fault `input.missing`, `index.unreadable` */
export function openFile(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((cause: unknown) => unreadable(path, cause))
}

/**
 * Reads where a file's metadata lie, and their bytes, which have their checksum.
 *
 * @throws Fault `index.unreadable` when it is not of this form, `index.damaged`, `index.newer`
 */
export async function readFrame(
  path: string,
  file: FileHandle,
  form: FileForm,
): Promise<{ readonly preamble: Preamble; readonly metadata: Buffer }> {
  const preamble = parsePreamble(path, await readUpTo(path, file, 0, PREAMBLE_BYTES), form)
  const { metadataAt, metadataBytes, metadataCrc32 } = preamble
  const { size } = await file.stat().catch((cause: unknown) => unreadable(path, cause))
  const end = metadataAt + metadataBytes
  if (size !== end) damaged(path, 'file', `has ${size} bytes where it was written with ${end}`)
  const metadata = await readUpTo(path, file, metadataAt, metadataBytes)
  if (metadata.length !== metadataBytes || crc32(metadata) !== metadataCrc32) {
    damaged(path, 'metadata', 'their checksum differs')
  }
  return { preamble, metadata }
}

/** Reads one section from front to back and keeps its checksum. */
export class SectionReader {
  readonly #path: string
  readonly #file: ReadAt
  readonly #section: Section<string>
  #done = 0
  #sum = 0

  constructor(path: string, file: ReadAt, section: Section<string>) {
    this.#path = path
    this.#file = file
    this.#section = section
  }

  /** Fills the target with the bytes that follow. A piece is summed while the next is read. */
  async read(target: Uint8Array): Promise<void> {
    const end = paddedBytes(this.#section.bytes)
    if (this.#done + target.length > end)
      damaged(this.#path, this.#section.name, 'is shorter than its content')
    let before: Uint8Array | undefined
    for (let at = 0; at < target.length; at += READ_BYTES) {
      const piece = target.subarray(at, at + READ_BYTES)
      const filling = this.#fill(piece)
      if (before) this.#sum = crc32(before, this.#sum)
      await filling
      before = piece
    }
    if (before) this.#sum = crc32(before, this.#sum)
  }

  async #fill(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      const read = this.#file.read(piece, at, piece.length - at, this.#section.at + this.#done)
      const { bytesRead } = await read.catch((cause: unknown) => unreadable(this.#path, cause))
      if (bytesRead === 0) damaged(this.#path, this.#section.name, 'the file ends within it')
      this.#done += bytesRead
      at += bytesRead
    }
  }

  /** Reads what fills the section up. @throws Fault `index.damaged` when its checksum differs */
  async end(): Promise<void> {
    const { name, bytes, crc32: expected } = this.#section
    if (this.#done !== bytes) damaged(this.#path, name, 'is longer than its content')
    await this.read(new Uint8Array(paddedBytes(bytes) - this.#done))
    if (this.#sum !== expected) damaged(this.#path, name, 'its checksum differs')
  }

  /** Reads what is left of the section for its checksum alone. */
  async skip(): Promise<void> {
    const buffer = new Uint8Array(Math.min(this.#section.bytes, READ_BYTES))
    while (this.#done < this.#section.bytes) {
      await this.read(buffer.subarray(0, Math.min(buffer.length, this.#section.bytes - this.#done)))
    }
    await this.end()
  }
}

/** The bytes from a place on, as far as the file goes. */
export async function readUpTo(
  path: string,
  file: FileHandle,
  position: number,
  bytes: number,
): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  let filled = 0
  while (filled < bytes) {
    const read = file.read(buffer, filled, bytes - filled, position + filled)
    const { bytesRead } = await read.catch((cause: unknown) => unreadable(path, cause))
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

export function unreadable(path: string, cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  if (code === 'ENOENT') throw new Fault('input.missing', `${path}: no such file`, { cause })
  const words = code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
  throw new Fault('index.unreadable', `${path}: ${words}`, { cause })
}
