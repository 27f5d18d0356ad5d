/** Renderer: has a picture rendered by a confined child of its own, and encodes the pixels that come back. */
import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import sharp from 'sharp'
import type { Launch } from '#ground/sandbox/confinement'
import type { DrawnExactly, RenderAsked, Rendering } from '#terms/media'
import type { DecoderLimits } from '../limits.ts'
import { HEAD_BYTES, sniff } from '../sniff.ts'
import { type Bounds, boundsOf, showsWhole } from './levels.ts'
import { parseReply, printRequest, type RenderReply, type RenderRequest, replyBytesMax } from './wire.ts'

const FAILED: RenderReply = { kind: 'unknown', because: 'decoder-failed' }
const REPLIES = 3
const JPEG_QUALITY = 92

/** Pixels, row by row. */
export interface DrawnPixels extends Bounds {
  readonly channels: 1 | 3
  readonly pixels: Buffer
}

/** Has one picture rendered. The child sees no other picture before or after it. */
export async function rendered(
  launch: Launch,
  limits: DecoderLimits,
  asked: RenderAsked,
  bytes: Buffer,
  closing: AbortSignal,
): Promise<Rendering> {
  const { level, frame = 0, region } = asked
  const wanted = { level, frame, bounds: boundsOf(asked), ...(region && { region }) }
  const reply = await drawn(launch, limits, wanted, bytes, closing)
  return reply.kind === 'unknown' ? reply : encoded(asked, reply)
}

/** Has the first frame of a picture drawn out to some bounds, in red, green and blue: for a program, and shown to nobody. */
export async function drawnExactly(
  launch: Launch,
  limits: DecoderLimits,
  bounds: Bounds,
  bytes: Buffer,
  closing: AbortSignal,
): Promise<DrawnExactly> {
  const reply = await drawn(launch, limits, { level: 'exact', frame: 0, bounds }, bytes, closing)
  if (reply.kind === 'unknown') return reply
  const { width, height, channels, pixels } = reply
  if (width !== bounds.width || height !== bounds.height)
    return { kind: 'unknown', because: 'decoder-failed' }
  return { kind: 'pixels', pixels: channels === 3 ? pixels : thrice(pixels) }
}

/** Grey as red, green and blue. */
function thrice(grey: Buffer): Buffer {
  const pixels = Buffer.allocUnsafe(grey.length * 3)
  for (let at = 0; at < pixels.length; at++) pixels[at] = grey[Math.trunc(at / 3)] ?? 0
  return pixels
}

async function drawn(
  launch: Launch,
  limits: DecoderLimits,
  wanted: Omit<RenderRequest, 'format'>,
  bytes: Buffer,
  closing: AbortSignal,
): Promise<RenderReply> {
  const sniffed = await sniff(bytes.subarray(0, HEAD_BYTES))
  if (sniffed.kind === 'unknown') return { kind: 'unknown', because: sniffed.because }
  if (sniffed.kind === 'other') return { kind: 'unknown', because: 'unsupported' }
  if (bytes.length > limits.bytesMax) return { kind: 'unknown', because: 'too-large' }
  const request = printRequest({ format: sniffed.format, ...wanted })
  return replied(launch, limits.secondsMax, wanted.bounds, [request, bytes], closing)
}

/** Starts a child, gives it its input and reads its reply; one that fails, says too much or takes too long is ended. */
function replied(
  { file, args, env, uid, gid }: Launch,
  secondsMax: number,
  bounds: Bounds,
  input: readonly Buffer[],
  closing: AbortSignal,
): Promise<RenderReply> {
  return new Promise((resolve) => {
    if (closing.aborted) return resolve(FAILED)
    const child = spawn(file, [...args], {
      env: { ...env },
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    })
    const end = (): void => void child.kill('SIGKILL')
    const timer = setTimeout(end, secondsMax * 1000)
    closing.addEventListener('abort', end, { once: true })
    const [bytesMax, chunks]: [number, Buffer[]] = [replyBytesMax(bounds), []]
    let received = 0
    const replies = child.stdio[REPLIES] as Readable
    replies.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > bytesMax) end()
      else chunks.push(chunk)
    })
    const done = (reply: RenderReply): void => {
      clearTimeout(timer)
      closing.removeEventListener('abort', end)
      resolve(reply)
    }
    child.once('error', () => done(FAILED))
    child.once('close', (code) => {
      const reply = code === 0 ? parseReply(Buffer.concat(chunks), bounds) : undefined
      done(reply ?? FAILED)
    })
    const stdin = child.stdin as Writable
    stdin.on('error', end)
    for (const part of input) stdin.write(part)
    stdin.end()
  })
}

async function encoded(
  { level }: RenderAsked,
  reply: Extract<RenderReply, { kind: 'pixels' }>,
): Promise<Rendering> {
  const { width, height, frames, isSound, source } = reply
  const isWhole = isSound && showsWhole(level, frames, { width, height }, source)
  return { kind: 'rendered', ...(await pictureOf(level, reply)), width, height, frames, source, isWhole }
}

/** A new file of nothing but the pixels: whatever else was in the original is not in it. */
export async function pictureOf(
  level: RenderAsked['level'],
  { width, height, channels, pixels }: DrawnPixels,
): Promise<{ readonly mediaType: 'image/png' | 'image/jpeg'; readonly bytes: Buffer }> {
  const picture = sharp(pixels, { raw: { width, height, channels } })
  const isPhotograph = level === 'full'
  const bytes = await (isPhotograph
    ? picture.jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer()
    : (channels === 1 ? picture.toColourspace('b-w') : picture).png().toBuffer())
  return { mediaType: isPhotograph ? 'image/jpeg' : 'image/png', bytes }
}
