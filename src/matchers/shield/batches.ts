/** Batches: hashes that several items ask about at the same time go to Shield together. */
import type { Unanswered } from '../caution.ts'
import type { ShieldSaid } from './answer.ts'

/** What Shield takes at once; its own limit is not published. */
export const BATCH_HASHES_MAX = 100
/** Hashes that wait at most; beyond them a question is not taken. */
const WAITING_HASHES_MAX = 10_000
const BATCHES_AT_ONCE = 2

export type HashSaid = ShieldSaid | Unanswered

/** Asks about some hashes in one request. Never rejects. */
export type AskBatch = (hashes: readonly string[]) => Promise<ReadonlyMap<string, ShieldSaid> | Unanswered>

/** Gathers hashes while requests are on their way, and sends what has gathered when one is back. */
export class Batches {
  readonly #ask: AskBatch
  /** Who waits for the answer to each hash that was not sent yet. */
  readonly #waiting = new Map<string, ((said: HashSaid) => void)[]>()
  #underWay = 0

  constructor(ask: AskBatch) {
    this.#ask = ask
  }

  /** What Shield says of a hash, in base64. */
  ask(hash: string): Promise<HashSaid> {
    const sharing = this.#waiting.get(hash)
    if (!sharing && this.#waiting.size >= WAITING_HASHES_MAX)
      return Promise.resolve({ kind: 'unanswered', because: 'too many questions wait for their turn' })
    return new Promise((resolve) => {
      if (sharing) sharing.push(resolve)
      else this.#waiting.set(hash, [resolve])
      setImmediate(() => this.#send()) // those that ask in the same moment go along
    })
  }

  #send(): void {
    while (this.#underWay < BATCHES_AT_ONCE && this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, BATCH_HASHES_MAX)
      for (const [hash] of batch) this.#waiting.delete(hash)
      this.#underWay += 1
      void this.#ask(batch.map(([hash]) => hash)).then((answer) => {
        for (const [hash, told] of batch) {
          const said = answer instanceof Map ? answer.get(hash) : (answer as Unanswered)
          for (const tell of told)
            tell(said ?? { kind: 'unanswered', because: 'its answer leaves out a hash' })
        }
        this.#underWay -= 1
        this.#send()
      })
    }
  }
}
