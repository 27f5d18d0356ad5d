/** Decoding: every format, frame and colour, whole and broken, in process. */
import { readFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import { openPdq } from '@tutela/kernels/node'
import type { Pdq } from '@tutela/kernels/pdq'
import { beforeAll, describe, expect, test } from 'vitest'
import type { PictureFormat } from '#terms/media'
import { decode } from '../../src/media/decode.ts'
import type { ChildLimits } from '../../src/media/limits.ts'
import type { PictureAnswer } from '../../src/media/wire.ts'
import { bordered, drawn, joined, pngOf, type Raw, scene } from './pictures.ts'

const LIMITS: ChildLimits = { pixelsMax: 4_000_000, bytesMax: 2 ** 26, framesMax: 50, secondsMax: 30 }

let pdq: Pdq
beforeAll(async () => {
  pdq = await openPdq()
})

const hashed = (format: PictureFormat, bytes: Buffer, limits = LIMITS): Promise<PictureAnswer> =>
  decode(pdq, limits, format, bytes)

/** The first 32 bytes are the hash as the picture stands. */
const hex = (orientations: Uint8Array | undefined): string =>
  Buffer.from(orientations?.subarray(0, 32) ?? []).toString('hex')

function bitsApart(a: string, b: string): number {
  const [x, y] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')]
  let bits = 0
  x.forEach((byte, at) => {
    for (let rest = byte ^ (y[at] ?? 0); rest !== 0; rest &= rest - 1) bits += 1
  })
  return bits
}

function wholes(answer: PictureAnswer): readonly string[] {
  if (answer.kind !== 'picture') return []
  return answer.frames.filter(({ region }) => region === 'whole').map(({ orientations }) => hex(orientations))
}

/** PDQ of pixels as they are, without any decoder. */
const direct = ({ data, width, height, channels }: Raw): string =>
  hex(pdq.hash({ data, width, height, channels }).orientations)

const SCENE = scene(1)

describe('a lossless picture has the hash of its pixels', () => {
  const colours: Record<string, { format: PictureFormat; raw: Raw; bytes: () => Promise<Buffer> }> = {
    png: { format: 'png', raw: SCENE, bytes: () => drawn(SCENE).png().toBuffer() },
    'grey png': {
      format: 'png',
      raw: scene(2, 200, 150, 1),
      bytes: () =>
        drawn(scene(2, 200, 150, 1))
          .toColourspace('b-w')
          .png()
          .toBuffer(),
    },
    '16-bit png': {
      format: 'png',
      raw: SCENE,
      bytes: () => drawn(SCENE).toColourspace('rgb16').png().toBuffer(),
    },
    'interlaced png': {
      format: 'png',
      raw: SCENE,
      bytes: () => drawn(SCENE).png({ progressive: true }).toBuffer(),
    },
    'png with alpha': {
      format: 'png',
      raw: SCENE,
      bytes: () => drawn(SCENE).ensureAlpha(0.3).png().toBuffer(),
    },
    tiff: { format: 'tiff', raw: SCENE, bytes: () => drawn(SCENE).tiff({ compression: 'lzw' }).toBuffer() },
    'grey tiff': {
      format: 'tiff',
      raw: scene(2, 200, 150, 1),
      bytes: () =>
        drawn(scene(2, 200, 150, 1))
          .toColourspace('b-w')
          .tiff({ compression: 'none' })
          .toBuffer(),
    },
    webp: { format: 'webp', raw: SCENE, bytes: () => drawn(SCENE).webp({ lossless: true }).toBuffer() },
  }
  for (const [name, { format, raw, bytes }] of Object.entries(colours)) {
    test(name, async () => {
      const answer = await hashed(format, await bytes())
      expect(answer).toMatchObject({ kind: 'picture', width: raw.width, height: raw.height })
      expect(answer).not.toHaveProperty('incomplete')
      expect(wholes(answer)).toEqual([direct(raw)])
    })
  }
})

describe('a lossy picture has nearly the hash of its pixels', () => {
  const lossy: Record<string, { format: PictureFormat; bytes: () => Promise<Buffer> }> = {
    jpeg: { format: 'jpeg', bytes: () => drawn(SCENE).jpeg({ quality: 90 }).toBuffer() },
    'progressive jpeg': { format: 'jpeg', bytes: () => drawn(SCENE).jpeg({ progressive: true }).toBuffer() },
    'grey jpeg': { format: 'jpeg', bytes: () => drawn(SCENE).greyscale().jpeg().toBuffer() },
    'cmyk jpeg': { format: 'jpeg', bytes: () => drawn(SCENE).toColourspace('cmyk').jpeg().toBuffer() },
    avif: { format: 'avif', bytes: () => drawn(SCENE).avif({ quality: 80, effort: 1 }).toBuffer() },
    gif: { format: 'gif', bytes: () => drawn(SCENE).gif().toBuffer() },
    'palette png': { format: 'png', bytes: () => drawn(SCENE).png({ palette: true }).toBuffer() },
  }
  for (const [name, { format, bytes }] of Object.entries(lossy)) {
    test(name, async () => {
      const answer = await hashed(format, await bytes())
      expect(answer).not.toHaveProperty('incomplete')
      expect(wholes(answer)).toHaveLength(1)
      expect(bitsApart(wholes(answer)[0] ?? '', direct(SCENE))).toBeLessThanOrEqual(14)
    })
  }
})

describe('frames and pages', () => {
  const frames = [scene(1), scene(1), scene(2), scene(3), scene(3), scene(3), scene(1)]
  const distinct = [0, 2, 3, 6]

  test('a GIF gives each distinct frame once, under its own number', async () => {
    const bytes = await (await joined(frames)).gif({ keepDuplicateFrames: true, effort: 1 }).toBuffer()
    const answer = await hashed('gif', bytes)
    expect(answer).not.toHaveProperty('incomplete')
    if (answer.kind !== 'picture') throw new Error('no picture')
    expect(answer.frames.map(({ frame }) => frame)).toEqual(distinct)
    expect(bitsApart(wholes(answer)[1] ?? '', direct(scene(2)))).toBeLessThanOrEqual(14)
    expect(answer).toMatchObject({ width: 320, height: 240 })
  })

  test('an animated WebP gives each frame', async () => {
    const three = [scene(1), scene(2), scene(3)]
    const answer = await hashed('webp', await (await joined(three)).webp({ lossless: true }).toBuffer())
    expect(wholes(answer)).toEqual(three.map(direct))
  })

  test('a TIFF gives each page', async () => {
    const answer = await hashed('tiff', await (await joined(frames)).tiff({ compression: 'lzw' }).toBuffer())
    expect(wholes(answer)).toEqual(distinct.map((place) => direct(frames[place] ?? SCENE)))
  })

  test('frames beyond the limit are named as unread', async () => {
    const bytes = await (await joined(frames)).tiff().toBuffer()
    const answer = await hashed('tiff', bytes, { ...LIMITS, framesMax: 3 })
    expect(answer).toMatchObject({ kind: 'picture', incomplete: 'frames-limit' })
    expect(wholes(answer)).toHaveLength(2)
  })
})

describe('what is broken', () => {
  test('a JPEG cut anywhere is truncated or not decodable, never whole', async () => {
    const bytes = await drawn(SCENE).jpeg().toBuffer()
    for (const share of [0.99, 0.7, 0.5, 0.2, 0.05, 0.01]) {
      const answer = await hashed('jpeg', bytes.subarray(0, Math.floor(bytes.length * share)))
      const because = answer.kind === 'picture' ? answer.incomplete : answer.because
      expect(because, `${share}`).toMatch(/^(truncated|decoder-failed)$/)
    }
    expect(await hashed('jpeg', bytes.subarray(0, Math.floor(bytes.length * 0.7)))).toMatchObject({
      kind: 'picture',
      incomplete: 'truncated',
    })
  })

  test('every format cut in the middle is truncated or not decodable, never whole', async () => {
    const three = await joined([scene(1), scene(2), scene(3)])
    const files: Partial<Record<PictureFormat, Buffer>> = {
      png: await drawn(SCENE).png().toBuffer(),
      webp: await drawn(SCENE).webp().toBuffer(),
      gif: await three.clone().gif({ effort: 1 }).toBuffer(),
      tiff: await three.clone().tiff().toBuffer(),
      avif: await drawn(SCENE).avif({ effort: 1 }).toBuffer(),
    }
    for (const [format, bytes] of Object.entries(files) as [PictureFormat, Buffer][]) {
      for (const share of [0.9, 0.5, 0.1]) {
        const answer = await hashed(format, bytes.subarray(0, Math.floor(bytes.length * share)))
        const because = answer.kind === 'picture' ? answer.incomplete : answer.because
        expect(because, `${format} ${share}`).toBeDefined()
      }
    }
  })

  test('a PNG cut in the middle is hashed as far as it goes', async () => {
    const bytes = await drawn(SCENE).png().toBuffer()
    const answer = await hashed('png', bytes.subarray(0, bytes.length / 2))
    expect(answer).toMatchObject({ kind: 'picture', incomplete: 'truncated' })
  })

  test('stray bytes before the end marker of a JPEG are harmless', async () => {
    const bytes = await drawn(SCENE).jpeg().toBuffer()
    const strayed = Buffer.concat([bytes.subarray(0, -2), Buffer.alloc(6), bytes.subarray(-2)])
    expect(await hashed('jpeg', strayed)).not.toHaveProperty('incomplete')
  })

  test('a picture above the pixel limit is too large, and costs no memory', async () => {
    const zeros = deflateSync(Buffer.alloc(30_001 * 300)) // as far as anyone would read
    const bomb = pngOf(30_000, 30_000, zeros)
    const before = process.memoryUsage().rss
    expect(await hashed('png', bomb)).toEqual({ kind: 'unknown', because: 'too-large' })
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000)
  })
})

describe('borders', () => {
  test('a letterboxed picture has also the hash of what is inside its bars', async () => {
    const boxed = await bordered(SCENE, { top: 60, bottom: 60, left: 0, right: 0 }).png().toBuffer()
    const answer = await hashed('png', boxed)
    if (answer.kind !== 'picture') throw new Error('no picture')
    expect(answer.frames.map(({ region }) => region)).toEqual(['whole', 'unbordered'])
    expect(hex(answer.frames[1]?.orientations)).toBe(direct(SCENE))
  })

  test('compression noise beside the bars moves the hash by a few bits at most', async () => {
    const boxed = await bordered(SCENE, { top: 60, bottom: 60, left: 30, right: 30 })
      .jpeg({ quality: 70 })
      .toBuffer()
    const answer = await hashed('jpeg', boxed)
    if (answer.kind !== 'picture') throw new Error('no picture')
    expect(answer.frames).toHaveLength(2)
    expect(bitsApart(hex(answer.frames[1]?.orientations), direct(SCENE))).toBeLessThanOrEqual(8)
  })
})

describe('what follows a picture', () => {
  test('a second JPEG behind the first is hashed as a further frame', async () => {
    const [first, second] = await Promise.all([scene(1), scene(2)].map((raw) => drawn(raw).jpeg().toBuffer()))
    const answer = await hashed(
      'jpeg',
      Buffer.concat([first ?? Buffer.alloc(0), Buffer.alloc(3), second ?? Buffer.alloc(0)]),
    )
    expect(answer).not.toHaveProperty('incomplete')
    expect(wholes(answer)).toHaveLength(2)
    expect(bitsApart(wholes(answer)[1] ?? '', direct(scene(2)))).toBeLessThanOrEqual(14)
  })

  test('an archive or film behind a picture makes it incomplete, padding and a short note do not', async () => {
    const archive = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(2000, 0x5a)])
    const film = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42', 'latin1'), Buffer.alloc(2000, 0x5a)])
    for (const format of ['jpeg', 'png', 'gif', 'webp'] as const) {
      const bytes = await drawn(SCENE).toFormat(format).toBuffer()
      for (const hidden of [archive, film]) {
        const answer = await hashed(format, Buffer.concat([bytes, hidden]))
        expect(answer, format).toMatchObject({ kind: 'picture', incomplete: 'container' })
      }
      for (const harmless of [
        Buffer.alloc(5000),
        Buffer.alloc(5000, 0xff),
        Buffer.from('a camera wrote this'),
      ]) {
        expect(await hashed(format, Buffer.concat([bytes, harmless])), format).not.toHaveProperty(
          'incomplete',
        )
      }
    }
  })

  test('an animated PNG says that its further frames were not read', async () => {
    const bytes = await drawn(SCENE).png().toBuffer()
    const body = Buffer.from('6163544c0000000200000000', 'hex') // acTL: two frames, no end of looping
    const control = Buffer.concat([Buffer.from('00000008', 'hex'), body, Buffer.alloc(4)])
    control.writeUInt32BE(crc32(body), control.length - 4)
    const answer = await hashed('png', Buffer.concat([bytes.subarray(0, 33), control, bytes.subarray(33)]))
    expect(answer).toMatchObject({ kind: 'picture', incomplete: 'frames-limit' })
  })
})

test('garbage behind any magic is not decodable and nothing is thrown', async () => {
  const magics: Record<PictureFormat, string> = {
    jpeg: 'ffd8ffe000104a46494600',
    png: '89504e470d0a1a0a0000000d49484452',
    webp: '52494646ff000000574542505650384c',
    gif: '474946383961400040008700',
    tiff: '49492a0008000000ffff',
    avif: '0000001c6674797061766966',
    heic: '0000001c6674797068656963',
    bmp: '424dffffffff0000000036000000280000004000000040000000010018',
  }
  for (const [format, magic] of Object.entries(magics) as [PictureFormat, string][]) {
    for (const seed of [1, 2, 3, 4]) {
      const noise = scene(seed, 40, 40).data
      const answer = await hashed(format, Buffer.concat([Buffer.from(magic, 'hex'), noise]))
      const because = answer.kind === 'picture' ? answer.incomplete : answer.because
      expect(because, format).toBeDefined()
    }
  }
})

test('the reference photographs have their published hashes', async () => {
  const folder = '../shared/vectors/pdq-photos/'
  let references: { file: string; pdq: string; quality: number }[]
  try {
    references = JSON.parse(readFileSync(`${folder}reference.json`, 'utf8'))
  } catch {
    return // the vectors are not here
  }
  for (const { file, pdq: expected, quality } of references) {
    const answer = await hashed('jpeg', readFileSync(folder + file))
    expect(answer, file).not.toHaveProperty('incomplete')
    expect(wholes(answer), file).toEqual([expected])
    expect(answer.kind === 'picture' && answer.frames[0]?.quality, file).toBe(quality)
  }
})
