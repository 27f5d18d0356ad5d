/** Child: the program that decodes hostile bytes: reads one file after another from its input and replies with hashes. */
import { readSync, writeSync } from 'node:fs'
import { openPdq } from '@tutela/kernels/node'
import type { Pdq } from '@tutela/kernels/pdq'
import sharp from 'sharp'
import { decode } from './decode.ts'
import { type ChildLimits, parseChildLimits } from './limits.ts'
import { LOADERS } from './loaders.ts'
import { unreadBehind } from './remains.ts'
import {
  BROKEN_OFF,
  type ChildAnswer,
  ENDED,
  LENGTH_BYTES,
  parseRequestHead,
  printReply,
  REQUEST_HEAD_BYTES,
  type RequestHead,
} from './wire.ts'

const INPUT = 0
/** A channel of its own: libraries print their complaints on the standard output. */
const REPLIES = 3

/** Reads exactly as many bytes as `into` holds; false at the end of the input. */
function readInto(into: Buffer): boolean {
  for (let at = 0; at < into.length; ) {
    const count = readSync(INPUT, into, at, into.length - at, null)
    if (count === 0) return false
    at += count
  }
  return true
}

/** Grows a buffer to hold `bytes`, by doubling. */
function grown(buffer: Buffer, bytes: number): Buffer {
  if (bytes <= buffer.length) return buffer
  const larger = Buffer.allocUnsafe(Math.max(bytes, buffer.length * 2))
  buffer.copy(larger)
  return larger
}

/** A file's bytes as they arrived; undefined when the parent broke it off, `ended` at the end of the input. */
function readFile(sizeBytes: number, bytesMax: number): Buffer | 'broken-off' | 'ended' {
  const length = Buffer.allocUnsafe(LENGTH_BYTES)
  let buffer: Buffer = Buffer.allocUnsafe(Math.min(sizeBytes, bytesMax))
  let filled = 0
  while (readInto(length)) {
    const bytes = length.readUInt32LE()
    if (bytes === ENDED) return buffer.subarray(0, filled)
    if (bytes === BROKEN_OFF) return 'broken-off'
    if (filled + bytes > bytesMax) throw new RangeError('more bytes than the limit')
    buffer = grown(buffer, filled + bytes)
    if (!readInto(buffer.subarray(filled, filled + bytes))) return 'ended'
    filled += bytes
  }
  return 'ended'
}

async function answered(
  pdq: Pdq,
  limits: ChildLimits,
  head: RequestHead,
  bytes: Buffer,
): Promise<ChildAnswer> {
  try {
    if (head.wanted === 'end') {
      const incomplete = unreadBehind(head.format, bytes, limits.framesMax)
      return { kind: 'end', ...(incomplete && { incomplete }) }
    }
    return await decode(pdq, limits, head.format, bytes)
  } catch {
    return { kind: 'unknown', because: 'decoder-failed' } // the decoder's words may quote the file: they stay here
  }
}

function reply(sequence: number, answer: ChildAnswer): void {
  const bytes = printReply(sequence, answer)
  for (let at = 0; at < bytes.length; ) at += writeSync(REPLIES, bytes, at)
}

async function serve(pdq: Pdq, limits: ChildLimits): Promise<void> {
  const headBytes = Buffer.allocUnsafe(REQUEST_HEAD_BYTES)
  while (readInto(headBytes)) {
    const head = parseRequestHead(headBytes)
    if (head === undefined) throw new RangeError('not a request')
    const bytes = readFile(head.sizeBytes, limits.bytesMax)
    if (bytes === 'ended') return
    const answer: ChildAnswer =
      bytes === 'broken-off'
        ? { kind: 'unknown', because: 'too-large' }
        : await answered(pdq, limits, head, bytes)
    reply(head.sequence, answer)
  }
}

// the parent says when to end, by closing the input; a signal to everything that runs must not cost the file in hand
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
sharp.cache(false)
sharp.concurrency(1)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: LOADERS })
const limits = parseChildLimits(process.argv[2] ?? '')
if (limits === undefined) throw new RangeError('no limits given')
await serve(await openPdq(), limits)
