/** Note: a text with signatures below it, by the log itself and by witnesses. C2SP signed-note and tlog-cosignature. */
import { verify } from 'node:crypto'
import type { SigningKey, VerifierKey } from './key.ts'

const CHARACTERS_MAX = 64 * 1024
const SIGNATURES_MAX = 64
const ID_BYTES = 4
const TIME_BYTES = 8

/** A signature that was checked. */
export interface CheckedSignature {
  readonly key: VerifierKey
  /** Its line, with the line feed. */
  readonly line: string
  /** When the witness gave it, in seconds since 1970; the log's own has no time. */
  readonly seconds?: number
}

/** What becomes of a note when it is opened. */
export type OpenedNote =
  | { readonly kind: 'signed'; readonly text: string; readonly by: readonly CheckedSignature[] }
  | { readonly kind: 'refused'; readonly because: string }

/** A note: a text, which ends in a line feed, an empty line, and the signature. */
export function signNote(text: string, key: SigningKey): string {
  return `${text}\n${signatureLine(key, key.sign(Buffer.from(text)))}`
}

/** The line by which a witness says that it saw a note's text at a time. */
export function cosign(text: string, key: SigningKey, seconds: number): string {
  const time = Buffer.alloc(TIME_BYTES)
  time.writeBigUInt64BE(BigInt(seconds))
  return signatureLine(key, Buffer.concat([time, key.sign(cosigned(text, seconds))]))
}

/**
 * Opens a note: a known key's signature that is wrong refuses the whole; other keys' are passed over; one known key at least
 * must have signed.
 */
export function openNote(untrusted: string, known: readonly VerifierKey[]): OpenedNote {
  const parts = partsOf(untrusted)
  if (typeof parts === 'string') return { kind: 'refused', because: parts }
  const { text, lines } = parts
  const by: CheckedSignature[] = []
  for (const line of lines) {
    const [, name, body] = /^— (\S+) ([A-Za-z0-9+/]+=*)\n$/u.exec(line) ?? []
    if (name === undefined || body === undefined)
      return { kind: 'refused', because: 'a line below the text is no signature' }
    const bytes = Buffer.from(body, 'base64')
    const id = bytes.toString('hex', 0, ID_BYTES)
    // Other writings of the same bytes are not taken, so that a note has one form.
    if (bytes.toString('base64') !== body) return { kind: 'refused', because: 'a signature is not in base64' }
    const key = known.find((one) => one.name === name && one.id === id)
    if (!key) continue
    const checked = check(text, key, bytes.subarray(ID_BYTES))
    if (!checked) return { kind: 'refused', because: `the signature of ${name} is not that of the text` }
    by.push({ ...checked, key, line })
  }
  if (by.length === 0) return { kind: 'refused', because: 'no known key signed it' }
  return { kind: 'signed', text, by }
}

/** A note's text and signature lines, unchecked; why it is none, otherwise. */
function partsOf(untrusted: string): { text: string; lines: readonly string[] } | string {
  if (untrusted.length > CHARACTERS_MAX) return 'it is larger than a note may be'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a note must not have
  if (/[\u0000-\u0009\u000b-\u001f]/.test(untrusted)) return 'it has control characters'
  const border = untrusted.lastIndexOf('\n\n')
  if (border < 0 || !untrusted.endsWith('\n')) return 'it has no signature'
  const lines = untrusted.slice(border + 2).match(/[^\n]*\n/g) ?? []
  if (lines.length === 0 || lines.length > SIGNATURES_MAX) return 'it has no signature, or too many'
  return { text: untrusted.slice(0, border + 1), lines }
}

function check(text: string, key: VerifierKey, bytes: Buffer): { seconds?: number } | undefined {
  switch (key.kind) {
    case 'note':
      return verify(null, Buffer.from(text), key.key, bytes) ? {} : undefined
    case 'cosignature': {
      if (bytes.length <= TIME_BYTES) return undefined
      const seconds = Number(bytes.readBigUInt64BE())
      const isRight = verify(null, cosigned(text, seconds), key.key, bytes.subarray(TIME_BYTES))
      return isRight ? { seconds } : undefined
    }
  }
}

function cosigned(text: string, seconds: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
}

function signatureLine({ verifier }: SigningKey, signature: Uint8Array): string {
  const bytes = Buffer.concat([Buffer.from(verifier.id, 'hex'), signature])
  return `— ${verifier.name} ${bytes.toString('base64')}\n`
}
