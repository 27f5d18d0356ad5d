/** Backup progress: what a person at a terminal is shown, and a program is not. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { openBackupProgress } from '#cli/backup-progress'

function terminal(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 200, written, write: (text: string) => written.push(text) }
}

test('a person is told of each step, how much of it is done, and how long it takes', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const shown = terminal(true)
  let seconds = 0
  const { told, stop } = openBackupProgress(true, shown, () => seconds * 1000)
  const line = (): string => {
    vi.advanceTimersByTime(200)
    return (shown.written.at(-1) ?? '').replace('\r\u001b[K', '')
  }
  told({ step: 'write', done: 0, total: 4_000 })
  seconds = 10
  told({ step: 'write', done: 1_000, total: 4_000 })
  expect(line()).toBe('██████░░░░░░░░░░░░░░░░░░ writing  1 000 rows  about 30 s left')
  told({ step: 'restore', done: 0, total: 2_000_000 })
  seconds = 15
  told({ step: 'restore', done: 1_500_000, total: 2_000_000 })
  expect(line()).toBe('██████████████████░░░░░░ restoring  1.5 MB of 2.0 MB  about 1.7 s left')
  told({ step: 'check', done: 0, total: 0 })
  expect(line()).toBe('checking what was restored')
  stop()
  expect(shown.written.at(-1)).toBe('\r\u001b[K')
  const count = shown.written.length
  vi.advanceTimersByTime(1_000)
  expect(shown.written).toHaveLength(count)
})

test('a program is told nothing: neither with --json nor where standard error is no terminal', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const [asked, piped] = [terminal(true), terminal(false)]
  for (const { told, stop } of [openBackupProgress(false, asked), openBackupProgress(true, piped)]) {
    told({ step: 'read', done: 1, total: 2 })
    vi.advanceTimersByTime(1_000)
    stop()
  }
  expect([...asked.written, ...piped.written]).toEqual([])
})
