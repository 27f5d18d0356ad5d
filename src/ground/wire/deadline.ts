/** Deadline: the one clock of a request, and the fault that each way of failing is. */
import { Fault } from '#terms/fault'

/** Aborts a request when its time is up or its caller stops it. It lives until the last byte of the answer. */
export class Deadline {
  readonly #abort = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #stop: AbortSignal | undefined
  readonly #stopped = (): void => this.#abort.abort(this.#stop?.reason)

  /** @param origin scheme, host and port, for the message */
  constructor(secondsMax: number, origin: string, stop: AbortSignal | undefined) {
    this.#stop = stop
    this.#timer = setTimeout(() => {
      this.#abort.abort(new Fault('wire.too-slow', `${origin} took longer than ${secondsMax} s`))
    }, secondsMax * 1000)
    this.#timer.unref() // the connection keeps the program; an answer whose body nobody reads does not
    stop?.addEventListener('abort', this.#stopped)
    if (stop?.aborted) this.#stopped()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Lets go of the timer and of the caller's signal. */
  end(): void {
    clearTimeout(this.#timer)
    this.#stop?.removeEventListener('abort', this.#stopped)
  }
}

/** What an error of the client means; a stop is its own reason. */
export function asWireFault(error: unknown, origin: string, deadline: Deadline): unknown {
  if (deadline.signal.aborted) return deadline.signal.reason
  if (error instanceof Fault) return error
  if (!(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new Fault('wire.too-large', `${origin} sends headers that are too large`, { cause: error })
  if (code === 'UND_ERR_INVALID_ARG') return error
  // A refusal may arrive wrapped in what the connection failed with.
  if (error.cause instanceof Fault) return error.cause
  return new Fault('wire.unreachable', `${origin} gave no whole answer: ${code || error.name}`, {
    cause: error,
  })
}
