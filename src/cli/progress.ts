/** Progress: a line on standard error, on a terminal only, that says how far, how fast and how long still. */
import { grouped, readableBytes, readableSeconds } from './numbers.ts'

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
export async function openProgress(): Promise<Progress> {
  return process.stderr.isTTY ? onTerminal() : SILENT
}

async function onTerminal(): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress')
  const begun = performance.now()
  let before: Progressed = { files: 0, bytes: 0, matches: 0 }
  let total = 0
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      fps: 5,
      format: (options, { progress }, { done }: { done: Progressed }) => {
        const seconds = (performance.now() - begun) / 1000
        return formatted({ done, before, total, seconds, bar: barOf(progress, total, options.barsize ?? 24) })
      },
    },
    cliProgress.Presets.shades_classic,
  )
  bar.start(1, 0, { done: before })
  return {
    resumeAt: (done) => {
      before = { files: done.files, bytes: done.bytes, matches: done.matches } // `done` goes on counting
    },
    total: (files) => {
      total = files
      bar.setTotal(files)
    },
    update: (done) => bar.update(total > 0 ? Math.min(done.files, total) : 0, { done }),
    clear: () => process.stderr.write('\r\u001b[K'),
    stop: () => bar.stop(),
  }
}

function barOf(progress: number, total: number, size: number): string {
  const full = total > 0 ? Math.round(progress * size) : 0
  return `${'█'.repeat(full)}${'░'.repeat(size - full)}`
}

function formatted(at: {
  done: Progressed
  before: Progressed
  total: number
  seconds: number
  bar: string
}): string {
  const { done, before, total, seconds, bar } = at
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
  return `${bar} ${parts.join('  ')}`
}
