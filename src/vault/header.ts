/** Header: the beginning of an age file, with the file key in it; made by the age library. */
import { randomBytes } from 'node:crypto'
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { fileKeyOf, identityKey } from './file-key.ts'
import { NONCE_BYTES } from './payload.ts'

/** What the library writes behind the header of an empty file: a nonce and an empty chunk's tag. */
const EMPTY_PAYLOAD_BYTES = 32
/** A header with one recipient has some 200 bytes; one with more than this is none of ours. */
const HEADER_BYTES_MAX = 4096
const LINE_FEED = 10

/** A new file's header, what its payload is sealed with, and the identity that opens it. */
export interface NewHeader {
  readonly header: Uint8Array
  readonly fileKey: Uint8Array
  readonly nonce: Uint8Array
  readonly identity: string
}

/**
 * Makes an X25519 identity of its own for one file, and the header that only this identity opens.
 *
 * The library is given an empty file and asked for its key: payloads then pass through OpenSSL, far faster.
 */
export async function newHeader(): Promise<NewHeader> {
  const identity = await generateX25519Identity()
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(identity))
  const empty = await encrypter.encrypt(new Uint8Array())
  const header = empty.subarray(0, empty.length - EMPTY_PAYLOAD_BYTES)
  const key = identityKey(identity)
  const fileKey = key && fileKeyOf(header, [key])
  if (!fileKey) throw new TypeError('the library made a header that its own identity does not open')
  return { header, fileKey, nonce: randomBytes(NONCE_BYTES), identity }
}

/** A file's beginning, and the rest of it as it passes. */
export interface Begun {
  readonly header: Buffer
  readonly nonce: Buffer
  readonly payload: AsyncIterable<Uint8Array>
  /** Lets go of the file where the payload is not read. */
  leave(): Promise<void>
}

/** Takes the header and the nonce off a file. @returns undefined when it does not begin as an age file does */
export async function begun(file: AsyncIterable<Uint8Array>): Promise<Begun | undefined> {
  const source = file[Symbol.asyncIterator]()
  let held = Buffer.alloc(0)
  for (;;) {
    const end = headerEnd(held)
    if (end !== undefined && held.length >= end + NONCE_BYTES) {
      const at = end + NONCE_BYTES
      return {
        header: held.subarray(0, end),
        nonce: held.subarray(end, at),
        payload: rest(held.subarray(at), source),
        leave: async () => {
          await source.return?.()
        },
      }
    }
    const { done, value } = await source.next()
    if (done || (end === undefined && held.length > HEADER_BYTES_MAX)) {
      await source.return?.()
      return undefined
    }
    held = Buffer.concat([held, value])
  }
}

/** Where the header ends: behind the line of its authentication code. */
function headerEnd(bytes: Buffer): number | undefined {
  const last = bytes.subarray(0, HEADER_BYTES_MAX).indexOf('\n--- ')
  const end = last < 0 ? -1 : bytes.indexOf(LINE_FEED, last + 1)
  return end < 0 ? undefined : end + 1
}

async function* rest(first: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}
