/** Together: what is asked in the same moment is looked up together: memory serves many at once sooner than one by one. */
import type { HashedItem } from '#contract/item'
import type { Client } from '#terms/client'
import type { GateVerdict } from '#terms/gate'
import { type ParsedItem, parsedItem } from './item.ts'
import { type GateDesk, matchParsed } from './match.ts'

interface Waiting {
  readonly item: ParsedItem
  resolve(verdict: GateVerdict): void
  reject(error: unknown): void
}

/** Gathers what comes within one turn of the event loop; nobody waits longer than that. */
export class Together {
  readonly #desk: GateDesk
  #waiting = new Map<Client, Waiting[]>()

  constructor(desk: GateDesk) {
    this.#desk = desk
  }

  /**
   * Looks up one item by its hashes.
   *
   * @throws Fault `index.not-ready`; `request.invalid`
   */
  async match(client: Client, item: HashedItem): Promise<GateVerdict> {
    const parsed = parsedItem(item)
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) setImmediate(() => this.#answer())
      const waiting = this.#waiting.get(client)
      const one = { item: parsed, resolve, reject }
      if (waiting) waiting.push(one)
      else this.#waiting.set(client, [one])
    })
  }

  #answer(): void {
    const all = this.#waiting
    this.#waiting = new Map()
    for (const [client, waiting] of all) void this.#answerClient(client, waiting)
  }

  async #answerClient(client: Client, waiting: readonly Waiting[]): Promise<void> {
    try {
      const items = waiting.map(({ item }) => item)
      const verdicts = await matchParsed(this.#desk, client, items)
      for (const [at, { resolve }] of waiting.entries()) {
        const verdict = verdicts[at]
        if (verdict === undefined)
          throw new Error(`${verdicts.length} of ${waiting.length} items were answered`)
        resolve(verdict)
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
}
