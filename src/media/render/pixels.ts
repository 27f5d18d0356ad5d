/** Pixels: one frame of a file, upright, cut and made as small as its level wants it; only pixels come of it. */
import type { Pixels } from '@tutela/kernels/pdq'
import sharp, { type OutputInfo, type Sharp } from 'sharp'
import type { Reason } from '#terms/verdict'
import { bmpPixels } from '../bmp.ts'
import { heicPixels } from '../heic.ts'
import { remainsOf } from '../remains.ts'
import { reasonOf } from '../single.ts'
import { BLURRED_POINTS_MAX, type Bounds } from './levels.ts'
import type { Rectangle, RenderReply, RenderRequest } from './wire.ts'

/** A frame that is ready to be drawn, and what was found of its file on the way. */
interface Frame {
  readonly drawn: () => Sharp
  readonly size: Bounds
  readonly frames: number
  readonly isSound: boolean
}

const POINTS: Bounds = { width: BLURRED_POINTS_MAX, height: BLURRED_POINTS_MAX }

type Rigour = 'error' | 'none'

/** Renders what is asked for: first strictly, then with whatever can still be decoded, which is then said. */
export async function render(asked: RenderRequest, bytes: Buffer, pixelsMax: number): Promise<RenderReply> {
  try {
    return await shown(asked, bytes, pixelsMax, 'error')
  } catch (error) {
    if (reasonOf(error) === 'too-large') return { kind: 'unknown', because: 'too-large' }
  }
  try {
    const reply = await shown(asked, bytes, pixelsMax, 'none')
    return reply.kind === 'pixels' ? { ...reply, isSound: false } : reply
  } catch (error) {
    return { kind: 'unknown', because: reasonOf(error) }
  }
}

async function shown(
  asked: RenderRequest,
  bytes: Buffer,
  pixelsMax: number,
  rigour: Rigour,
): Promise<RenderReply> {
  const frame = await frameOf(asked, bytes, pixelsMax, rigour)
  if (typeof frame === 'string') return { kind: 'unknown', because: frame }
  const { data, info } = await shaped(frame, asked)
  const { width, height, channels } = info
  if (channels !== 1 && channels !== 3) throw new Error(`${channels} channels`)
  const { frames, isSound, size: source } = frame
  return { kind: 'pixels', width, height, channels, frames, isSound, source, pixels: data }
}

async function frameOf(
  { format, frame }: RenderRequest,
  bytes: Buffer,
  pixelsMax: number,
  rigour: Rigour,
): Promise<Frame | Reason> {
  switch (format) {
    case 'bmp': {
      const { pixels, isWhole } = bmpPixels(bytes, pixelsMax)
      return typeof pixels === 'string' ? pixels : heldFrame(pixels, 1, isWhole)
    }
    case 'heic': {
      const { pixels, count } = await heicPixels(bytes, pixelsMax, frame)
      return typeof pixels === 'string' ? pixels : heldFrame(pixels, count, true)
    }
    case 'jpeg':
    case 'png':
    case 'gif':
    case 'webp':
    case 'avif':
    case 'tiff': {
      const read = (): Sharp =>
        sharp(bytes, { page: frame, pages: 1, limitInputPixels: pixelsMax, failOn: rigour }).autoOrient()
      const { width, height, pages = 1, autoOrient } = await read().metadata()
      const size = { width: autoOrient?.width ?? width, height: autoOrient?.height ?? height }
      const { picture, unread, cut } = remainsOf(format, bytes)
      const isSound = picture === undefined && unread === undefined && cut !== true
      return { drawn: read, size, frames: Math.max(1, pages), isSound }
    }
  }
}

function heldFrame(pixels: Pixels, frames: number, isSound: boolean): Frame {
  const { data, width, height, channels } = pixels
  const drawn = (): Sharp => sharp(data, { raw: { width, height, channels } })
  return { drawn, size: { width, height }, frames, isSound }
}

type Shaped = Awaited<ReturnType<typeof raw>>

async function shaped({ drawn, size }: Frame, { level, bounds, region }: RenderRequest): Promise<Shaped> {
  switch (level) {
    case 'thumbnail':
      return raw(drawn().removeAlpha().resize(inside(bounds)).greyscale().toColourspace('b-w'))
    case 'blurred':
      return blurred(await raw(plain(drawn()).resize(inside(POINTS))), size, bounds)
    case 'region':
      return raw(plain(drawn()).extract(within(region, size)).resize(inside(bounds)))
    case 'full':
      return raw(plain(drawn()).resize(inside(bounds)))
    case 'exact':
      return raw(plain(drawn()).resize({ ...bounds, fit: 'fill', kernel: 'linear' }))
  }
}

/** Red, green, blue as they were hashed: what a transparent layer would hide is shown too. */
function plain(picture: Sharp): Sharp {
  return picture.toColourspace('srgb').removeAlpha()
}

function inside({ width, height }: Bounds) {
  return { width, height, fit: 'inside', withoutEnlargement: true } as const
}

function raw(picture: Sharp): Promise<{ data: Buffer; info: OutputInfo }> {
  return picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
}

/** A few points, drawn out smoothly to the size of the picture within its bounds: nothing finer is in it. */
async function blurred({ data, info }: Shaped, size: Bounds, bounds: Bounds): Promise<Shaped> {
  const { width, height, channels } = info
  const scale = Math.min(1, bounds.width / size.width, bounds.height / size.height)
  const [wide, high] = [size.width, size.height].map((side) => Math.max(1, Math.round(side * scale)))
  const few = sharp(data, { raw: { width, height, channels: channels as 1 | 3 } })
  return raw(few.resize({ width: wide ?? 1, height: high ?? 1, fit: 'fill', kernel: 'cubic' }).blur(3))
}

/** The part of a rectangle that is within the picture. @throws an error where there is none */
function within(region: Rectangle | undefined, size: Bounds): Rectangle {
  if (region === undefined) throw new Error('no rectangle')
  const { left, top } = region
  const width = Math.min(region.width, size.width - left)
  const height = Math.min(region.height, size.height - top)
  if (width < 1 || height < 1) throw new Error('the rectangle is not within the picture')
  return { left, top, width, height }
}
