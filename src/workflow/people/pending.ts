/** Pending: what a sign-in began and must finish within minutes, once; kept in memory alone. */
import { randomBytes } from 'node:crypto'

/** Of each kind; then the oldest of that kind is forgotten. */
const PENDING_MAX = 10_000
/** From one place; then its own oldest is forgotten, so that whoever begins thousands takes nothing from others. */
const FROM_ONE_MAX = 64
const MINUTES = 5
const WORD_BYTES = 32

/** What is kept of a sign-in under way. */
export type Begun =
  | { readonly kind: 'passkey-added'; readonly person: string }
  | { readonly kind: 'passkey' }
  | { readonly kind: 'oidc'; readonly verifier: string; readonly nonce: string; readonly setup?: string }

interface Kept {
  readonly what: Begun
  readonly from: string
  /** Milliseconds since 1970. */
  readonly until: number
}

/** What was begun of one kind, in the order in which it was. */
class Pool {
  readonly #words = new Map<string, Kept>()
  readonly #byFrom = new Map<string, Set<string>>()

  keep(word: string, kept: Kept, now: number): void {
    for (const [oldest, { until }] of this.#words) {
      if (until >= now) break
      this.take(oldest)
    }
    const own = this.#byFrom.get(kept.from) ?? new Set()
    if (own.size >= FROM_ONE_MAX) this.#forgetFirst(own)
    if (this.#words.size >= PENDING_MAX) this.#forgetFirst(this.#words)
    this.#words.set(word, kept)
    this.#byFrom.set(kept.from, own.add(word))
  }

  take(word: string): Kept | undefined {
    const found = this.#words.get(word)
    if (found === undefined) return undefined
    this.#words.delete(word)
    const own = this.#byFrom.get(found.from)
    own?.delete(word)
    if (own?.size === 0) this.#byFrom.delete(found.from)
    return found
  }

  #forgetFirst(words: { keys(): IterableIterator<string> }): void {
    const [oldest] = words.keys()
    if (oldest !== undefined) this.take(oldest)
  }
}

/** The sign-ins that were begun here, each by a word that nobody can guess. */
export class Pending {
  readonly #pools: Readonly<Record<Begun['kind'], Pool>> = {
    'passkey-added': new Pool(),
    passkey: new Pool(),
    oidc: new Pool(),
  }

  /**
   * Keeps what was begun; where there are too many, the oldest is forgotten.
   *
   * @param from whose it is: an address as its attempts are counted, or somebody who is signed in
   * @returns the word to finish it by
   */
  begin(what: Begun, from: string, now: Date): string {
    const word = randomBytes(WORD_BYTES).toString('base64url')
    const until = now.getTime() + MINUTES * 60_000
    this.#pools[what.kind].keep(word, { what, from, until }, now.getTime())
    return word
  }

  /** Takes what was begun by a word, for good. @returns undefined where there is none, it is of another kind, or too old */
  take<K extends Begun['kind']>(word: string, kind: K, now: Date): Extract<Begun, { kind: K }> | undefined {
    const found = this.#pools[kind].take(word)
    if (found === undefined || found.until < now.getTime()) return undefined
    return found.what as Extract<Begun, { kind: K }>
  }
}
