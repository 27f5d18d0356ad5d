/** Screen: a picture drawn with characters on the terminal's second screen, which keeps no history, until a key is pressed. */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

const ENTER = '\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l'
const LEAVE = '\x1b[2J\x1b[H\x1b[?25h\x1b[?1049l'
const UPPER_HALF = '▀'

/** By these a program is ended from elsewhere, or its terminal closed: the picture goes first, and its viewing is ended. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Shows a picture until a key is pressed, its time is over or the program is to end, and wipes it.
 *
 * @returns true for Enter or the space bar: it was seen; false for any other key, and when something else ended it
 */
export async function onScreen(picture: Buffer, secondsMax: number): Promise<boolean> {
  const { default: sharp } = await import('sharp')
  const { data, info } = await sharp(picture)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const lines = linesOf(data, info)
  const { stdin, stdout } = process
  const wipe = (): void => void stdout.write(LEAVE)
  process.once('exit', wipe)
  stdin.setRawMode(true).resume()
  stdout.write(`${ENTER}${lines.join('\r\n')}\r\nEnter: seen. Any other key: enough.`)
  const stop = new AbortController()
  let end = (): void => {}
  const ended = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined)
  })
  for (const signal of SIGNALS) process.on(signal, end)
  try {
    const pressed = once(stdin, 'data', { signal: stop.signal }).then(([key]) => String(key))
    const over = pause(secondsMax * 1000, undefined, { signal: stop.signal })
    const key = await Promise.race([pressed, over, ended])
    return key === '\r' || key === '\n' || key === ' '
  } finally {
    wipe()
    process.off('exit', wipe)
    for (const signal of SIGNALS) process.off(signal, end)
    stop.abort()
    stdin.setRawMode(false).pause()
  }
}

/** Lines of characters, each two points high: the upper one is its colour, the lower one its ground. */
export function linesOf(
  rgb: Uint8Array,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: number },
): string[] {
  const colour = (x: number, y: number): string => {
    const at = (y * width + x) * channels
    const part = (channel: number): number =>
      y < height ? (rgb[at + Math.min(channel, channels - 1)] ?? 0) : 0
    return `${part(0)};${part(1)};${part(2)}`
  }
  return Array.from({ length: Math.ceil(height / 2) }, (_, row) => {
    const cells = Array.from(
      { length: width },
      (__, x) => `\x1b[38;2;${colour(x, row * 2)}m\x1b[48;2;${colour(x, row * 2 + 1)}m${UPPER_HALF}`,
    )
    return `${cells.join('')}\x1b[0m`
  })
}
