/** Text digest: free text stands in its table alone; its event holds this. */
import { createHash } from 'node:crypto'
import type { Canonical } from '#terms/event'
import type { Session } from './database.ts'

/** The keyed digest of a text, as an event holds it: `hmac:KEY:DIGEST`. @throws Fault `config.invalid`, `output.failed` */
export function textDigest(session: Session, text: string): string {
  return session.digests.digest(text)
}

/** A text of the state, by every form in which an event may hold it; `keyed` is null without the key. */
export interface TextForms {
  readonly keyed: string | null
  /** SHA-256 in hex, which events held before digests were keyed. */
  readonly plain: string
  readonly [key: string]: Canonical
}

/** The forms of a text of the state. Nothing is made for it: to verify writes nothing. @throws Fault `config.invalid` */
export function textForms(session: Session, text: string): TextForms {
  const plain = createHash('sha256').update(text).digest('hex')
  return { keyed: session.digests.digestIfKeyed(text) ?? null, plain }
}
