/**
 * Wire: what passes between the parent and a child that renders one picture, of fixed sizes and little-endian.
 *
 * A request is a head (magic, format, level, two zeros, frame, bounds, rectangle) and then the file's bytes to the end of the
 * input. A reply is a head (magic, kind, reason, channels, soundness, size, frames, size of the source) and then pixels.
 */
import type { PictureFormat, RenderAsked } from '#terms/media'
import { REASONS, type Reason } from '#terms/verdict'
import type { Bounds } from './levels.ts'

export const REQUEST_HEAD_BYTES = 36
export const REPLY_HEAD_BYTES = 28

const REQUEST_MAGIC = 0x56_54_55_54
const REPLY_MAGIC = 0x57_54_55_54
const FORMATS: readonly PictureFormat[] = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heic', 'bmp']
const LEVELS: readonly DrawnLevel[] = ['thumbnail', 'blurred', 'region', 'full', 'exact']
const PIXELS = 0
const UNKNOWN = 1

/** How a picture is drawn: as a viewing shows it, or `exact`, drawn out to its bounds, for a program. */
export type DrawnLevel = RenderAsked['level'] | 'exact'

/** A rectangle in pixels of the picture as it stands upright. */
export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What a child is asked for. */
export interface RenderRequest {
  readonly format: PictureFormat
  readonly level: DrawnLevel
  /** Frame or page, counted from 0. */
  readonly frame: number
  readonly bounds: Bounds
  readonly region?: Rectangle
}

/** What a child gives: pixels and nothing else of the file, or why not. */
export type RenderReply =
  | {
      readonly kind: 'pixels'
      readonly width: number
      readonly height: number
      readonly channels: 1 | 3
      readonly frames: number
      /** False where part of the file was damaged, or something else is behind the picture. */
      readonly isSound: boolean
      readonly source: Bounds
      readonly pixels: Buffer
    }
  | { readonly kind: 'unknown'; readonly because: Reason }

export function printRequest({ format, level, frame, bounds, region }: RenderRequest): Buffer {
  const { width, height } = bounds
  const { left, top, width: wide, height: high } = region ?? { left: 0, top: 0, width: 0, height: 0 }
  const bytes = Buffer.alloc(REQUEST_HEAD_BYTES)
  bytes.writeUInt32LE(REQUEST_MAGIC, 0)
  bytes.writeUInt8(FORMATS.indexOf(format), 4)
  bytes.writeUInt8(LEVELS.indexOf(level), 5)
  for (const [place, number] of [frame, width, height, left, top, wide, high].entries())
    bytes.writeUInt32LE(number, 8 + place * 4)
  return bytes
}

/** Reads a request, which comes from the parent; undefined when it is none. */
export function parseRequest(bytes: Buffer): RenderRequest | undefined {
  if (bytes.length < REQUEST_HEAD_BYTES || bytes.readUInt32LE(0) !== REQUEST_MAGIC) return undefined
  const format = FORMATS[bytes.readUInt8(4)]
  const level = LEVELS[bytes.readUInt8(5)]
  if (format === undefined || level === undefined) return undefined
  const numbers = Array.from({ length: 7 }, (_, place) => bytes.readUInt32LE(8 + place * 4))
  const [frame = 0, width = 0, height = 0, left = 0, top = 0, wide = 0, high = 0] = numbers
  const isRegion = level === 'region'
  return {
    ...{ format, level, frame, bounds: { width, height } },
    ...(isRegion && { region: { left, top, width: wide, height: high } }),
  }
}

export function printReply(reply: RenderReply): Buffer {
  const head = Buffer.alloc(REPLY_HEAD_BYTES)
  head.writeUInt32LE(REPLY_MAGIC, 0)
  if (reply.kind === 'unknown') {
    head.writeUInt8(UNKNOWN, 4)
    head.writeUInt8(REASONS.indexOf(reply.because), 5)
    return head
  }
  const { width, height, channels, frames, isSound, source, pixels } = reply
  head.writeUInt8(PIXELS, 4)
  head.writeUInt8(channels, 6)
  head.writeUInt8(isSound ? 1 : 0, 7)
  for (const [place, number] of [width, height, frames, source.width, source.height].entries())
    head.writeUInt32LE(number, 8 + place * 4)
  return Buffer.concat([head, pixels])
}

/** Reads what a child replied that may have been taken over; undefined when it is no reply within the bounds. */
export function parseReply(untrusted: Buffer, bounds: Bounds): RenderReply | undefined {
  if (untrusted.length < REPLY_HEAD_BYTES || untrusted.readUInt32LE(0) !== REPLY_MAGIC) return undefined
  const [kind, code, channels, soundness] = [4, 5, 6, 7].map((at) => untrusted.readUInt8(at))
  const numbers = Array.from({ length: 5 }, (_, place) => untrusted.readUInt32LE(8 + place * 4))
  const [width = 0, height = 0, frames = 0, sourceWidth = 0, sourceHeight = 0] = numbers
  const pixels = untrusted.subarray(REPLY_HEAD_BYTES)
  if (kind === UNKNOWN) {
    const because = REASONS[code ?? 0]
    return pixels.length === 0 && because !== undefined ? { kind: 'unknown', because } : undefined
  }
  if (kind !== PIXELS || (channels !== 1 && channels !== 3) || (soundness ?? 2) > 1) return undefined
  const isWithin = width > 0 && height > 0 && width <= bounds.width && height <= bounds.height
  if (!isWithin || frames < 1 || pixels.length !== width * height * channels) return undefined
  if (sourceWidth < 1 || sourceHeight < 1) return undefined
  const source = { width: sourceWidth, height: sourceHeight }
  return { kind: 'pixels', width, height, channels, frames, isSound: soundness === 1, source, pixels }
}

/** Bytes that a reply has at most. */
export function replyBytesMax({ width, height }: Bounds): number {
  return REPLY_HEAD_BYTES + width * height * 3
}
