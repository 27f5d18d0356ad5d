/** Digest key: the key of a deployment under which words are digested, outside the database and its dumps. */
import { createHmac, randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#terms/fault'

/** The name of the key that digests are made with. */
export const SIGN_IN = 'sign-in'
/** Its file, in the folder of the keys of people. */
export const DIGEST_FILE = `${SIGN_IN}.key`
const KEY_BYTES = 32
/** Enough to tell one key of a deployment from another. */
const NAME_CHARACTERS = 8

/** What digests words so that nobody who has not the key can try words against a digest. */
export interface TextDigests {
  /**
   * HMAC-SHA-256 of a text: `hmac:KEY:DIGEST`, both in hex; KEY names the key. @throws Fault `config.invalid`,
   * `output.failed`
   */
  digest(text: string): string
  /** The same where the key is there; it makes none. @returns undefined without the key @throws Fault `config.invalid` */
  digestIfKeyed(text: string): string | undefined
}

/**
 * Digests under the key in the folder of the keys of people. It is read when it is first needed, and made by the first
 * digest.
 */
export class KeyedDigests implements TextDigests {
  readonly #folder: string
  #key: Buffer | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  digest(text: string): string {
    this.#key ??= readKey(this.#folder) ?? makeKey(this.#folder)
    return digested(this.#key, text)
  }

  digestIfKeyed(text: string): string | undefined {
    this.#key ??= readKey(this.#folder)
    return this.#key && digested(this.#key, text)
  }
}

/** Where no folder of keys was named: nothing can be digested, and nothing checked. */
export const NO_DIGESTS: TextDigests = {
  digest: () => {
    throw new Fault('config.invalid', 'the digest key is missing: words cannot be put on record')
  },
  digestIfKeyed: () => undefined,
}

function digested(key: Buffer, text: string): string {
  const name = hmac(key, 'name of the key').slice(0, NAME_CHARACTERS)
  return `hmac:${name}:${hmac(key, `text\0${text}`)}`
}

function hmac(key: Buffer, words: string): string {
  return createHmac('sha256', key).update(words).digest('hex')
}

function readKey(folder: string): Buffer | undefined {
  const path = join(folder, DIGEST_FILE)
  try {
    const key = readFileSync(path)
    if (key.length === KEY_BYTES) return key
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT') return undefined
    throw new Fault('config.invalid', `the digest key cannot be read (${code})`, { cause })
  }
  throw new Fault('config.invalid', `${path} should hold a key and does not`)
}

/** Makes the key, whole or not at all. Of two who make one at the same time, the second takes the first one's. */
function makeKey(folder: string): Buffer {
  const key = randomBytes(KEY_BYTES)
  const path = join(folder, DIGEST_FILE)
  const part = `${path}.${randomBytes(6).toString('hex')}.part`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeForced(part, key)
    try {
      linkSync(part, path)
    } finally {
      unlinkSync(part)
    }
    forceFolder(folder)
    return key
  } catch (cause) {
    const had = readKey(folder)
    if (had) return had
    throw new Fault('output.failed', `${path}: cannot be written (${codeOf(cause)})`, { cause })
  }
}

function writeForced(path: string, bytes: Buffer): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function forceFolder(folder: string): void {
  const opened = openSync(folder, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
}
