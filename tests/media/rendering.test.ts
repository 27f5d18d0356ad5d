/**
 * Rendering: a picture shown at a level comes of pixels alone, made in a child of its own,
 * and shows no more than the level lets through.
 */
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Decoders, openDecoders } from '#media/decoders'
import type { RenderAsked, Rendering } from '#terms/media'
import { parseReply, printReply } from '../../src/media/render/wire.ts'
import { drawn, joined, scene } from './pictures.ts'

let decoders: Decoders
beforeAll(async () => {
  decoders = await openDecoders({ jobs: 2, sandbox: 'auto' })
})
afterAll(() => decoders.close())

async function shown(bytes: Buffer, asked: RenderAsked): Promise<Extract<Rendering, { kind: 'rendered' }>> {
  const rendering = await decoders.render(bytes, asked)
  if (rendering.kind !== 'rendered') throw new Error(rendering.because)
  return rendering
}

const MARK = 'a text that must not be in what is shown'

/** A scene with metadata of every kind, and with a marker behind its end. */
async function marked(width = 640, height = 480): Promise<Buffer> {
  const exif = { IFD0: { ImageDescription: MARK, Copyright: MARK } }
  return drawn(scene(5, width, height))
    .withExif(exif)
    .withIccProfile('srgb')
    .jpeg({ quality: 95 })
    .toBuffer()
}

describe('each level lets through so much and no more', () => {
  test('a thumbnail is grey, and at most 96 pixels on its longer side', async () => {
    const { bytes, width, height, isWhole } = await shown(await marked(), { level: 'thumbnail' })
    expect([width, height, isWhole]).toEqual([96, 72, false])
    const { channels, space } = await sharp(bytes).metadata()
    expect([channels, space]).toEqual([1, 'b-w'])
  })

  test('a blurred picture has at most 320 pixels, and nothing of a fine pattern is left in it', async () => {
    const cells = Buffer.alloc(800 * 600)
    for (let at = 0; at < cells.length; at++)
      cells[at] = (((at % 800) >> 3) + (Math.floor(at / 800) >> 3)) & 1 ? 255 : 0
    const pattern = sharp(cells, { raw: { width: 800, height: 600, channels: 1 } })
    const { bytes, width, height } = await shown(await pattern.png().toBuffer(), { level: 'blurred' })
    expect([width, height]).toEqual([320, 240])
    const { channels } = await sharp(bytes).stats()
    for (const { stdev } of channels) expect(stdev).toBeLessThan(4)
    const scaled = await pattern.resize(320, 240).greyscale().toColourspace('b-w').raw().toBuffer()
    expect(
      (await sharp(scaled, { raw: { width: 320, height: 240, channels: 1 } }).stats()).channels[0]?.stdev,
    ).toBeGreaterThan(40)
  })

  test('a region is that rectangle of the upright picture, cut off where it leaves it', async () => {
    const left = { create: { width: 40, height: 60, channels: 3 as const, background: 'red' } }
    const upright = sharp({ create: { width: 100, height: 60, channels: 3, background: 'blue' } }).composite([
      { input: left, left: 0, top: 0 },
    ])
    // Stored on its side, with an orientation that turns it upright.
    const stored = await sharp(await upright.png().toBuffer())
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer()
    const cut = await shown(stored, { level: 'region', region: { left: 30, top: 0, width: 100, height: 20 } })
    expect([cut.width, cut.height, cut.source]).toEqual([70, 20, { width: 100, height: 60 }])
    const { data } = await sharp(cut.bytes).raw().toBuffer({ resolveWithObject: true })
    expect([...data.subarray(0, 3)]).toEqual([255, 0, 0])
    expect([...data.subarray(30, 33)]).toEqual([0, 0, 255])
  })

  test('the whole picture is fitted into the screen, never enlarged, and was not seen whole where that is tiny', async () => {
    const bytes = await marked()
    const asked = { level: 'full', screen: { width: 500, height: 500 } } as const
    expect(await shown(bytes, asked)).toMatchObject({ width: 500, height: 375, isWhole: true, frames: 1 })
    const tiny = { level: 'full', screen: { width: 100, height: 100 } } as const
    expect(await shown(bytes, tiny)).toMatchObject({ width: 100, height: 75, isWhole: false })
    expect(await shown(await marked(64, 48), asked)).toMatchObject({ width: 64, height: 48, isWhole: true })
  })
})

test('nothing of the original is in what is shown: no metadata, no profile, none of its bytes', async () => {
  const original = await marked()
  expect(original.includes(MARK)).toBe(true)
  for (const level of ['thumbnail', 'blurred', 'region', 'full'] as const) {
    const region = { left: 0, top: 0, width: 100, height: 100 }
    const { bytes } = await shown(original, { level, ...(level === 'region' && { region }) })
    const { exif, icc, xmp, iptc } = await sharp(bytes).metadata()
    expect([exif, icc, xmp, iptc]).toEqual([undefined, undefined, undefined, undefined])
    expect(bytes.includes(MARK)).toBe(false)
    for (let at = 700; at + 64 < original.length; at += 997)
      expect(bytes.includes(original.subarray(at, at + 64))).toBe(false)
  }
})

describe('what was not all seen is not whole', () => {
  test('a file of several frames shows the one that is asked for', async () => {
    const [one, two] = [scene(1, 64, 64), scene(2, 64, 64)]
    const bytes = await (await joined([one, two])).webp({ lossless: true }).toBuffer()
    const [first, second] = [
      await shown(bytes, { level: 'full' }),
      await shown(bytes, { level: 'full', frame: 1 }),
    ]
    expect([first.frames, first.isWhole, second.isWhole]).toEqual([2, false, false])
    expect(first.bytes.equals(second.bytes)).toBe(false)
    expect(await decoders.render(bytes, { level: 'full', frame: 2 })).toMatchObject({ kind: 'unknown' })
  })

  test('a damaged picture is shown as far as it goes', async () => {
    const bytes = await marked()
    expect(await shown(bytes.subarray(0, bytes.length / 2), { level: 'full' })).toMatchObject({
      isWhole: false,
    })
  })

  test('a picture with another behind its end is not seen whole', async () => {
    const two = Buffer.concat([await marked(), await marked(320, 240)])
    expect(await shown(two, { level: 'full' })).toMatchObject({ isWhole: false })
  })
})

test('what is no picture is unknown, with a reason', async () => {
  expect(await decoders.render(Buffer.from('a text'), { level: 'full' })).toEqual({
    kind: 'unknown',
    because: 'unsupported',
  })
  const cut = Buffer.from('ffd8ffe000104a46494600010100', 'hex')
  expect(await decoders.render(cut, { level: 'full' })).toMatchObject({ kind: 'unknown' })
})

test('a reply that is not as agreed is none', () => {
  const pixels = Buffer.alloc(4 * 3 * 3)
  const source = { width: 8, height: 6 }
  const good = printReply({
    kind: 'pixels',
    width: 4,
    height: 3,
    channels: 3,
    frames: 1,
    isSound: true,
    source,
    pixels,
  })
  const bounds = { width: 4, height: 4 }
  expect(parseReply(good, bounds)).toMatchObject({ kind: 'pixels', width: 4, height: 3 })
  expect(parseReply(good, { width: 3, height: 3 })).toBeUndefined()
  expect(parseReply(good.subarray(0, good.length - 1), bounds)).toBeUndefined()
  expect(parseReply(Buffer.concat([good, Buffer.alloc(1)]), bounds)).toBeUndefined()
  for (let at = 0; at < 28; at++) {
    if (at === 5 || (at >= 16 && at < 28)) continue // the reason, which pixels have none of, and what the file itself says
    const changed = Buffer.from(good)
    changed[at] = (changed[at] ?? 0) ^ 0x40
    expect(parseReply(changed, bounds), `byte ${at}`).toBeUndefined()
  }
})
