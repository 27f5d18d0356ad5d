/** Turns: long work in the thread that answers, done a few milliseconds at a time so that look-ups have theirs. */
import { setImmediate as turn } from 'node:timers/promises'

const MILLISECONDS_MAX = 4

export class Turns {
  readonly #stop: AbortSignal | undefined
  #since = performance.now()

  constructor(stop?: AbortSignal) {
    this.#stop = stop
  }

  /** Counts from now. */
  begin(): void {
    this.#since = performance.now()
  }

  /** Lets everything else have its turn where the work has lasted long enough. @throws the signal's reason once it is aborted */
  async yield(): Promise<void> {
    if (performance.now() - this.#since < MILLISECONDS_MAX) return
    await turn()
    this.#stop?.throwIfAborted()
    this.begin()
  }
}
