/** Output: standard output that honours back-pressure, and ends quietly when its reader goes away. */
import { once } from 'node:events'

/** Thrown when whoever read standard output has gone. */
export class ReaderGone extends Error {
  constructor() {
    super('the reader of standard output has gone')
    this.name = 'ReaderGone'
  }
}

let gone = false
let failure: NodeJS.ErrnoException | undefined

/** Makes a failure of standard output known to the next write, instead of an uncaught error. Called once, at the start. */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') gone = true
    else failure = error
  })
  process.stderr.on('error', () => {}) // nobody is left to tell
}

/**
 * Writes text, and waits while the reader is slower.
 *
 * @throws ReaderGone when nobody reads any more; the stream's own error when it failed otherwise
 */
export async function write(text: string): Promise<void> {
  check()
  if (process.stdout.write(text)) return
  await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch(() => {})
  check()
}

function check(): void {
  if (gone) throw new ReaderGone()
  if (failure) throw failure
}

/** Writes one value as one line of JSON. */
export async function writeJson(value: unknown): Promise<void> {
  await write(`${JSON.stringify(value)}\n`)
}

/** Waits until everything written has left the program. */
export async function flush(): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  check()
}

/** Writes a line for the person at the terminal, beside the results. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
