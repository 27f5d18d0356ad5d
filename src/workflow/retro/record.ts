/** Record: hashes of what the gate let through are kept for clients who want to be told of later matches. */
import type { Session } from '#store/database'
import { keepPassed, type Passed } from '#store/passed'
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import type { GateVerdict } from '#terms/gate'
import { HASH_BYTES } from '#terms/hash'
import type { Fingerprint } from '#terms/lookup'

/** One item that was looked up. */
export interface LookedUpItem {
  readonly client: Client
  readonly verdict: GateVerdict
  readonly fingerprint: Fingerprint
  /** The client's own token for it; without one there is nothing by which to tell it later. */
  readonly reference?: string
  /** Number of the change as of which it was looked up, read before it was. */
  readonly number: number
}

/** Items that are written together at most. */
const TOGETHER_MAX = 500
const HOUR_MILLISECONDS = 3_600_000

/** Keeps what passed. Those that come while others are being written are written together after them. */
export class PassedRecorder {
  readonly #session: Session
  readonly #now: () => Date
  #waiting: { readonly item: Passed; readonly told: (error?: unknown) => void }[] = []
  #isWriting = false

  constructor(session: Session, now: () => Date) {
    this.#session = session
    this.#now = now
  }

  /**
   * Keeps an item where its client wants that and it was let through without a match.
   *
   * @returns once it is kept: what is answered after it cannot be lost
   * @throws Fault `store.unreachable`; `request.invalid` for a reference that cannot be kept
   */
  async record(looked: LookedUpItem): Promise<void> {
    const item = passedOf(looked, this.#now())
    if (!item) return
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ item, told: (error) => (error === undefined ? resolve() : reject(error)) })
      if (!this.#isWriting) void this.#write()
    })
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, TOGETHER_MAX)
      const error = await keepPassed(
        this.#session,
        together.map(({ item }) => item),
      ).then(
        () => undefined,
        (reason: unknown) => reason ?? new Error('an item could not be kept'),
      )
      for (const { told } of together) told(error)
    }
    this.#isWriting = false
  }
}

function passedOf(
  { client, verdict, fingerprint, reference, number }: LookedUpItem,
  at: Date,
): Passed | undefined {
  if (!client.retro || reference === undefined) return undefined
  if (verdict.verdict === 'match' || verdict.decision !== 'allow') return undefined
  // The database has no such character; one item must not fail those that are written with it.
  if (reference.includes('\0')) throw new Fault('request.invalid', 'the reference has a null character')
  const { digests, pdq } = fingerprint
  if (pdq.length === 0 && Object.keys(digests).length === 0) return undefined
  const expiresAt = new Date(at.getTime() + client.retro.keepHours * HOUR_MILLISECONDS)
  return { client: client.id, reference, at, expiresAt, number, digests, pdq: packed(pdq) }
}

function packed(pdq: Fingerprint['pdq']): Uint8Array {
  const bytes = new Uint8Array(pdq.length * HASH_BYTES.pdq)
  for (const [at, { hash }] of pdq.entries()) bytes.set(hash, at * HASH_BYTES.pdq)
  return bytes
}
