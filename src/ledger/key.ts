/** Key: the Ed25519 keys by which notes are signed and known. C2SP signed-note. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto'

/** What a key signs: the text of a note, or, as a witness, the text with a time. */
export type KeyKind = 'note' | 'cosignature'

const TYPE_BYTES = { note: 1, cosignature: 4 } as const
const RAW_BYTES = 32
/** What stands before the 32 bytes of a key in its DER form. RFC 8410. */
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex')
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A key by which signatures are checked. */
export interface VerifierKey {
  readonly name: string
  /** Eight hex digits. */
  readonly id: string
  readonly kind: KeyKind
  readonly key: KeyObject
  /** As it is given to people: `name+id+base64`. */
  readonly text: string
}

/** A key that signs notes. */
export interface SigningKey {
  readonly verifier: VerifierKey
  sign(message: Uint8Array): Uint8Array
}

/** A key of a name from its 32 secret bytes. */
export function signingKey(name: string, seed: Uint8Array, kind: KeyKind = 'note'): SigningKey {
  const secret = createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' })
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length)
  return { verifier: verifierKey(name, kind, raw), sign: (message) => sign(null, message, secret) }
}

/** Reads a verifier key. @returns undefined for what is none, or of a type that is not known here */
export function parseVerifierKey(untrusted: string): VerifierKey | undefined {
  const [, name, id, body] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(untrusted) ?? []
  if (name === undefined || body === undefined || !isKeyName(name)) return undefined
  const bytes = Buffer.from(body, 'base64')
  const kind = bytes[0] === TYPE_BYTES.note ? 'note' : 'cosignature'
  if (bytes.length !== 1 + RAW_BYTES || bytes[0] !== TYPE_BYTES[kind]) return undefined
  const key = verifierKey(name, kind, bytes.subarray(1))
  return key.id === id && bytes.toString('base64') === body ? key : undefined
}

/** True of a name that a key may have: no space and no plus in it. */
export function isKeyName(untrusted: string): boolean {
  return /^[^\s+\p{Cc}\p{Z}]{1,200}$/u.test(untrusted)
}

function verifierKey(name: string, kind: KeyKind, raw: Uint8Array): VerifierKey {
  const typed = Buffer.concat([Buffer.from([TYPE_BYTES[kind]]), raw])
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'hex').slice(0, 8)
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_DER, raw]), format: 'der', type: 'spki' })
  return { name, id, kind, key, text: `${name}+${id}+${typed.toString('base64')}` }
}
