/** Terminal line: one line at the foot of a terminal, drawn anew now and then, which other text pushes on. */

/** How often the line is drawn anew, in milliseconds. */
const DRAWN_EVERY = 200
const BAR_CHARACTERS = 24
const CLEARED = '\r\u001b[K'

/** What a line needs of a terminal. */
export interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface TerminalLine {
  /** Takes the line away so that other text can be written. */
  clear(): void
  stop(): void
}

/** Draws a line until it is stopped. Whatever saves and restores the cursor would write over the text of others. */
export function openLine(terminal: Terminal, drawn: () => string): TerminalLine {
  const clear = (): void => void terminal.write(CLEARED)
  const draw = (): void => {
    terminal.write(CLEARED + drawn().slice(0, Math.max(20, (terminal.columns ?? 80) - 1)))
  }
  const timer = setInterval(draw, DRAWN_EVERY).unref()
  return {
    clear,
    stop: () => {
      clearInterval(timer)
      clear()
    },
  }
}

/** A bar that is filled by the share that is done; empty where there is no total. */
export function barOf(done: number, total: number): string {
  const full = total > 0 ? Math.round(Math.min(1, done / total) * BAR_CHARACTERS) : 0
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CHARACTERS - full)}`
}
