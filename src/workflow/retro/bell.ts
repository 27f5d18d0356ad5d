/** Bell: somebody waits for it, for a time at most; rung while nobody waits, it is heard by the next who does. */

export class Bell {
  #isRung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#isRung = true
    this.#wake?.()
  }

  /** Settles when it is rung, the time is up, or it is stopped. */
  async heard(millisecondsMax: number, stop: AbortSignal): Promise<void> {
    if (!this.#isRung && !stop.aborted) {
      await new Promise<void>((resolve) => {
        const over = (): void => {
          clearTimeout(timer)
          stop.removeEventListener('abort', over)
          this.#wake = undefined
          resolve()
        }
        const timer = setTimeout(over, millisecondsMax)
        timer.unref()
        stop.addEventListener('abort', over)
        this.#wake = over
      })
    }
    this.#isRung = false
  }
}
