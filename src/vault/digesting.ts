/** Digesting: MD5, SHA-1 and SHA-256 of bytes as they pass, with their number and their beginning. */
import { createHash } from 'node:crypto'
import type { SealedDigests } from '#terms/evidence'

/** Bytes by which content is told. */
const HEAD_BYTES = 64 * 1024

/** Digests and counts what passes, and keeps its beginning. */
export class Digesting {
  readonly #source: AsyncIterable<Uint8Array>
  readonly #hashes = { md5: createHash('md5'), sha1: createHash('sha1'), sha256: createHash('sha256') }
  readonly #head: Buffer[] = []
  sizeBytes = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#source) {
      if (this.sizeBytes < HEAD_BYTES)
        this.#head.push(Buffer.from(piece.subarray(0, HEAD_BYTES - this.sizeBytes)))
      this.sizeBytes += piece.length
      for (const hash of Object.values(this.#hashes)) hash.update(piece)
      yield piece
    }
  }

  digests(): SealedDigests {
    const { md5, sha1, sha256 } = this.#hashes
    return { md5: md5.digest('hex'), sha1: sha1.digest('hex'), sha256: sha256.digest('hex') }
  }

  head(): Buffer {
    return Buffer.concat(this.#head)
  }
}
