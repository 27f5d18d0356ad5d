/** Warnings: what decoders grumble about in good files does not make them truncated; what is missing does. */
import { crc32, deflateSync } from 'node:zlib'
import { openPdq } from '@tutela/kernels/node'
import { expect, test } from 'vitest'
import type { PictureFormat } from '#terms/media'
import { decode } from '../../src/media/decode.ts'
import { DEFAULT_LIMITS } from '../../src/media/limits.ts'
import { drawn, scene } from './pictures.ts'

async function incomplete(format: PictureFormat, bytes: Buffer): Promise<string | undefined> {
  const answer = await decode(await openPdq(), DEFAULT_LIMITS, format, bytes)
  return answer.kind === 'picture' ? answer.incomplete : answer.because
}

function withOddScan(jpeg: Buffer): Buffer {
  const odd = Buffer.from(jpeg)
  const scan = odd.indexOf('ffda', 'hex')
  odd.fill(0, scan + odd.readUInt16BE(scan + 2) - 1, scan + odd.readUInt16BE(scan + 2) + 2)
  return odd
}

test('odd headers and stray bytes of a JPEG are harmless', async () => {
  const jpeg = await drawn(scene(1)).jpeg().toBuffer()
  const scan = jpeg.indexOf('ffda', 'hex')
  const adobe = Buffer.from('ffee000e41646f626500640000000009', 'hex')
  const harmless = {
    'a scan header of zeros': withOddScan(jpeg),
    'an unknown colour transform': Buffer.concat([jpeg.subarray(0, 2), adobe, jpeg.subarray(2)]),
    'stray bytes before the scan': Buffer.concat([
      jpeg.subarray(0, scan),
      Buffer.alloc(5),
      jpeg.subarray(scan),
    ]),
  }
  for (const [name, bytes] of Object.entries(harmless)) {
    expect(await incomplete('jpeg', bytes), name).toBeUndefined()
    expect(await incomplete('jpeg', bytes.subarray(0, bytes.length / 2)), name).toBe('truncated')
  }
})

test('corrupt data in the middle of a JPEG is not harmless', async () => {
  const jpeg = await drawn(scene(1)).jpeg().toBuffer()
  const middle = Math.floor(jpeg.length / 2)
  jpeg.fill(0xff, middle, middle + 20)
  expect(await incomplete('jpeg', jpeg)).toBe('truncated')
})

test('bad notes beside the pixels of a PNG are harmless, a bad checksum of its pixels is not', async () => {
  const png = await drawn(scene(1)).png().toBuffer()
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const profile = chunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(Buffer.alloc(200))]))
  for (const note of [profile, chunk('gAMA', Buffer.alloc(4)), chunk('iTXt', Buffer.from('zz'))]) {
    expect(
      await incomplete('png', Buffer.concat([png.subarray(0, 33), note, png.subarray(33)])),
    ).toBeUndefined()
  }
  const data = png.indexOf('IDAT')
  png[data + 4 + png.readUInt32BE(data - 4)] = (png[data + 4 + png.readUInt32BE(data - 4)] ?? 0) ^ 1
  expect(await incomplete('png', png)).toBe('truncated')
})
