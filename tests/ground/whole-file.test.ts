import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WholeFileSink, writeWholeFile } from '#ground/whole-file'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutela-whole-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write =
  (text: string) =>
  async (sink: WholeFileSink): Promise<void> =>
    sink.write(Buffer.from(text))

describe('a file written whole', () => {
  it('has every byte in order, also of writes larger than what is gathered, and those rewritten at its front', async () => {
    const file = join(folder, 'a')
    const parts = [
      Buffer.alloc(5, 1),
      Buffer.alloc(3_000_000, 2),
      Buffer.alloc(700_000, 3),
      Buffer.alloc(700_000, 4),
    ]
    const size = await writeWholeFile(file, {}, async (sink) => {
      for (const part of parts) await sink.write(part)
      await sink.rewrite(Buffer.from([9, 9]), 0)
      await sink.write(Buffer.from([7]))
      return sink.size
    })
    const expected = Buffer.concat([...parts, Buffer.from([7])])
    expected.set([9, 9])
    expect(readFileSync(file).equals(expected)).toBe(true)
    expect(size).toBe(expected.length)
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('does not replace another unless told, even one that came while it was written', async () => {
    const file = join(folder, 'a')
    writeFileSync(file, 'old')
    await expect(writeWholeFile(file, {}, write('new'))).rejects.toMatchObject({ code: 'output.failed' })
    expect(readFileSync(file, 'utf8')).toBe('old')
    await writeWholeFile(file, { overwrite: true }, write('new'))
    expect(readFileSync(file, 'utf8')).toBe('new')
    const late = join(folder, 'late')
    const racing = writeWholeFile(late, {}, async (sink) => {
      await sink.write(Buffer.from('mine'))
      writeFileSync(late, 'theirs')
    })
    await expect(racing).rejects.toMatchObject({ code: 'output.failed' })
    expect(readFileSync(late, 'utf8')).toBe('theirs')
    expect(readdirSync(folder).toSorted()).toEqual(['a', 'late'])
  })

  it('leaves nothing, and the old file as it was, when its content fails half way', async () => {
    const file = join(folder, 'a')
    writeFileSync(file, 'old')
    const failing = writeWholeFile(file, { overwrite: true }, async (sink) => {
      await sink.write(Buffer.alloc(2_000_000))
      throw new Error('no more')
    })
    await expect(failing).rejects.toThrow('no more')
    expect(readFileSync(file, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('takes the place of no link and no device', async () => {
    const target = join(folder, 'target')
    const link = join(folder, 'link')
    writeFileSync(target, 'old')
    symlinkSync(target, link)
    await expect(writeWholeFile(link, { overwrite: true }, write('new'))).rejects.toMatchObject({
      code: 'output.failed',
    })
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('old')
    await expect(writeWholeFile('/dev/null', { overwrite: true }, write('new'))).rejects.toMatchObject({
      code: 'output.failed',
    })
  })

  it('says where it could not be written', async () => {
    const file = join(folder, 'absent', 'a')
    await expect(writeWholeFile(file, {}, write('x'))).rejects.toMatchObject({
      code: 'output.failed',
      message: expect.stringContaining(file),
    })
    expect(existsSync(file)).toBe(false)
  })
})
