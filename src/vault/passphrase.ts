/**
 * Passphrase: the scrypt stanza of an age file (C2SP age.md), derived off the event loop: it takes a second, and holds 256
 * MB.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { type Identity, type Recipient, Stanza } from 'age-encryption'
import { Fault } from '#terms/fault'

const LABEL = 'age-encryption.org/v1/scrypt'
const SALT_BYTES = 16
const KEY_BYTES = 32
const FILE_KEY_BYTES = 16
const TAG_BYTES = 16
const NO_NONCE = Buffer.alloc(12)
const BLOCK = 8
/** As age has it: 2^18 takes about a second. */
const WORK_FACTOR = 18
const WORK_FACTOR_MAX = 20
/** Derivations that wait for their turn; one is under way at a time, since each holds its memory. */
const WAITING_MAX = 8

let last: Promise<unknown> = Promise.resolve()
let waiting = 0

/** A recipient that a file is sealed to by a passphrase. It must be the only one. */
export function passphraseRecipient(passphrase: string, workFactor: number = WORK_FACTOR): Recipient {
  return {
    wrapFileKey: async (fileKey) => {
      const salt = randomBytes(SALT_BYTES)
      const cipher = createCipheriv(
        'chacha20-poly1305',
        await derived(passphrase, salt, workFactor),
        NO_NONCE,
        {
          authTagLength: TAG_BYTES,
        },
      )
      const sealed = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
      return [new Stanza(['scrypt', unpadded(salt), `${workFactor}`], new Uint8Array(sealed))]
    },
  }
}

/** What opens a file that was sealed to a passphrase, and nothing else. */
export function passphraseIdentity(passphrase: string): Identity {
  return {
    unwrapFileKey: async (stanzas) => {
      const [stanza, ...others] = stanzas
      const [type, salt = '', factor = '', ...more] = stanza?.args ?? []
      if (!stanza || type !== 'scrypt' || others.length > 0) return null
      const workFactor = /^[1-9][0-9]?$/.test(factor) ? Number(factor) : Number.NaN
      const bytes = Buffer.from(salt, 'base64')
      const isStanza =
        more.length === 0 &&
        unpadded(bytes) === salt &&
        bytes.length === SALT_BYTES &&
        workFactor <= WORK_FACTOR_MAX
      if (!isStanza || stanza.body.length !== FILE_KEY_BYTES + TAG_BYTES) return null
      return opened(stanza.body, await derived(passphrase, bytes, workFactor))
    },
  }
}

function opened(body: Uint8Array, key: Buffer): Uint8Array | null {
  const decipher = createDecipheriv('chacha20-poly1305', key, NO_NONCE, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(body.subarray(FILE_KEY_BYTES))
  const fileKey = decipher.update(body.subarray(0, FILE_KEY_BYTES))
  try {
    decipher.final()
    return new Uint8Array(fileKey)
  } catch {
    return null // another passphrase
  }
}

/** One after another. @throws Fault `server.busy` where too many wait */
async function derived(passphrase: string, salt: Buffer, workFactor: number): Promise<Buffer> {
  if (waiting >= WAITING_MAX) throw new Fault('server.busy', 'too many passphrases are being tried at once')
  waiting++
  const turn = last.then(() => key(passphrase, salt, workFactor))
  last = turn.catch(() => undefined)
  return turn.finally(() => {
    waiting--
  })
}

function key(passphrase: string, salt: Buffer, workFactor: number): Promise<Buffer> {
  const cost = { N: 2 ** workFactor, r: BLOCK, p: 1 }
  const maxmem = 128 * BLOCK * (cost.N + 16)
  return new Promise((resolve, reject) =>
    scrypt(
      passphrase,
      Buffer.concat([Buffer.from(LABEL), salt]),
      KEY_BYTES,
      { ...cost, maxmem },
      (error, made) => (error ? reject(error) : resolve(made)),
    ),
  )
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
