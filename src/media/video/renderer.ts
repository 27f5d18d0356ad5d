/** Renderer: some frames of a video as pictures for one viewing: silent, each by itself, made anew from pixels. */
import sharp from 'sharp'
import {
  framesMostOf,
  VIDEO_FRAMES_MAX,
  type VideoAsked,
  type VideoFrame,
  type VideoRendering,
} from '#terms/video'
import type { DecoderLimits } from '../limits.ts'
import { showsWhole } from '../render/levels.ts'
import { type DrawnPixels, pictureOf } from '../render/renderer.ts'
import { HEAD_BYTES } from '../sniff.ts'
import { demuxerOf } from './container.ts'
import { draw, type Reading, timelineOf, type Unread } from './decoding.ts'
import { forward } from './forward.ts'
import { type Shape, shapeOf, TINY } from './shape.ts'
import { candidatesOf, stripOf } from './strip.ts'
import { firstOfSeconds, type Moment, secondsInAll, type Timeline } from './timeline.ts'

type Desk = Pick<Reading, 'programs' | 'launch' | 'closing'> & { readonly limits: DecoderLimits }

/** Has frames of one video rendered, in confined programs that see no other file before or after it. */
export async function videoRendered(desk: Desk, asked: VideoAsked, bytes: Buffer): Promise<VideoRendering> {
  const { limits, ...programs } = desk
  const most = framesMostOf(asked.frames)
  if (!(most >= 1 && most <= VIDEO_FRAMES_MAX)) throw new RangeError(`${most} frames`)
  const demuxer = await demuxerOf(bytes.subarray(0, HEAD_BYTES))
  if (demuxer === undefined) return { kind: 'unknown', because: 'unsupported' }
  if (bytes.length > limits.bytesMax) return { kind: 'unknown', because: 'too-large' }
  const reading: Reading = { ...programs, demuxer, pieces: forward(bytes), secondsMax: limits.secondsMax }
  const timeline = await timelineOf(reading)
  if ('kind' in timeline) return unknown(timeline)
  if (timeline.size.width * timeline.size.height > limits.pixelsMax)
    return { kind: 'unknown', because: 'too-large' }
  const chosen = await chosenFrom(reading, timeline, asked)
  return 'kind' in chosen ? unknown(chosen) : rendered(reading, timeline, asked, chosen)
}

interface Chosen {
  readonly moments: readonly Moment[]
  readonly areKeys: boolean
}

async function chosenFrom(
  reading: Reading,
  { moments }: Timeline,
  { frames }: VideoAsked,
): Promise<Chosen | Unread> {
  if (frames.kind === 'seconds')
    return { moments: firstOfSeconds(moments, frames.from, frames.until), areKeys: false }
  const candidates = candidatesOf(moments, frames.frames)
  if (candidates.moments.length <= frames.frames) return candidates
  const tiny = await draw(reading, { ...candidates, shape: TINY }, (pixels) => pixels)
  if ('kind' in tiny) return tiny
  return { moments: stripOf(candidates.moments, tiny, frames.frames), areKeys: candidates.areKeys }
}

async function rendered(
  reading: Reading,
  timeline: Timeline,
  asked: VideoAsked,
  chosen: Chosen,
): Promise<VideoRendering> {
  const { size: source, moments, videos } = timeline
  const shape = shapeOf(asked, source)
  if (!shape || chosen.moments.length === 0) return { kind: 'unknown', because: 'decoder-failed' }
  const drawn = await draw(reading, { ...chosen, shape }, (pixels) => frameOf(asked, shape, pixels))
  if ('kind' in drawn) return unknown(drawn)
  const frames = chosen.moments.flatMap(({ seconds }, place): VideoFrame[] => {
    const frame = drawn[place]
    return frame ? [{ ...frame, milliseconds: Math.round(seconds * 1000) }] : []
  })
  if (frames.length === 0) return { kind: 'unknown', because: 'decoder-failed' }
  const isSeen = showsWhole(asked.level, 1, shape, source) && videos === 1
  const isEverySecond = isSeen && asked.frames.kind === 'seconds' && frames.length === drawn.length
  return { kind: 'rendered', frames, secondsInAll: secondsInAll(moments), source, isEverySecond }
}

async function frameOf(
  { level }: VideoAsked,
  { width, height, channels, drawnOutTo }: Shape,
  pixels: Buffer,
): Promise<Omit<VideoFrame, 'milliseconds'>> {
  const points = { width, height, channels, pixels }
  const drawn = drawnOutTo ? await drawnOut(points, drawnOutTo) : points
  return { ...(await pictureOf(level, drawn)), width: drawn.width, height: drawn.height }
}

/** A few points, drawn out smoothly: nothing finer is in it. */
async function drawnOut(
  { pixels, ...raw }: DrawnPixels,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<DrawnPixels> {
  const large = sharp(pixels, { raw }).resize({ width, height, fit: 'fill', kernel: 'cubic' }).blur(3)
  return { width, height, channels: raw.channels, pixels: await large.raw().toBuffer() }
}

function unknown({ because }: Unread): VideoRendering {
  return { kind: 'unknown', because }
}
