/** Remains: what follows the end of a picture's own data, where another picture or a whole archive may hide. */
import type { PictureFormat } from '#terms/media'
import type { Reason } from '#terms/verdict'
import { bmpHeader, rowBytesOf } from './bmp-header.ts'
import { pictureFormat } from './picture-format.ts'

/** What follows: a picture to decode as well, a reason why something there is unread, or nothing that matters. */
export interface Remains {
  readonly picture?: { readonly format: PictureFormat; readonly bytes: Buffer }
  readonly unread?: Reason
  /** True when the file ends before its picture does. */
  readonly cut?: true
}

/** What a walk along a picture's own parts found. */
interface Walked {
  /** One past the last byte of the picture; undefined where the format has no end of its own. */
  readonly end?: number
  readonly unread?: Reason
}

/** Below this, what follows is a camera's note: no archive and no picture worth the name fits. */
const REMAINS_BYTES_MIN = 512

const NOTHING: Remains = {}

/** A JPEG ends at its first end marker outside a segment. Bytes between markers, strays and scans alike, are passed over. */
function jpegEnd(bytes: Buffer): Walked {
  for (let at = bytes.indexOf(0xff, 2); at >= 0 && at + 2 <= bytes.length; at = bytes.indexOf(0xff, at)) {
    const marker = bytes[at + 1] ?? 0
    const isAlone = marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)
    if (marker === 0xd9) return { end: at + 2 }
    if (marker === 0xff) at += 1
    else if (isAlone) at += 2
    else if (at + 4 <= bytes.length) at += 2 + bytes.readUInt16BE(at + 2)
    else break
  }
  return { end: Number.POSITIVE_INFINITY }
}

/** A PNG ends after IEND. One with an animation chunk has frames that sharp does not read. */
function pngEnd(bytes: Buffer): Walked {
  let unread: Reason | undefined
  for (let at = 8; at + 12 <= bytes.length; ) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (type === 'acTL' && bytes.readUInt32BE(at + 8) > 1) unread = 'frames-limit'
    at += 12 + bytes.readUInt32BE(at)
    if (type === 'IEND') return { end: at, ...(unread && { unread }) }
  }
  return { end: Number.POSITIVE_INFINITY, ...(unread && { unread }) }
}

function webpEnd(bytes: Buffer): Walked {
  const size = bytes.readUInt32LE(4)
  return { end: 8 + size + (size % 2) }
}

/** Skips a GIF's sub-blocks; returns where the next block begins. */
function afterSubBlocks(bytes: Buffer, from: number): number {
  let at = from
  for (let size = bytes[at]; size !== undefined && size !== 0; size = bytes[at]) at += size + 1
  return at + 1
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1)
}

/** A GIF ends at its trailer. Decoders pass over a missing end without a word, so it is noted here. */
function gifEnd(bytes: Buffer): Walked {
  let at = 13 + colourTableBytes(bytes[10] ?? 0)
  while (at < bytes.length) {
    const block = bytes[at]
    if (block === 0x3b) return { end: at + 1 }
    if (block === 0x21) at = afterSubBlocks(bytes, at + 2)
    else if (block === 0x2c) at = afterSubBlocks(bytes, at + 11 + colourTableBytes(bytes[at + 9] ?? 0))
    else return { end: at, unread: 'truncated' }
  }
  return { unread: 'truncated' }
}

/** Boxes that a still picture is made of. */
const STILL_BOXES = ['ftyp', 'meta', 'mdat', 'free', 'skip', 'idat', 'mini', 'styp']

/** HEIC and AVIF are boxes to their end. A movie track is a sequence that is not read; other boxes may hold anything. */
function boxesEnd(bytes: Buffer): Walked {
  let unread: Reason | undefined
  let at = 0
  while (at + 8 <= bytes.length) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    const short = bytes.readUInt32BE(at)
    if (type === 'moov') unread = 'unsupported'
    if (short === 0) return { end: bytes.length, ...(unread && { unread }) }
    const size = short === 1 && at + 16 <= bytes.length ? Number(bytes.readBigUInt64BE(at + 8)) : short
    if (size < 8) break
    if (type !== 'moov' && !STILL_BOXES.includes(type) && size >= REMAINS_BYTES_MIN)
      return { unread: 'container' }
    at += size
  }
  return { end: at, ...(unread && { unread }) }
}

const BMP_HEADER_BYTES_MIN = 26

function bmpEnd(bytes: Buffer): Walked {
  const header = bmpHeader(bytes)
  const stated = bytes.readUInt32LE(2)
  if (header === undefined)
    return { end: stated <= bytes.length ? Math.max(stated, BMP_HEADER_BYTES_MIN) : 0 }
  const isRuns = header.compression === 'rle8' || header.compression === 'rle4'
  return { end: Math.max(stated, isRuns ? 0 : header.offset + header.height * rowBytesOf(header)) }
}

function walked(format: PictureFormat, bytes: Buffer): Walked {
  switch (format) {
    case 'jpeg':
      return jpegEnd(bytes)
    case 'png':
      return pngEnd(bytes)
    case 'webp':
      return webpEnd(bytes)
    case 'gif':
      return gifEnd(bytes)
    case 'avif':
    case 'heic':
      return boxesEnd(bytes)
    case 'bmp':
      return bmpEnd(bytes)
    case 'tiff': // its directories may lie anywhere: a TIFF has no end of its own
      return {}
  }
}

/** An archive's closing record, without its comment, and the longest comment; PKWARE, APPNOTE 4.3.16. */
const ZIP_CLOSING_BYTES = 22
const ZIP_COMMENT_BYTES_MAX = 0xffff

/** True when a ZIP archive ends where the file does, whatever comes before: also where a format has no end of its own. */
function endsAsZip(bytes: Buffer): boolean {
  const from = Math.max(0, bytes.length - ZIP_CLOSING_BYTES - ZIP_COMMENT_BYTES_MAX)
  const at = bytes.lastIndexOf('PK\x05\x06', -1, 'latin1')
  if (at < from || at + ZIP_CLOSING_BYTES > bytes.length) return false
  const directory = at - bytes.readUInt32LE(at + 12)
  return (
    directory >= 0 && directory < at && bytes.toString('latin1', directory, directory + 4) === 'PK\x01\x02'
  )
}

/** Where padding ends: zeros and white space, which some writers add up to a round size. */
function afterPadding(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && [0, 0x09, 0x0a, 0x0d, 0x20].includes(bytes[at] ?? 1)) at += 1
  return at
}

function isFilled(bytes: Buffer): boolean {
  const first = bytes[0]
  return bytes.every((byte) => byte === first)
}

/**
 * What follows a picture's own end; a container there comes before any other reason, since it hides files.
 *
 * A picture that follows is given back for decoding. Padding, a run of one byte, and less than 512 bytes of anything else
 * are left aside. The rest (an archive, a motion photo's film, a maker's block) is `container`: it was not opened.
 */
export function remainsOf(format: PictureFormat, untrusted: Buffer): Remains {
  if (untrusted.length < 32) return NOTHING
  const { end, unread } = walked(format, untrusted)
  const known: Remains = unread === undefined ? NOTHING : { unread }
  if (unread === 'container' || endsAsZip(untrusted)) return { unread: 'container' }
  if (end === undefined || end === untrusted.length) return known
  if (end > untrusted.length) return { ...known, cut: true }
  const rest = untrusted.subarray(afterPadding(untrusted, end))
  const next = rest.length < untrusted.length ? pictureFormat(rest) : undefined
  if (next !== undefined) return { ...known, picture: { format: next, bytes: rest } }
  return rest.length < REMAINS_BYTES_MIN || isFilled(rest) ? known : { unread: 'container' }
}

/**
 * Why something behind a picture, and behind the pictures that follow it, is unread; undefined when nothing is. Pictures
 * that follow are parts of the file here as they are for `decode`, and are walked past, at most `picturesMax` of them.
 */
export function unreadBehind(
  format: PictureFormat,
  untrusted: Buffer,
  picturesMax: number,
): Reason | undefined {
  let because: Reason | undefined
  let part: Remains['picture'] = { format, bytes: untrusted }
  for (let count = 0; part !== undefined; count += 1) {
    if (count >= picturesMax) return 'container' // what lies behind was not looked at
    const remains: Remains = remainsOf(part.format, part.bytes)
    if (remains.unread === 'container') return 'container'
    because ??= remains.unread ?? (remains.cut && 'truncated')
    part = remains.picture
  }
  return because
}
