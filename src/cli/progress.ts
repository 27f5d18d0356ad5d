/** Progress: a line on standard error, on a terminal only, that says how far, how fast and how long still. */
import { grouped, readableBytes, readableSeconds } from './numbers.ts'
import { barOf, openLine } from './terminal-line.ts'

/** Counts to show. */
export interface Progressed {
  readonly files: number
  readonly bytes: number
  readonly matches: number
}

export interface Progress {
  /** Files and bytes of earlier sessions, which say nothing of this one's speed. */
  resumeAt(done: Progressed): void
  /** How many files there are, once that is known. */
  total(files: number): void
  update(done: Progressed): void
  /** Takes the line away so that other text can be written. */
  clear(): void
  stop(): void
}

const SILENT: Progress = {
  resumeAt: () => {},
  total: () => {},
  update: () => {},
  clear: () => {},
  stop: () => {},
}

/** Progress on the terminal; silent where standard error is none. */
export function openProgress(): Progress {
  return process.stderr.isTTY ? onTerminal(process.stderr) : SILENT
}

function onTerminal(terminal: NodeJS.WriteStream): Progress {
  const begun = performance.now()
  let before: Progressed = { files: 0, bytes: 0, matches: 0 }
  let done = before
  let total = 0
  const { clear, stop } = openLine(terminal, () =>
    formatted({ done, before, total, seconds: (performance.now() - begun) / 1000 }),
  )
  return {
    resumeAt: ({ files, bytes, matches }) => {
      before = { files, bytes, matches }
      done = before
    },
    total: (files) => {
      total = files
    },
    update: ({ files, bytes, matches }) => {
      done = { files, bytes, matches }
    },
    clear,
    stop,
  }
}

function formatted(at: { done: Progressed; before: Progressed; total: number; seconds: number }): string {
  const { done, before, total, seconds } = at
  const filesPerSecond = (done.files - before.files) / Math.max(seconds, 0.001)
  const bytesPerSecond = (done.bytes - before.bytes) / Math.max(seconds, 0.001)
  const parts = [
    total > 0 ? `${grouped(done.files)} of ${grouped(total)} files` : `${grouped(done.files)} files`,
    `${filesPerSecond.toFixed(0)} files/s`,
    `${readableBytes(bytesPerSecond)}/s`,
    `matches ${grouped(done.matches)}`,
  ]
  if (total > done.files && filesPerSecond > 0) {
    parts.push(`${readableSeconds((total - done.files) / filesPerSecond)} left`)
  }
  return `${barOf(done.files, total)} ${parts.join('  ')}`
}
