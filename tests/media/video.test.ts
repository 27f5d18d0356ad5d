/** Video: frames shown at a level come of pixels alone, by confined programs that read from a pipe; none is passed over. */
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { coversSeconds } from '#cases/seconds'
import { type Decoders, openDecoders } from '#media/decoders'
import type { VideoAsked, VideoRendering } from '#terms/video'
import { forward } from '../../src/media/video/forward.ts'
import { candidatesOf, spread, stripOf } from '../../src/media/video/strip.ts'
import { firstOfSeconds, parseMoments, parseStreams, secondsInAll } from '../../src/media/video/timeline.ts'
import { HAS_FFMPEG, videoOf } from '../support/video.ts'

type Rendered = Extract<VideoRendering, { kind: 'rendered' }>

/** The scene of second n is as bright as the nth of these. */
const GREYS = [20, 60, 220, 140]
const seconds = (from: number, until: number) => ({ kind: 'seconds', from, until }) as const

describe.skipIf(!HAS_FFMPEG)('of a video (skipped where ffmpeg is not installed)', () => {
  let decoders: Decoders
  beforeAll(async () => {
    decoders = await openDecoders({ jobs: 2, sandbox: 'auto' })
  })
  afterAll(() => decoders.close())

  async function shown(bytes: Buffer, asked: VideoAsked): Promise<Rendered> {
    const rendering = await decoders.renderVideo(bytes, asked)
    if (rendering.kind !== 'rendered') throw new Error(rendering.because)
    return rendering
  }

  /** The second whose scene each frame shows. */
  function scenes({ frames }: Rendered): Promise<number[]> {
    return Promise.all(
      frames.map(async ({ bytes }) => {
        const mean = (await sharp(bytes).greyscale().stats()).channels[0]?.mean ?? -1
        return GREYS.findIndex((grey) => Math.abs(grey - mean) < 12)
      }),
    )
  }

  test.each(['mp4', 'webm', 'ts'] as const)(
    'in %s each second is shown by its first frame, and nothing is left behind',
    async (container) => {
      const before = readdirSync(tmpdir())
      const video = videoOf(container, GREYS)
      const all = await shown(video, { level: 'full', frames: seconds(0, 4) })
      expect(all.frames.map(({ milliseconds }) => milliseconds)).toEqual([0, 1000, 2000, 3000])
      expect(await scenes(all)).toEqual([0, 1, 2, 3])
      expect(all).toMatchObject({
        ...{ secondsInAll: 4, isEverySecond: true, source: { width: 160, height: 90 } },
      })
      expect(
        readdirSync(tmpdir()).filter((name) => !before.includes(name) && /video|av_/i.test(name)),
      ).toEqual([])
    },
  )

  test('single seconds are found in the middle, and what is behind the end is none', async () => {
    const video = videoOf('mp4', GREYS)
    const one = await shown(video, { level: 'full', frames: seconds(2, 3) })
    expect(await scenes(one)).toEqual([2])
    const past = await decoders.renderVideo(video, { level: 'full', frames: seconds(9, 10) })
    expect(past.kind).toBe('unknown')
  })

  test('a strip has a frame of each scene, where there are as many', async () => {
    const strip = await shown(videoOf('mp4', GREYS), { level: 'full', frames: { kind: 'strip', frames: 8 } })
    expect(strip.frames).toHaveLength(8)
    expect(strip.isEverySecond).toBe(false)
    expect(new Set(await scenes(strip))).toEqual(new Set([0, 1, 2, 3]))
  })

  test('each level applies to each frame as to a picture', async () => {
    const video = videoOf('mp4', GREYS)
    const asked = { frames: { kind: 'strip', frames: 2 } } as const
    const small = await shown(video, { level: 'thumbnail', ...asked })
    for (const { bytes, width, height, mediaType } of small.frames) {
      expect([width, height, mediaType]).toEqual([96, 54, 'image/png'])
      expect(await sharp(bytes).metadata()).toMatchObject({ channels: 1, width: 96, height: 54 })
    }
    const blurred = await shown(video, { level: 'blurred', ...asked })
    expect(blurred.frames[0]).toMatchObject({ width: 160, height: 90 })
    const noise = await sharp(blurred.frames[1]?.bytes)
      .extract({ left: 0, top: 0, width: 160, height: 6 })
      .stats()
    expect(noise.channels[0]?.stdev).toBeLessThan(6) // the line of noise is not in it
    const region = await shown(video, {
      level: 'region',
      region: { left: 0, top: 0, width: 64, height: 2 },
      ...asked,
    })
    expect(region.frames[0]).toMatchObject({ width: 64, height: 2, mediaType: 'image/png' })
    expect((await sharp(region.frames[0]?.bytes).stats()).channels[0]?.stdev).toBeGreaterThan(30)
  })

  test('what is damaged or no video is unknown, and a second video in a file keeps it from being seen whole', async () => {
    const video = videoOf('mkv', GREYS)
    const asked = { level: 'full', frames: seconds(0, 4) } as const
    expect(await decoders.renderVideo(video.subarray(0, 300), asked)).toEqual({
      ...{ kind: 'unknown', because: 'decoder-failed' },
    })
    const picture = await sharp(Buffer.alloc(300), { raw: { width: 10, height: 10, channels: 3 } })
      .png()
      .toBuffer()
    expect(await decoders.renderVideo(picture, asked)).toEqual({ kind: 'unknown', because: 'unsupported' })
    const two = videoOf('mkv', GREYS, ['-map', '0:v', '-map', '0:v'])
    expect(await shown(two, asked)).toMatchObject({ isEverySecond: false, secondsInAll: 4 })
  })
})

describe('an ISO media file put forward', () => {
  const box = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(8 + body.length)
    head.write(type, 4, 'latin1')
    return Buffer.concat([head, body])
  }
  const table = (...offsets: number[]): Buffer => {
    const body = Buffer.alloc(8 + 4 * offsets.length)
    body.writeUInt32BE(offsets.length, 4)
    for (const [place, offset] of offsets.entries()) body.writeUInt32BE(offset, 8 + 4 * place)
    return box('stco', body)
  }
  const index = (offsets: readonly number[]): Buffer =>
    ['stbl', 'minf', 'mdia', 'trak', 'moov'].reduce((inner, type) => box(type, inner), table(...offsets))

  test('has its offsets moved with what they point to, whatever is there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 8 }),
        (parts) => {
          const ftyp = box('ftyp', Buffer.from('isom0000'))
          let at = ftyp.length + 8
          const offsets = parts.map((part) => {
            at += part.length
            return at - part.length
          })
          const file = Buffer.concat([ftyp, box('mdat', Buffer.concat(parts)), index(offsets)])
          const moved = Buffer.concat(forward(file))
          expect(moved.length).toBe(file.length)
          expect(moved.toString('latin1', ftyp.length + 4, ftyp.length + 8)).toBe('moov')
          const found = moved.indexOf('stco') + 12
          for (const [place, part] of parts.entries()) {
            const offset = moved.readUInt32BE(found + 4 * place)
            expect(moved.subarray(offset, offset + part.length).equals(part)).toBe(true)
          }
          expect(forward(moved)).toEqual([moved])
        },
      ),
    )
  })

  test('stays as it is where it is damaged, and never fails', () => {
    const ftyp = box('ftyp', Buffer.from('isom0000'))
    const broken = index([20]).fill(0xff, 52, 54)
    const file = Buffer.concat([ftyp, box('mdat', Buffer.alloc(20)), broken])
    expect(forward(file)).toEqual([file])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const all = Buffer.concat([ftyp, box('mdat', Buffer.alloc(4)), Buffer.from(bytes)])
        expect(Buffer.concat(forward(all)).length).toBe(all.length)
      }),
    )
  })
})

describe('what a program says of a video', () => {
  test('is taken as numbers within bounds, or not at all', () => {
    const stream = {
      codec_type: 'video',
      width: 100,
      height: 50,
      sample_aspect_ratio: '2:1',
      time_base: '1/1000',
    }
    const streams = (...all: object[]): string => JSON.stringify({ streams: all })
    expect(parseStreams(streams({ codec_type: 'audio' }, stream))).toEqual({
      ...{ size: { width: 200, height: 50 }, secondsPerTick: 0.001, videos: 1 },
    })
    const turned = { ...stream, sample_aspect_ratio: 'N/A', side_data_list: [{ rotation: -90 }] }
    expect(parseStreams(streams(turned))?.size).toEqual({ width: 50, height: 100 })
    for (const one of [
      { width: 0 },
      { width: 1e9 },
      { height: '50' },
      { time_base: '0/0' },
      { codec_type: 'data' },
    ])
      expect(parseStreams(streams({ ...stream, ...one }))).toBeUndefined()
    expect(parseStreams('no JSON')).toBeUndefined()
    expect(parseMoments('2000,__\n0,K_\n1000,__\n', 0.001)?.map((one) => one.seconds)).toEqual([0, 1, 2])
    for (const text of ['', 'N/A,K_\n', '1e9,K_\n', '0,K_\n99999999999999,__\n'])
      expect(parseMoments(text, 0.001)).toBeUndefined()
  })

  test('gives the first frame of each second, and a strip with the first and the last among so many', () => {
    const times = fc.uniqueArray(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(times, fc.integer({ min: 2, max: 20 }), (ticks, frames) => {
        const moments = parseMoments(`0,K_\n${ticks.map((one) => `${one},__\n`).join('')}`, 0.001) ?? []
        const first = firstOfSeconds(moments, 0, secondsInAll(moments))
        expect(new Set(first.map((one) => Math.floor(one.seconds))).size).toBe(first.length)
        for (const { seconds: at } of moments)
          expect(first.some((one) => Math.floor(one.seconds) === Math.floor(at) && one.seconds <= at)).toBe(
            true,
          )
        const strip = stripOf(moments, [], frames)
        expect(strip).toHaveLength(Math.min(frames, moments.length))
        expect([strip[0], strip.at(-1)]).toEqual(
          frames > 2 ? [moments[0], moments.at(-1)] : [moments[0], strip.at(-1)],
        )
        expect(candidatesOf(moments, frames).moments.length).toBeLessThanOrEqual(400)
      }),
    )
    expect(spread([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5])
  })

  test('puts into a strip where the picture changes most', () => {
    const moments = Array.from({ length: 9 }, (_, at) => ({ ticks: at, seconds: at, isKey: true }))
    const tiny = moments.map(({ ticks }) => new Uint8Array(4).fill(ticks < 6 ? 10 : ticks < 7 ? 250 : 20))
    expect(stripOf(moments, tiny, 4).map(({ ticks }) => ticks)).toEqual([0, 6, 7, 8])
  })
})

test('pieces cover a video exactly when each second of it is in one', () => {
  const piece = fc.tuple(fc.nat({ max: 12 }), fc.integer({ min: 1, max: 6 }))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.integer({ min: 1, max: 12 }), (pieces, inAll) => {
      const all = pieces.map(([from, long]) => ({ from, until: from + long, inAll }))
      const isIn = (second: number): boolean =>
        all.some(({ from, until }) => from <= second && second < until)
      expect(coversSeconds(all)).toBe(Array.from({ length: inAll }, (_, second) => second).every(isIn))
    }),
  )
})
