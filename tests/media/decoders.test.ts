/** Decoders: files of every kind read once through confined children, each with digests and a word on its content. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Decoders, openDecoders } from '#media/decoders'
import type { FileReading } from '#terms/media'
import { unreadBecause } from '../../src/media/file.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawn, pngOf, scene } from './pictures.ts'

let decoders: Decoders
beforeAll(async () => {
  decoders = await openDecoders({ jobs: 2, sandbox: 'auto' })
})
afterAll(() => decoders.close())

const PICTURES = { pictures: true }

async function readBytes(bytes: Buffer, name = 'file', from = decoders): Promise<FileReading> {
  const file = join(await temporaryFolder(), name)
  writeFileSync(file, bytes)
  return from.read(file, PICTURES)
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

test('a picture has its digests and its hashes, and its name says nothing', async () => {
  const bytes = await drawn(scene(1)).jpeg().toBuffer()
  const reading = await readBytes(bytes, 'notes.txt')
  expect(reading).toMatchObject({
    kind: 'read',
    digests: { bytes: bytes.length, sha256: sha256(bytes) },
    content: { kind: 'picture', format: 'jpeg', width: 320, height: 240 },
  })
  if (reading.kind !== 'read' || reading.content.kind !== 'picture') throw new Error('no picture')
  expect(reading.content.frames[0]?.orientations).toHaveLength(256)
  expect(reading.content).not.toHaveProperty('incomplete')
})

test('a picture whose pixels are not asked for is told by its digests alone', async () => {
  const file = join(await temporaryFolder(), 'a')
  writeFileSync(file, await drawn(scene(1)).png().toBuffer())
  expect(await decoders.read(file, { pictures: false })).toMatchObject({
    kind: 'read',
    content: { kind: 'picture', format: 'png', frames: [] },
  })
})

test('many files at once are each answered with their own hashes', async () => {
  const folder = await temporaryFolder()
  const pictures = await Promise.all(
    Array.from({ length: 24 }, (_, seed) =>
      drawn(scene(seed + 1, 96, 80))
        .png()
        .toBuffer(),
    ),
  )
  const files = pictures.map((bytes, place) => {
    const file = join(folder, String(place))
    writeFileSync(file, bytes)
    return file
  })
  const hashOf = (reading: FileReading): string => {
    if (reading.kind !== 'read' || reading.content.kind !== 'picture') throw new Error('no picture')
    return Buffer.from(reading.content.frames[0]?.orientations ?? []).toString('hex')
  }
  const together = await Promise.all(files.map((file) => decoders.read(file, PICTURES)))
  expect(new Set(together.map(hashOf)).size).toBe(files.length)
  for (const [place, reading] of together.entries()) {
    expect(hashOf(await decoders.read(files[place] ?? '', PICTURES))).toBe(hashOf(reading))
  }
})

describe('what is no regular file is unread, and nothing waits for it', () => {
  test('a folder, a pipe, a link, a socket, a device and nothing at all', async () => {
    const folder = await temporaryFolder()
    const [pipe, link, socket] = [join(folder, 'pipe'), join(folder, 'link'), join(folder, 'socket')]
    execFileSync('mkfifo', [pipe])
    symlinkSync('/etc/passwd', link)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    for (const path of [folder, pipe, link, socket, '/dev/zero']) {
      expect(await decoders.read(path, PICTURES), path).toEqual({ kind: 'unread', because: 'unreadable' })
    }
    await new Promise((resolve) => server.close(resolve))
    expect(await decoders.read('a\0b', PICTURES)).toEqual({ kind: 'unread', because: 'unreadable' })
    expect(await decoders.read(join(folder, 'gone'), PICTURES)).toEqual({
      kind: 'unread',
      because: 'vanished',
    })
  })

  test('a refusal of the file system is told as such', () => {
    const refused = (code: string): Error => Object.assign(new Error(code), { code })
    expect(unreadBecause(refused('EACCES'))).toBe('permission')
    expect(unreadBecause(refused('EPERM'))).toBe('permission')
    expect(unreadBecause(refused('ENOENT'))).toBe('vanished')
    expect(unreadBecause(refused('EIO'))).toBe('unreadable')
  })

  test.skipIf(process.getuid?.() === 0)('a file without permission is unread', async () => {
    const file = join(await temporaryFolder(), 'a')
    writeFileSync(file, 'x', { mode: 0 })
    expect(await decoders.read(file, PICTURES)).toEqual({ kind: 'unread', because: 'permission' })
  })
})

test('names that are not UTF-8 are read by their bytes', async () => {
  const path = Buffer.concat([Buffer.from(`${await temporaryFolder()}/`), Buffer.from('ff80fe', 'hex')])
  writeFileSync(path, 'words')
  expect(await decoders.read(path, PICTURES)).toMatchObject({ kind: 'read', content: { kind: 'other' } })
})

test('an empty file has digests and can hold no picture', async () => {
  expect(await readBytes(Buffer.alloc(0))).toMatchObject({
    kind: 'read',
    digests: { bytes: 0, sha256: sha256(Buffer.alloc(0)) },
    content: { kind: 'other', format: 'empty' },
  })
})

test.skipIf(!existsSync('/proc/self/status'))(
  'a file that is longer than it said is read to its end',
  async () => {
    const reading = await decoders.read('/proc/self/limits', PICTURES)
    expect(reading).toMatchObject({
      kind: 'read',
      digests: { bytes: readFileSync('/proc/self/limits').length },
    })
  },
)

describe('large files', () => {
  /** A BMP of noise-free rows, some 17 MB. */
  function largeBmp(): Buffer {
    const { data, width, height } = scene(3, 240, 240)
    const side = 2400
    const bytes = Buffer.alloc(54 + side * side * 3)
    bytes.write('BM', 'latin1')
    bytes.writeUInt32LE(bytes.length, 2)
    bytes.writeUInt32LE(54, 10)
    bytes.writeUInt32LE(40, 14)
    bytes.writeInt32LE(side, 18)
    bytes.writeInt32LE(-side, 22)
    bytes.writeUInt16LE(1, 26)
    bytes.writeUInt16LE(24, 28)
    const row = Buffer.alloc(side * 3)
    for (let y = 0; y < side; y += 1) {
      const from = Math.floor((y * height) / side) * width * 3
      for (let x = 0; x < side; x += 1)
        data.copy(row, x * 3, from + Math.floor(x / 10) * 3, from + Math.floor(x / 10) * 3 + 3)
      row.copy(bytes, 54 + y * side * 3)
    }
    return bytes
  }

  test('a picture too large to hold passes through in chunks', async () => {
    const bytes = largeBmp()
    expect(await readBytes(bytes)).toMatchObject({
      digests: { bytes: bytes.length, sha256: sha256(bytes) },
      content: { kind: 'picture', format: 'bmp', width: 2400, height: 2400 },
    })
  })

  test('above the byte limit there are digests and no pixels', async () => {
    const small = await openDecoders({ jobs: 1, sandbox: 'off', limits: { bytesMax: 1_000_000 } })
    const bytes = largeBmp()
    const tooLarge = { kind: 'unknown', because: 'too-large', format: 'bmp' }
    expect(await readBytes(bytes, 'large', small)).toMatchObject({
      digests: { sha256: sha256(bytes) },
      content: tooLarge,
    })
    const middling = bytes.subarray(0, 2_000_000)
    expect(await readBytes(middling, 'middling', small)).toMatchObject({
      digests: { sha256: sha256(middling) },
      content: tooLarge,
    })
    await small.close()
  })

  test('above the pixel limit there are digests and no pixels', async () => {
    expect(await readBytes(pngOf(30_000, 30_000, Buffer.alloc(10)))).toMatchObject({
      content: { kind: 'unknown', because: 'too-large', format: 'png' },
    })
  })
})

test('children are replaced after their number of files, unnoticed', async () => {
  const few = await openDecoders({ jobs: 1, sandbox: 'off', limits: { filesPerChild: 3 } })
  const folder = await temporaryFolder()
  const file = join(folder, 'a')
  writeFileSync(
    file,
    await drawn(scene(1, 64, 48))
      .png()
      .toBuffer(),
  )
  const readings = await Promise.all(Array.from({ length: 8 }, () => few.read(file, PICTURES)))
  for (const reading of readings) expect(reading).toMatchObject({ content: { kind: 'picture', width: 64 } })
  await few.close()
})

test('what require cannot have is a fault that says what is missing', async () => {
  const childProgram = { file: '/nonexistent/child.js', readable: [] }
  const opening = openDecoders({ jobs: 1, sandbox: 'require', childProgram })
  await expect(opening).rejects.toMatchObject({ code: 'sandbox.unavailable' })
})
