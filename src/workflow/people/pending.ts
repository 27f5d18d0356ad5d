/** Pending: what a sign-in began and must finish within minutes, once; kept in memory alone. */
import { randomBytes } from 'node:crypto'

const PENDING_MAX = 10_000
const MINUTES = 5
const WORD_BYTES = 32

/** What is kept of a sign-in under way. */
export type Begun =
  | { readonly kind: 'passkey-added'; readonly person: string }
  | { readonly kind: 'passkey' }
  | { readonly kind: 'oidc'; readonly verifier: string; readonly nonce: string; readonly setup?: string }

/** The sign-ins that were begun here, each by a word that nobody can guess. */
export class Pending {
  readonly #begun = new Map<string, { readonly what: Begun; readonly until: number }>()

  /** Keeps what was begun; where there are too many, the oldest is forgotten. @returns the word to finish it by */
  begin(what: Begun, now: Date): string {
    const word = randomBytes(WORD_BYTES).toString('base64url')
    const [oldest] = this.#begun.keys()
    if (this.#begun.size >= PENDING_MAX && oldest !== undefined) this.#begun.delete(oldest)
    this.#begun.set(word, { what, until: now.getTime() + MINUTES * 60_000 })
    return word
  }

  /** Takes what was begun by a word, for good. @returns undefined where there is none, it is of another kind, or too old */
  take<K extends Begun['kind']>(word: string, kind: K, now: Date): Extract<Begun, { kind: K }> | undefined {
    const found = this.#begun.get(word)
    this.#begun.delete(word)
    if (found === undefined || found.until < now.getTime() || found.what.kind !== kind) return undefined
    return found.what as Extract<Begun, { kind: K }>
  }
}
