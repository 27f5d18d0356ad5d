/** Request: what a time-stamping service is asked. RFC 3161, section 2.4.1. */
import { randomBytes } from 'node:crypto'
import { der, inside, isOid, oid, readDer, TAG } from './der.ts'

export const SHA256 = '2.16.840.1.101.3.4.2.1'
const NONCE_BYTES = 8
const VERSION = Buffer.from([1])
const YES = Buffer.from([0xff])

/** What was asked: a digest, with a number that comes back. */
export interface TimestampRequest {
  readonly imprint: Buffer
  readonly nonce: Buffer
}

/** A request for a time stamp of a SHA-256 digest, with the certificates, under a number of its own. */
export function timestampRequest(imprint: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40 // positive, and no byte shorter
  return der(
    TAG.sequence,
    der(TAG.integer, VERSION),
    der(TAG.sequence, der(TAG.sequence, oid(SHA256), der(TAG.null)), der(TAG.octets, imprint)),
    der(TAG.integer, nonce),
    der(TAG.boolean, YES),
  )
}

/** Reads a request that `timestampRequest` wrote. */
export function readRequest(untrusted: Uint8Array): TimestampRequest | undefined {
  const [, message, nonce] = inside(readDer(untrusted)?.[0])
  const [algorithm, imprint] = inside(message)
  const isOne = isOid(inside(algorithm)[0], SHA256) && imprint && nonce?.tag === TAG.integer
  return isOne ? { imprint: imprint.content, nonce: nonce.content } : undefined
}
