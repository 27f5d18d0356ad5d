/** Backup progress: a line on standard error, on a terminal only, that says how far a backup or restore is. */
import type { BackupAt, Told } from '#store/backup/told'
import { counted, readableBytes, readableSeconds } from './numbers.ts'
import { barOf, openLine, type Terminal } from './terminal-line.ts'

export interface BackupProgress {
  readonly told: Told
  stop(): void
}

const WORDS: Readonly<Record<BackupAt['step'], string>> = {
  write: 'writing',
  read: 'reading it to its end',
  restore: 'restoring',
  check: 'checking what was restored',
}

/** @param isShown false with `--json`: a program reads that, and nobody looks */
export function openBackupProgress(
  isShown: boolean,
  terminal: Terminal = process.stderr,
  now: () => number = () => performance.now(),
): BackupProgress {
  if (!isShown || !terminal.isTTY) return { told: () => {}, stop: () => {} }
  let at: BackupAt | undefined
  let since = now()
  const line = openLine(terminal, () => (at ? formatted(at, (now() - since) / 1000) : ''))
  return {
    told: (next) => {
      if (next.step !== at?.step) since = now()
      at = next
    },
    stop: () => line.stop(),
  }
}

function formatted({ step, done, total }: BackupAt, seconds: number): string {
  if (step === 'check') return WORDS.check
  const said = step === 'write' ? counted(done, 'row') : `${readableBytes(done)} of ${readableBytes(total)}`
  const parts = [WORDS[step], said]
  const perSecond = done / Math.max(seconds, 0.001)
  if (total > done && done > 0) parts.push(`about ${readableSeconds((total - done) / perSecond)} left`)
  return `${barOf(done, total)} ${parts.join('  ')}`
}
