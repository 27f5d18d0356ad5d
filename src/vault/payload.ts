/** Payload: the chunks of an age file, sealed and opened as they pass (C2SP age.md, "Payload"). */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'

const CHUNK_BYTES = 64 * 1024
const TAG_BYTES = 16
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
/** Bytes of the payload's own nonce, between the header and the first chunk. */
export const NONCE_BYTES = 16
const CIPHER = 'chacha20-poly1305'
const ALGORITHM = { authTagLength: TAG_BYTES }

/** A chunk that is not what was sealed. */
export class ChunkDamaged extends Error {
  /** Counted from 0. */
  readonly chunk: number

  constructor(chunk: number) {
    super(`chunk ${chunk} is not what was sealed`)
    this.name = 'ChunkDamaged'
    this.chunk = chunk
  }
}

/** The payload's key, from the file key and the nonce. */
function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32))
}

/** The nonce of a chunk: its number in eleven bytes, and whether it is the last. */
function chunkNonce(chunk: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(chunk, 5, 6)
  nonce[11] = isLast ? 1 : 0
  return nonce
}

/** Bytes as they come, cut into pieces of one size; the last may be shorter, and is never empty unless all is. */
async function* cut(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ readonly piece: Uint8Array; readonly isLast: boolean }> {
  let held = Buffer.allocUnsafe(size)
  let filled = 0
  for await (const given of bytes) {
    let at = 0
    while (at < given.length) {
      if (filled === size) {
        yield { piece: held, isLast: false }
        held = Buffer.allocUnsafe(size)
        filled = 0
      }
      const taken = Math.min(size - filled, given.length - at)
      held.set(given.subarray(at, at + taken), filled)
      filled += taken
      at += taken
    }
  }
  yield { piece: held.subarray(0, filled), isLast: true }
}

/** Seals what passes, chunk by chunk. */
export async function* sealedPayload(
  fileKey: Uint8Array,
  nonce: Uint8Array,
  plain: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const key = payloadKey(fileKey, nonce)
  let chunk = 0
  for await (const { piece, isLast } of cut(plain, CHUNK_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, chunkNonce(chunk, isLast), ALGORITHM)
    const sealed = cipher.update(piece)
    cipher.final()
    yield Buffer.concat([sealed, cipher.getAuthTag()])
    chunk++
  }
}

/**
 * Opens what passes, chunk by chunk. What it yields is authentic, but that nothing is missing is known only at its end.
 *
 * @throws ChunkDamaged for a chunk that was changed, moved, or cut off
 */
export async function* openedPayload(
  fileKey: Uint8Array,
  nonce: Uint8Array,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const key = payloadKey(fileKey, nonce)
  let chunk = 0
  for await (const { piece, isLast } of cut(sealed, SEALED_CHUNK_BYTES)) {
    const isEmpty = piece.length <= TAG_BYTES
    if (piece.length < TAG_BYTES || (isEmpty && chunk > 0)) throw new ChunkDamaged(chunk)
    const decipher = createDecipheriv(CIPHER, key, chunkNonce(chunk, isLast), ALGORITHM)
    decipher.setAuthTag(piece.subarray(piece.length - TAG_BYTES))
    const plain = decipher.update(piece.subarray(0, piece.length - TAG_BYTES))
    try {
      decipher.final()
    } catch {
      throw new ChunkDamaged(chunk)
    }
    yield plain
    chunk++
  }
}
