/** Screen: a picture does not stay at a terminal whose program is ended from elsewhere. */
import sharp from 'sharp'
import { expect, onTestFinished, test, vi } from 'vitest'
import { onScreen } from '../../src/cli/vault/screen.ts'

test('a picture is wiped, and was not seen to its end, when its program is to end or its terminal is closed', async () => {
  const picture = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const { stdin, stdout } = process
  const raw = Object.getOwnPropertyDescriptor(stdin, 'setRawMode')
  const modes: boolean[] = []
  const setRawMode = (isRaw: boolean): typeof stdin => {
    modes.push(isRaw)
    return stdin
  }
  Object.defineProperty(stdin, 'setRawMode', { value: setRawMode, configurable: true })
  const write = vi.spyOn(stdout, 'write').mockReturnValue(true)
  onTestFinished(() => {
    write.mockRestore()
    if (raw) Object.defineProperty(stdin, 'setRawMode', raw)
    else Reflect.deleteProperty(stdin, 'setRawMode')
  })
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    const before = process.listenerCount(signal)
    const shown = onScreen(picture, 600)
    await vi.waitFor(() => expect(process.listenerCount(signal)).toBe(before + 1))
    process.emit(signal)
    expect(await shown).toBe(false)
    expect(String(write.mock.calls.at(-1)?.[0])).toContain('\x1b[2J')
    expect(modes.at(-1)).toBe(false)
    expect(process.listenerCount(signal)).toBe(before)
  }
})
