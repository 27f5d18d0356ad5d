/** File key: what opens an age file's payload, taken from its header by X25519 identities (C2SP age.md), through OpenSSL. */
import {
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'

const VERSION_LINE = 'age-encryption.org/v1'
const X25519_LABEL = 'age-encryption.org/v1/X25519'
const KEY_BYTES = 32
const FILE_KEY_BYTES = 16
const TAG_BYTES = 16
/** Characters of a whole line of a stanza's body. */
const LINE_CHARACTERS = 64
const NO_NONCE = Buffer.alloc(12)

/** An identity ready to be used: made once, each making costs a multiplication on the curve. */
export interface IdentityKey {
  /** As it is written: `AGE-SECRET-KEY-1…`. */
  readonly identity: string
  readonly secret: KeyObject
  /** The public part, as it stands in the derivation of every wrapping key. */
  readonly recipient: Buffer
}

/** @returns the key of an identity `AGE-SECRET-KEY-1…`; undefined for a text that is none, or whose checksum is wrong */
export function identityKey(identity: string): IdentityKey | undefined {
  const scalar = scalarOf(identity)
  if (!scalar) return undefined
  // As JWK: the same key as PKCS #8 takes OpenSSL ten times as long to read. Of a secret key x is not looked at.
  const jwk = { kty: 'OKP', crv: 'X25519', d: scalar.toString('base64url'), x: '' }
  const secret = createPrivateKey({ key: jwk, format: 'jwk' })
  const { x = '' } = secret.export({ format: 'jwk' })
  return { identity, secret, recipient: Buffer.from(x, 'base64url') }
}

/**
 * The file key in a header, from its first line to the line feed behind its authentication code.
 *
 * @returns undefined where none of the identities opens it, where anything of it was changed, or where it is no header
 */
export function fileKeyOf(header: Uint8Array, identities: readonly IdentityKey[]): Buffer | undefined {
  const parsed = parse(Buffer.from(header.buffer, header.byteOffset, header.byteLength).toString('latin1'))
  if (!parsed) return undefined
  for (const identity of identities)
    for (const stanza of parsed.stanzas) {
      const fileKey = unwrapped(stanza, identity)
      if (fileKey) return isAuthentic(parsed, fileKey) ? fileKey : undefined
    }
  return undefined
}

/** A share of the sender's and the file key sealed under what it makes with the identity. */
interface Stanza {
  readonly share: Buffer
  readonly body: Buffer
}

interface Header {
  readonly stanzas: readonly Stanza[]
  readonly authenticated: string
  readonly code: Buffer
}

function parse(text: string): Header | undefined {
  const lines = text.split('\n')
  const stanzas: Stanza[] = []
  if (lines[0] !== VERSION_LINE) return undefined
  let at = 1
  while (lines[at]?.startsWith('-> ')) {
    const [type, ...words] = (lines[at] ?? '').slice(3).split(' ')
    at++
    let encoded = ''
    for (let line = LINE_CHARACTERS; line === LINE_CHARACTERS; at++) {
      line = lines[at]?.length ?? LINE_CHARACTERS + 1
      if (line > LINE_CHARACTERS) return undefined
      encoded += lines[at]
    }
    const body = decoded(encoded)
    if (!body || !type) return undefined
    if (type !== 'X25519') continue
    const share = decoded(words[0] ?? '')
    if (words.length !== 1 || share?.length !== KEY_BYTES || body.length !== FILE_KEY_BYTES + TAG_BYTES)
      return undefined
    stanzas.push({ share, body })
  }
  const last = lines[at] ?? ''
  const code = last.startsWith('--- ') ? decoded(last.slice(4)) : undefined
  const isEnd = at === lines.length - 2 && lines[at + 1] === ''
  if (code?.length !== KEY_BYTES || !isEnd) return undefined
  return { stanzas, code, authenticated: text.slice(0, text.length - last.length - 1 + 3) }
}

/** Base64 without padding, in the one form that bytes have. */
function decoded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64').replace(/=+$/, '') === text ? bytes : undefined
}

function unwrapped({ share, body }: Stanza, { secret, recipient }: IdentityKey): Buffer | undefined {
  const shared = sharedSecret(share, secret)
  if (!shared) return undefined
  const salt = Buffer.concat([share, recipient])
  const key = new Uint8Array(hkdfSync('sha256', shared, salt, X25519_LABEL, KEY_BYTES))
  const decipher = createDecipheriv('chacha20-poly1305', key, NO_NONCE, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(body.subarray(FILE_KEY_BYTES))
  const fileKey = decipher.update(body.subarray(0, FILE_KEY_BYTES))
  try {
    decipher.final()
    return fileKey
  } catch {
    return undefined // wrapped to somebody else
  }
}

/** What both sides come to; a share of small order comes to nothing and is refused by OpenSSL. */
function sharedSecret(share: Buffer, privateKey: KeyObject): Buffer | undefined {
  const jwk = { kty: 'OKP', crv: 'X25519', x: share.toString('base64url') }
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
  try {
    return diffieHellman({ privateKey, publicKey })
  } catch {
    return undefined
  }
}

function isAuthentic({ authenticated, code }: Header, fileKey: Buffer): boolean {
  const key = new Uint8Array(hkdfSync('sha256', fileKey, '', 'header', KEY_BYTES))
  return timingSafeEqual(createHmac('sha256', key).update(authenticated, 'latin1').digest(), code)
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const PREFIX = 'age-secret-key-'
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/
const SCALAR_SYMBOLS = 52
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const

/** The scalar of an identity in Bech32 (BIP 173). */
function scalarOf(identity: string): Buffer | undefined {
  if (!IDENTITY.test(identity)) return undefined
  const symbols = [...identity.slice(PREFIX.length + 1).toLowerCase()].map((letter) => BECH32.indexOf(letter))
  const prefix = [...Buffer.from(PREFIX)]
  const all = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...symbols]
  if (checksum(all) !== 1) return undefined
  const bits = symbols
    .slice(0, SCALAR_SYMBOLS)
    .map((symbol) => symbol.toString(2).padStart(5, '0'))
    .join('')
  if (bits.slice(KEY_BYTES * 8).includes('1')) return undefined
  return Buffer.from(
    Array.from({ length: KEY_BYTES }, (_, at) => Number.parseInt(bits.slice(at * 8, at * 8 + 8), 2)),
  )
}

function checksum(values: readonly number[]): number {
  let sum = 1
  for (const value of values) {
    const top = sum >> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    GENERATOR.forEach((generator, bit) => {
      if ((top >> bit) & 1) sum ^= generator
    })
  }
  return sum
}
