/** Reading: files that change or fail while they are read, which only a file made for it can show. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unconfined } from '#ground/sandbox/confinement'
import { Crew } from '../../src/media/crew.ts'
import type { OpenFile } from '../../src/media/file.ts'
import { DEFAULT_LIMITS, printChildLimits } from '../../src/media/limits.ts'
import { decodingChild } from '../../src/media/program.ts'
import { type Desk, readOpen } from '../../src/media/reading.ts'
import { drawn, scene } from './pictures.ts'

const MEBIBYTE = 1024 * 1024
const LARGE = 17 * MEBIBYTE

let desk: Desk
beforeAll(() => {
  const limits = { memoryBytesMax: 2 ** 31, cpuSecondsMax: 60, filesOpenMax: 64 }
  const way = unconfined({ readable: [], limits, env: { PATH: '/usr/bin:/bin' } })
  const command = [process.execPath, decodingChild().file, printChildLimits(DEFAULT_LIMITS)] as const
  const crew = new Crew(way.launch(command), 1, DEFAULT_LIMITS)
  desk = { crew, limits: DEFAULT_LIMITS, closing: new AbortController().signal }
})
afterAll(() => desk.crew.close())

/** A file that said one size and has other bytes, and may fail after some of them. */
function fileOf(bytes: Buffer, saidBytes: number, failsAfter = Number.POSITIVE_INFINITY): OpenFile {
  let at = 0
  return {
    kind: 'open',
    sizeBytes: saidBytes,
    async fill(into) {
      if (at + into.length > failsAfter)
        throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'read' })
      const count = bytes.copy(into, 0, at)
      at += count
      return count
    },
    close: async () => {},
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const asked = { pictures: true }

test('a picture that grew or shrank since it was opened is read as far as it goes', async () => {
  const bytes = await drawn(scene(1)).jpeg().toBuffer()
  for (const said of [0, 100, bytes.length - 1, bytes.length, bytes.length + 9, LARGE]) {
    const reading = await readOpen(desk, asked, fileOf(bytes, said))
    expect(reading, String(said)).toMatchObject({
      digests: { bytes: bytes.length, sha256: sha256(bytes) },
      content: { kind: 'picture', format: 'jpeg', width: 320 },
    })
    expect(reading.kind === 'read' && reading.content, String(said)).not.toHaveProperty('incomplete')
  }
})

test('text that passes in chunks is judged to its end', async () => {
  const bytes = Buffer.alloc(LARGE, 'words and words\n')
  expect(await readOpen(desk, asked, fileOf(bytes, LARGE))).toMatchObject({ content: { kind: 'other' } })
  bytes.write('data:image/png;base64,', LARGE - 40)
  expect(await readOpen(desk, asked, fileOf(bytes, LARGE))).toMatchObject({
    digests: { bytes: LARGE, sha256: sha256(bytes) },
    content: { kind: 'unknown', because: 'container' },
  })
})

test('a file that fails half-way is thrown to the caller, and the child goes on with the next', async () => {
  const large = Buffer.concat([await drawn(scene(1)).jpeg().toBuffer(), Buffer.alloc(LARGE)])
  await expect(readOpen(desk, asked, fileOf(large, large.length, 5 * MEBIBYTE))).rejects.toThrow('EIO')
  const small = await drawn(scene(2)).jpeg().toBuffer()
  expect(await readOpen(desk, asked, fileOf(small, small.length))).toMatchObject({
    content: { kind: 'picture' },
  })
})

test('a large picture without its pixels asked for has no frames, and padding behind it is nothing', async () => {
  const large = Buffer.concat([await drawn(scene(1)).jpeg().toBuffer(), Buffer.alloc(LARGE)])
  expect(await readOpen(desk, { pictures: false }, fileOf(large, large.length))).toMatchObject({
    digests: { sha256: sha256(large) },
    content: { kind: 'picture', format: 'jpeg', frames: [] },
  })
})
