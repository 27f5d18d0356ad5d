/**
 * Wire: what passes between the parent and a prioritiser's child, of fixed sizes and little-endian.
 *
 * In goes the length of a model and the model (none where the child has its own), then pictures: magic, sequence from 1, pixels.
 * Out come replies: magic, kind, code, two zeros, sequence, count, and `count` scores as 32-bit floats where the kind is scores.
 */
import type { OnnxAsked } from '#terms/prioritiser'

const PICTURE_MAGIC = 0x50_54_55_54
const REPLY_MAGIC = 0x51_54_55_54
export const PICTURE_HEAD_BYTES = 8
const REPLY_HEAD_BYTES = 16
const SCORE_BYTES = 4

/** Why a child does not work with what it was given. */
export const REFUSALS = ['packages', 'model', 'input', 'outputs', 'range'] as const
export type Refusal = (typeof REFUSALS)[number]

const KINDS = ['ready', 'scores', 'refused', 'failed'] as const

/** What a child says. `ready`: once, with how many scores it gives; `failed`: it could say nothing of that picture. */
export type Reply =
  | { readonly kind: 'ready'; readonly outputs: number }
  | { readonly kind: 'scores'; readonly scores: readonly number[] }
  | { readonly kind: 'refused'; readonly because: Refusal }
  | { readonly kind: 'failed' }

/** What the child's command line tells it. */
export interface ChildAsked extends Omit<OnnxAsked, 'file' | 'outputs'> {
  readonly kind: 'nsfwjs' | 'onnx'
  /** The package.json beside which its packages are installed. */
  readonly packages: string
}

export function printLength(bytes: number): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(bytes)
  return head
}

export function printPictureHead(sequence: number): Buffer {
  const head = Buffer.alloc(PICTURE_HEAD_BYTES)
  head.writeUInt32LE(PICTURE_MAGIC, 0)
  head.writeUInt32LE(sequence, 4)
  return head
}

/** The sequence of a picture that follows. @throws RangeError where none does */
export function parsePictureHead(head: Buffer): number {
  if (head.readUInt32LE(0) !== PICTURE_MAGIC) throw new RangeError('not a picture')
  return head.readUInt32LE(4)
}

export function printReply(sequence: number, reply: Reply): Buffer {
  const scores = reply.kind === 'scores' ? reply.scores : []
  const bytes = Buffer.alloc(REPLY_HEAD_BYTES + scores.length * SCORE_BYTES)
  bytes.writeUInt32LE(REPLY_MAGIC, 0)
  bytes.writeUInt8(KINDS.indexOf(reply.kind), 4)
  bytes.writeUInt8(reply.kind === 'refused' ? REFUSALS.indexOf(reply.because) : 0, 5)
  bytes.writeUInt32LE(sequence, 8)
  bytes.writeUInt32LE(reply.kind === 'ready' ? reply.outputs : scores.length, 12)
  for (const [at, score] of scores.entries()) bytes.writeFloatLE(score, REPLY_HEAD_BYTES + at * SCORE_BYTES)
  return bytes
}

/** What may come next. */
export interface ReplyAwaited {
  readonly sequence: number
  /** Scores that it said it gives; undefined until it is ready. */
  readonly outputs: number | undefined
  readonly outputsMax: number
}

export type ReplyRead =
  | { readonly kind: 'more' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'reply'; readonly reply: Reply }

/** Reads a reply of a child that may have been taken over: nothing but what was awaited, to the byte. */
export function parseReply(untrusted: Buffer, { sequence, outputs, outputsMax }: ReplyAwaited): ReplyRead {
  if (untrusted.length < REPLY_HEAD_BYTES) return { kind: 'more' }
  const kind = KINDS[untrusted.readUInt8(4)]
  const isOurs = untrusted.readUInt32LE(0) === REPLY_MAGIC && untrusted.readUInt32LE(8) === sequence
  const count = untrusted.readUInt32LE(12)
  const body = untrusted.length - REPLY_HEAD_BYTES
  if (!isOurs || kind === undefined) return { kind: 'invalid' }
  switch (kind) {
    case 'ready':
      if (outputs !== undefined || count < 1 || count > outputsMax || body > 0) return { kind: 'invalid' }
      return { kind: 'reply', reply: { kind, outputs: count } }
    case 'refused': {
      const because = REFUSALS[untrusted.readUInt8(5)]
      if (because === undefined || count > 0 || body > 0) return { kind: 'invalid' }
      return { kind: 'reply', reply: { kind, because } }
    }
    case 'failed':
      if (outputs === undefined || count > 0 || body > 0) return { kind: 'invalid' }
      return { kind: 'reply', reply: { kind } }
    case 'scores': {
      if (count !== outputs || body > count * SCORE_BYTES) return { kind: 'invalid' }
      if (body < count * SCORE_BYTES) return { kind: 'more' }
      const scores = Array.from({ length: count }, (_, at) =>
        untrusted.readFloatLE(REPLY_HEAD_BYTES + at * SCORE_BYTES),
      )
      if (!scores.every((score) => score >= 0 && score <= 1)) return { kind: 'invalid' }
      return { kind: 'reply', reply: { kind, scores } }
    }
  }
}
