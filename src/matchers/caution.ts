/** Caution: asks a remote service within its rate and our time, and stops asking one that keeps failing. */
import { type Ask, ask as askOutside } from '#ground/wire/ask'
import { retrying } from '#ground/wire/retrying'
import { Fault } from '#terms/fault'
import { type Clock, Rate, SYSTEM_CLOCK } from './rate.ts'

/** How a remote matcher is asked. */
export interface CautionLimits {
  /** Requests in a second at most. */
  readonly requestsPerSecond: number
  /** From the question to the answer, waiting for a turn and trying again included. */
  readonly secondsMax: number
  /** Times one question is sent at most. */
  readonly triesMax: number
  /** Failures in a row after which it is left alone for a while. */
  readonly failuresMax: number
  /** How long it is left alone at first; doubled each time the first question afterwards fails too. */
  readonly pauseSeconds: number
}

const PAUSE_SECONDS_MAX = 600
const RETRY_WAIT_SECONDS_MAX = 5

/** What is not the system's own: for tests. */
export interface Outside {
  readonly ask?: Ask
  readonly clock?: Clock
}

/** Why there is no answer. */
export interface Unanswered {
  readonly kind: 'unanswered'
  readonly because: string
}

/** There is no turn in time: that says nothing of the service. */
class Crowded extends Error {
  constructor() {
    super('too many questions wait for their turn')
  }
}

/** The way to one remote service. It lives as long as its matcher. */
export class Caution {
  readonly rate: Rate
  readonly #limits: CautionLimits
  readonly #clock: Clock
  readonly #ask: Ask
  #failures = 0
  #pauses = 0
  #closedUntil = 0
  #trying = false
  #lastBecause = ''

  constructor(limits: CautionLimits, outside: Outside = {}) {
    this.#limits = limits
    this.#clock = outside.clock ?? SYSTEM_CLOCK
    this.rate = new Rate(limits.requestsPerSecond, this.#clock)
    this.#ask = this.#patient(outside.ask ?? askOutside)
  }

  /** Why nothing is asked now; undefined when something is. */
  get pausedBecause(): string | undefined {
    if (this.#clock.now() >= this.#closedUntil) return undefined
    return `it failed ${this.#failures} times in a row (${this.#lastBecause}) and is left alone for a while`
  }

  /**
   * Asks, unless it is left alone.
   *
   * @param question throws a Fault when the service failed; what it gives counts as an answer
   */
  async question<T>(
    question: (ask: Ask, stop: AbortSignal) => Promise<T>,
    stop?: AbortSignal,
  ): Promise<T | Unanswered> {
    const paused = this.pausedBecause
    if (paused !== undefined) return { kind: 'unanswered', because: paused }
    // After a pause one question goes first; the others wait for how it ends.
    const isTrial = this.#pauses > 0
    if (isTrial && this.#trying)
      return { kind: 'unanswered', because: 'it is being tried again after a pause' }
    this.#trying = isTrial
    const time = AbortSignal.timeout(this.#limits.secondsMax * 1000)
    try {
      const answer = await question(this.#ask, stop ? AbortSignal.any([stop, time]) : time)
      this.#failures = 0
      this.#pauses = 0
      this.#closedUntil = 0
      return answer
    } catch (error) {
      if (error instanceof Crowded) return { kind: 'unanswered', because: error.message }
      if (stop?.aborted) return { kind: 'unanswered', because: 'the question was given up' }
      return this.#failed(time.aborted ? `it took longer than ${this.#limits.secondsMax} s` : wordsOf(error))
    } finally {
      if (isTrial) this.#trying = false
    }
  }

  #failed(because: string): Unanswered {
    this.#failures += 1
    this.#lastBecause = because
    // Those that were under way together count as one for how long it is left alone.
    if (this.#failures >= this.#limits.failuresMax && this.pausedBecause === undefined) {
      const seconds = Math.min(this.#limits.pauseSeconds * 2 ** this.#pauses, PAUSE_SECONDS_MAX)
      this.#closedUntil = this.#clock.now() + seconds * 1000
      this.#pauses += 1
    }
    return { kind: 'unanswered', because }
  }

  /** Every try takes its own turn. */
  #patient(ask: Ask): Ask {
    const { secondsMax, triesMax } = this.#limits
    const inTurn: Ask = async (given) => {
      // Half of the time may go by in waiting; the rest is for the answer.
      if (await this.rate.turn(secondsMax * 500, given.stop)) return ask(given)
      throw new Crowded()
    }
    return retrying(inTurn, {
      triesMax,
      posts: true, // a question may be asked twice
      waitSecondsMax: Math.min(secondsMax, RETRY_WAIT_SECONDS_MAX),
      wait: (seconds, stop) => this.#clock.wait(seconds * 1000, stop),
    })
  }
}

/** A fault's words; anything else is a bug and is not hidden. */
function wordsOf(error: unknown): string {
  if (error instanceof Fault) return error.message
  throw error
}
