/** Interruption: Ctrl-C and a polite kill ask the work in hand to be finished; a second one does not wait. */
import { EXIT, type ExitCode } from './exit.ts'
import { say } from './output.ts'

/** A wish to stop, and the exit code that tells it. */
export interface Interruption {
  readonly signal: AbortSignal
  /** The exit code for the signal that came; undefined while none has. */
  exitCode(): ExitCode | undefined
  /** Stop listening. */
  release(): void
}

/** Thrown when Ctrl-C came while nothing was under way. */
export class Interrupted extends Error {}

/** Listens for SIGINT and SIGTERM; the first one says `words`. */
export function interruption(
  words = 'Finishing the files in hand; press Ctrl-C again to stop at once.',
): Interruption {
  const stop = new AbortController()
  let came: ExitCode | undefined
  const listen = (code: ExitCode) => (): void => {
    if (came !== undefined) process.exit(code)
    came = code
    say(words)
    stop.abort()
  }
  const onInterrupt = listen(EXIT.interrupted)
  const onTerminate = listen(EXIT.terminated)
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  return {
    signal: stop.signal,
    exitCode: () => came,
    release: () => {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
    },
  }
}
