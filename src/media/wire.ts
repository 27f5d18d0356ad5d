/**
 * Wire: what passes between parent and child, all of fixed sizes and little-endian.
 *
 * A request is a head (magic, sequence, format, what is wanted, two zeros, size expected), then chunks of (length, bytes)
 * and last a length of 0 (the file ended) or of 2^32 - 1 (it was broken off). A reply is a head (magic, sequence, kind,
 * reason, two zeros, width, height, records) and its records (frame, region, quality, two zeros, eight hashes).
 */
import type { FrameHashes, PictureFormat } from '#terms/media'
import { REASONS, type Reason } from '#terms/verdict'

export const REQUEST_HEAD_BYTES = 16
export const REPLY_HEAD_BYTES = 24
export const HASHES_BYTES = 256
export const RECORD_BYTES = 8 + HASHES_BYTES
export const LENGTH_BYTES = 4

/** The length that says that no more bytes follow and the file is whole. */
export const ENDED = 0
/** The length that says that no more bytes follow and what came is to be forgotten. */
export const BROKEN_OFF = 0xffff_ffff

const REQUEST_MAGIC = 0x51_54_55_54
const REPLY_MAGIC = 0x52_54_55_54

const FORMATS: readonly PictureFormat[] = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heic', 'bmp']

/** What is wanted of a picture: the hashes of its pixels, or only whether something follows its end. */
export type Wanted = (typeof WANTED)[number]
const WANTED = ['hashes', 'end'] as const

/** What a child says of a picture whose hashes were wanted. */
export type PictureAnswer =
  | {
      readonly kind: 'picture'
      readonly width: number
      readonly height: number
      readonly frames: readonly FrameHashes[]
      readonly incomplete?: Reason
    }
  | { readonly kind: 'unknown'; readonly because: Reason }

/** What a child says of a picture; where only its end was wanted, why something behind it is unread, if there is anything. */
export type ChildAnswer = PictureAnswer | { readonly kind: 'end'; readonly incomplete?: Reason }

const KINDS: readonly ChildAnswer['kind'][] = ['picture', 'unknown', 'end']

export interface RequestHead {
  readonly sequence: number
  readonly wanted: Wanted
  readonly format: PictureFormat
  /** Bytes that the file seemed to have: a hint for allocation only. */
  readonly sizeBytes: number
}

export function printRequestHead(head: RequestHead): Buffer {
  const bytes = Buffer.alloc(REQUEST_HEAD_BYTES)
  bytes.writeUInt32LE(REQUEST_MAGIC, 0)
  bytes.writeUInt32LE(head.sequence, 4)
  bytes.writeUInt8(FORMATS.indexOf(head.format), 8)
  bytes.writeUInt8(WANTED.indexOf(head.wanted), 9)
  bytes.writeUInt32LE(head.sizeBytes, 12)
  return bytes
}

/** Reads a request's head, which comes from the parent; undefined when it is none. */
export function parseRequestHead(bytes: Buffer): RequestHead | undefined {
  const format = FORMATS[bytes.readUInt8(8)]
  const wanted = WANTED[bytes.readUInt8(9)]
  if (bytes.readUInt32LE(0) !== REQUEST_MAGIC || format === undefined || wanted === undefined)
    return undefined
  return { sequence: bytes.readUInt32LE(4), wanted, format, sizeBytes: bytes.readUInt32LE(12) }
}

export function printLength(length: number): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES)
  bytes.writeUInt32LE(length)
  return bytes
}

function reasonCode(reason: Reason | undefined): number {
  return reason === undefined ? 0 : REASONS.indexOf(reason) + 1
}

/** The bytes of an answer. */
export function printReply(sequence: number, answer: ChildAnswer): Buffer {
  const frames = answer.kind === 'picture' ? answer.frames : []
  const bytes = Buffer.alloc(REPLY_HEAD_BYTES + RECORD_BYTES * frames.length)
  bytes.writeUInt32LE(REPLY_MAGIC, 0)
  bytes.writeUInt32LE(sequence, 4)
  bytes.writeUInt8(KINDS.indexOf(answer.kind), 8)
  bytes.writeUInt8(reasonCode(answer.kind === 'unknown' ? answer.because : answer.incomplete), 9)
  if (answer.kind === 'picture') {
    bytes.writeUInt32LE(answer.width, 12)
    bytes.writeUInt32LE(answer.height, 16)
  }
  bytes.writeUInt32LE(frames.length, 20)
  frames.forEach((hashes, place) => {
    const at = REPLY_HEAD_BYTES + RECORD_BYTES * place
    bytes.writeUInt32LE(hashes.frame, at)
    bytes.writeUInt8(hashes.region === 'whole' ? 0 : 1, at + 4)
    bytes.writeUInt8(hashes.quality, at + 5)
    bytes.set(hashes.orientations.subarray(0, HASHES_BYTES), at + 8)
  })
  return bytes
}

/** What a reply is held against. */
export interface ReplyExpected {
  readonly sequence: number
  readonly wanted: Wanted
  readonly pixelsMax: number
  readonly framesMax: number
}

/** How far the bytes of a reply have come: more are needed, they are a reply, or they are none. */
export type ReplyRead =
  | { readonly kind: 'more' }
  | { readonly kind: 'reply'; readonly answer: ChildAnswer; readonly bytes: number }
  | { readonly kind: 'invalid' }

/** Reasons that only a parent may give: a child cannot know them of a file. */
const PARENTS_REASONS: readonly Reason[] = ['unreadable', 'permission', 'vanished', 'plain']

function framesOf(untrusted: Buffer, records: number, framesMax: number): FrameHashes[] | undefined {
  const frames: FrameHashes[] = []
  let place = -1
  for (let at = REPLY_HEAD_BYTES; frames.length < records; at += RECORD_BYTES) {
    const frame = untrusted.readUInt32LE(at)
    const region = untrusted.readUInt8(at + 4)
    const quality = untrusted.readUInt8(at + 5)
    const next = frame * 2 + region
    const whole = region === 1 && place !== frame * 2
    if (frame >= framesMax || region > 1 || quality > 100 || next <= place || whole) return undefined
    if (untrusted.readUInt16LE(at + 6) !== 0) return undefined
    place = next
    const orientations = new Uint8Array(untrusted.subarray(at + 8, at + RECORD_BYTES)) // a copy
    frames.push({ frame, region: region === 0 ? 'whole' : 'unbordered', quality, orientations })
  }
  return frames
}

/** An answer without records; undefined when it lacks the reason that it must have. */
function bare(kind: 'unknown' | 'end', because: Reason | undefined): ChildAnswer | undefined {
  if (kind === 'end') return { kind, ...(because && { incomplete: because }) }
  return because && { kind, because }
}

/** Reads a reply from a child that may have been taken over: every number is checked, nothing is followed. */
export function parseReply(untrusted: Buffer, expected: ReplyExpected): ReplyRead {
  const invalid = { kind: 'invalid' } as const
  if (untrusted.length < REPLY_HEAD_BYTES) return { kind: 'more' }
  const kind = KINDS[untrusted.readUInt8(8)]
  const code = untrusted.readUInt8(9)
  const because = code === 0 ? undefined : REASONS[code - 1]
  const [width, height, records] = [12, 16, 20].map((at) => untrusted.readUInt32LE(at)) as [
    number,
    number,
    number,
  ]
  if (untrusted.readUInt32LE(0) !== REPLY_MAGIC || untrusted.readUInt32LE(4) !== expected.sequence)
    return invalid
  if (kind === undefined || untrusted.readUInt16LE(10) !== 0) return invalid
  if (kind === (expected.wanted === 'end' ? 'picture' : 'end')) return invalid
  if (code !== 0 && (because === undefined || PARENTS_REASONS.includes(because))) return invalid
  if (kind !== 'picture') {
    const answer = bare(kind, because)
    if (answer === undefined || width !== 0 || height !== 0 || records !== 0) return invalid
    return { kind: 'reply', answer, bytes: REPLY_HEAD_BYTES }
  }
  const isSized = width > 0 && height > 0 && width * height <= expected.pixelsMax
  if (!isSized || records < 1 || records > expected.framesMax * 2) return invalid
  const bytes = REPLY_HEAD_BYTES + RECORD_BYTES * records
  if (untrusted.length < bytes) return { kind: 'more' }
  const frames = framesOf(untrusted, records, expected.framesMax)
  if (frames === undefined) return invalid
  const answer = { kind: 'picture', width, height, frames, ...(because && { incomplete: because }) } as const
  return { kind: 'reply', answer, bytes }
}
