/** Closing: what was opened one after the other, closed in turn. */
import { errorFields, type Log } from './log.ts'

/** What was opened, closed in reverse; one that fails to close does not keep the others open. */
export class Closing {
  readonly #log: Log
  readonly #steps: { readonly name: string; readonly close: () => Promise<unknown> }[] = []

  constructor(log: Log) {
    this.#log = log
  }

  add(name: string, close: () => Promise<unknown>): void {
    this.#steps.push({ name, close })
  }

  async all(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const { name } = step
      await step.close().catch((error: unknown) => {
        this.#log.error(`${name} could not be closed`, errorFields(error))
      })
    }
  }
}
