/** Rate: how often somebody else's service is asked: evenly spaced, whoever waits. */
import { setTimeout as delay } from 'node:timers/promises'

/** A clock and a way to wait by it. */
export interface Clock {
  /** Milliseconds, from any beginning. */
  readonly now: () => number
  /** Waits; rejects with the reason of `stop`. */
  readonly wait: (milliseconds: number, stop?: AbortSignal) => Promise<void>
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  wait: async (milliseconds, stop) => {
    await delay(milliseconds, undefined, { ...(stop && { signal: stop }) }).catch(() => {
      throw stop?.reason
    })
  },
}

/** Turns at a service: no two are closer than the rate allows, so no second holds more of them than that. */
export class Rate {
  readonly #spacing: number
  readonly #clock: Clock
  #next = 0

  /** @param perSecond turns in a second */
  constructor(perSecond: number, clock: Clock) {
    this.#spacing = 1000 / perSecond
    this.#clock = clock
  }

  /**
   * Waits for a turn.
   *
   * @returns false, at once, when it would come later than `millisecondsMax` from now
   */
  async turn(millisecondsMax: number, stop?: AbortSignal): Promise<boolean> {
    const now = this.#clock.now()
    const at = Math.max(this.#next, now)
    if (at - now > millisecondsMax) return false
    this.#next = at + this.#spacing
    if (at > now) await this.#clock.wait(at - now, stop)
    return true
  }

  /** Gives no turn for so long: the service said so. */
  pause(milliseconds: number): void {
    this.#next = Math.max(this.#next, this.#clock.now() + milliseconds)
  }
}
