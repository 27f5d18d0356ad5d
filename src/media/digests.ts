/** Digests: MD5, SHA-1 and SHA-256 of bytes, at once or as they pass. */
import assert from 'node:assert'
import { createHash, hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { md5, sha1, sha256 } from '#terms/hash'
import type { Digests } from '#terms/media'

function parsed(bytes: number, hex: { md5: string; sha1: string; sha256: string }): Digests {
  const digests = { md5: md5(hex.md5), sha1: sha1(hex.sha1), sha256: sha256(hex.sha256) }
  assert(digests.md5 !== undefined && digests.sha1 !== undefined && digests.sha256 !== undefined)
  return { bytes, md5: digests.md5, sha1: digests.sha1, sha256: digests.sha256 }
}

/** The digests of bytes that are at hand. */
export function digestsOf(bytes: Buffer): Digests {
  return parsed(bytes.length, {
    md5: hash('md5', bytes),
    sha1: hash('sha1', bytes),
    sha256: hash('sha256', bytes),
  })
}

/** Digests bytes chunk by chunk. */
export interface Digesting {
  update(chunk: Buffer): void
  ended(): Digests
}

/** Begins the digests of bytes that come in chunks. */
export function digesting(): Digesting {
  const hashes = { md5: createHash('md5'), sha1: createHash('sha1'), sha256: createHash('sha256') }
  let bytes = 0
  return {
    update(chunk) {
      bytes += chunk.length
      for (const each of Object.values(hashes)) each.update(chunk)
    },
    ended: () =>
      parsed(bytes, {
        md5: hashes.md5.digest('hex'),
        sha1: hashes.sha1.digest('hex'),
        sha256: hashes.sha256.digest('hex'),
      }),
  }
}

/** Bytes that are digested at one go: about a millisecond's work. */
const TURN_BYTES = 512 * 1024

/** The digests of bytes that are at hand; whatever else the thread has to do comes between two turns. */
export async function digestsInTurns(bytes: Buffer): Promise<Digests> {
  if (bytes.length <= TURN_BYTES) return digestsOf(bytes)
  const passing = digesting()
  for (let at = 0; at < bytes.length; at += TURN_BYTES) {
    if (at > 0) await setImmediate()
    passing.update(bytes.subarray(at, at + TURN_BYTES))
  }
  return passing.ended()
}
