/** Clock: time that passes only when somebody waits for it. */
import type { Clock } from '../../src/matchers/rate.ts'

export function steppedClock(): Clock & { advance(milliseconds: number): void; readonly waited: number[] } {
  let at = 1_000_000
  const waited: number[] = []
  return {
    now: () => at,
    wait: async (milliseconds, stop) => {
      stop?.throwIfAborted()
      waited.push(milliseconds)
      at += milliseconds
    },
    advance: (milliseconds) => {
      at += milliseconds
    },
    waited,
  }
}
