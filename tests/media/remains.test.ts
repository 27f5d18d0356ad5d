/** Remains: what hides behind a picture is noticed whatever was asked of it, and however its bytes pass. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Decoders, openDecoders } from '#media/decoders'
import type { Content, PictureFormat } from '#terms/media'
import { remainsOf, unreadBehind } from '../../src/media/remains.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawn, joined, scene } from './pictures.ts'

const BYTES_MAX = 20_000_000
let decoders: Decoders
beforeAll(async () => {
  decoders = await openDecoders({ jobs: 1, sandbox: 'off', limits: { bytesMax: BYTES_MAX } })
})
afterAll(() => decoders.close())

async function contentOf(bytes: Buffer, pictures = false): Promise<Content> {
  const file = join(await temporaryFolder(), 'file')
  writeFileSync(file, bytes)
  const reading = await decoders.read(file, { pictures })
  if (reading.kind !== 'read') throw new Error(reading.because)
  return reading.content
}

/** An archive of one stored file of the given size, as far as its directory and closing record. */
function archive(bytes: number): Buffer {
  const local = Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(26 + bytes, 0x5a)])
  const directory = Buffer.concat([Buffer.from('504b0102', 'hex'), Buffer.alloc(42)])
  const closing = Buffer.alloc(22)
  closing.write('PK\x05\x06', 'latin1')
  closing.writeUInt32LE(directory.length, 12)
  closing.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, directory, closing])
}

const JPEG = await drawn(scene(1)).jpeg().toBuffer()

describe('with digests only', () => {
  test('an archive behind a picture is a container, in one go and in chunks', async () => {
    for (const format of ['jpeg', 'png', 'gif', 'webp', 'tiff'] as const) {
      const bytes = await drawn(scene(1)).toFormat(format).toBuffer()
      for (const size of [2000, 18_000_000]) {
        const hidden = Buffer.concat([bytes, archive(size)])
        const content = await contentOf(hidden)
        expect(content, `${format} ${size}`).toMatchObject({
          kind: 'picture',
          frames: [],
          incomplete: 'container',
        })
      }
      expect(await contentOf(bytes), format).toEqual({
        kind: 'picture',
        format,
        width: 0,
        height: 0,
        frames: [],
      })
    }
  })

  test('an archive behind a second picture is a container, the second picture alone is not', async () => {
    const two = Buffer.concat([JPEG, JPEG])
    expect(await contentOf(two)).not.toHaveProperty('incomplete')
    expect(await contentOf(Buffer.concat([two, archive(2000)]))).toMatchObject({ incomplete: 'container' })
  })

  test('a picture too large to be looked through is taken for a container, with pixels it is too large', async () => {
    const large = Buffer.concat([JPEG, Buffer.alloc(BYTES_MAX)])
    expect(await contentOf(large)).toEqual({ kind: 'unknown', because: 'container', format: 'jpeg' })
    expect(await contentOf(large, true)).toEqual({ kind: 'unknown', because: 'too-large', format: 'jpeg' })
  })
})

describe('a container is found', () => {
  test('behind a JPEG with stray bytes between its segments', () => {
    const stray = Buffer.concat([JPEG.subarray(0, 20), Buffer.from('strays'), JPEG.subarray(20)])
    expect(remainsOf('jpeg', stray)).toEqual({})
    expect(remainsOf('jpeg', Buffer.concat([stray, archive(2000)]))).toEqual({ unread: 'container' })
  })

  test('behind a progressive JPEG, whose scans have tables between them', async () => {
    const progressive = await drawn(scene(2)).jpeg({ progressive: true }).toBuffer()
    expect(remainsOf('jpeg', progressive)).toEqual({})
    const rest = Buffer.alloc(3000, 'no archive at all')
    expect(remainsOf('jpeg', Buffer.concat([progressive, rest]))).toEqual({ unread: 'container' })
  })

  test('behind pictures that have another reason as well', async () => {
    const rest = Buffer.alloc(3000, 'no archive at all')
    const png = await drawn(scene(1)).png().toBuffer()
    const control = Buffer.from('000000086163544c000000020000000000000000', 'hex')
    const animated = Buffer.concat([png.subarray(0, 33), control, png.subarray(33)])
    expect(remainsOf('png', animated)).toEqual({ unread: 'frames-limit' })
    expect(remainsOf('png', Buffer.concat([animated, rest]))).toEqual({ unread: 'container' })
    const gif = await (await joined([scene(1), scene(2)])).gif().toBuffer()
    const unended = gif.subarray(0, gif.length - 1)
    expect(remainsOf('gif', unended)).toEqual({ unread: 'truncated' })
    expect(remainsOf('gif', Buffer.concat([unended, rest]))).toEqual({ unread: 'container' })
  })

  test('behind a TIFF or a cut JPEG only where it is a ZIP, and not for its signature alone', async () => {
    const tiff = await drawn(scene(1)).tiff().toBuffer()
    expect(remainsOf('tiff', Buffer.concat([tiff, archive(2000)]))).toEqual({ unread: 'container' })
    const cut = JPEG.subarray(0, JPEG.length / 2)
    expect(remainsOf('jpeg', Buffer.concat([cut, archive(2000)]))).toEqual({ unread: 'container' })
    const signature = Buffer.concat([tiff, Buffer.from('504b0506', 'hex'), Buffer.alloc(18)])
    expect(remainsOf('tiff', signature)).toEqual({})
  })
})

test('a file that only seems to have parts without end is left in the end', () => {
  const empty = Buffer.concat([
    Buffer.from('0000000466747970', 'hex'),
    Buffer.from('heic'),
    Buffer.alloc(600, 'ab'),
  ])
  expect(remainsOf('heic', empty)).toEqual({ unread: 'container' })
  const tiny = Buffer.from('ffd8ffd9'.repeat(5000), 'hex')
  expect(unreadBehind('jpeg', tiny, 100)).toBe('container')
})

test('noise behind a magic never throws', () => {
  const formats: readonly PictureFormat[] = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heic', 'bmp']
  for (const format of formats) {
    for (const seed of [1, 2, 3]) {
      const noise = scene(seed, 50, 50).data
      for (const length of [31, 32, 33, 100, noise.length])
        expect(() => unreadBehind(format, noise.subarray(0, length), 1000)).not.toThrow()
    }
  }
})
