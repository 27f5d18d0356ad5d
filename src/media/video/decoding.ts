/** Decoding: has a confined ffmpeg say when a video's frames stand, and draw some; nothing else of the file comes back. */
import type { Launch } from '#ground/sandbox/confinement'
import { type Run, run } from './confined.ts'
import type { Shape } from './shape.ts'
import {
  type Moment,
  PACKET_WORDS,
  parseMoments,
  parseStreams,
  STREAM_WORDS,
  type Timeline,
} from './timeline.ts'

/** The programs of ffmpeg, by absolute path. */
export interface VideoPrograms {
  readonly ffmpeg: string
  readonly ffprobe: string
}

/** A file that is read, and what reads it. */
export interface Reading {
  readonly programs: VideoPrograms
  launch(command: readonly [string, ...string[]]): Launch
  readonly demuxer: string
  /** The file in an order in which it can be read forward. */
  readonly pieces: readonly Buffer[]
  readonly secondsMax: number
  readonly closing: AbortSignal
}

/** Why nothing came. */
export interface Unread {
  readonly kind: 'failed'
  readonly because: 'decoder-failed' | 'too-large'
}

const FAILED: Unread = { kind: 'failed', because: 'decoder-failed' }
const STREAMS_BYTES_MAX = 1 << 20
const PACKETS_BYTES_MAX = 32 << 20

/** From a pipe alone, by the named demuxer; frames that an edit list leaves out too, and those without a time get one. */
function inputWords(demuxer: string, first: readonly string[] = []): string[] {
  const all = demuxer === 'mov' ? ['-ignore_editlist', '1'] : []
  const from = ['-protocol_whitelist', 'pipe', '-f', demuxer, '-fflags', '+genpts']
  return [...all, ...from, ...first, '-i', 'pipe:0']
}

/** When each frame of a file's first video stands. */
export async function timelineOf(reading: Reading): Promise<Timeline | Unread> {
  const { demuxer, programs } = reading
  const ask = (words: readonly string[], bytesMax: number): Promise<string | Unread> =>
    said(reading, [programs.ffprobe, '-v', 'quiet', ...inputWords(demuxer), ...words], bytesMax)
  const streams = await ask(STREAM_WORDS, STREAMS_BYTES_MAX)
  if (typeof streams !== 'string') return streams
  const found = parseStreams(streams)
  if (!found) return FAILED
  const packets = await ask(PACKET_WORDS, PACKETS_BYTES_MAX)
  if (typeof packets !== 'string') return packets
  const moments = parseMoments(packets, found.secondsPerTick)
  return moments ? { size: found.size, moments, videos: found.videos } : FAILED
}

async function said(
  reading: Reading,
  command: readonly [string, ...string[]],
  bytesMax: number,
): Promise<string | Unread> {
  const pieces: Buffer[] = []
  const ran = await run({ ...runOf(reading, command, bytesMax), taken: (piece) => void pieces.push(piece) })
  return ran.kind === 'ended' ? Buffer.concat(pieces).toString('latin1') : ran
}

function runOf(
  { launch, pieces, secondsMax, closing }: Reading,
  command: readonly [string, ...string[]],
  bytesMax: number,
): Omit<Run, 'taken'> {
  return { launch: launch(command), input: pieces, secondsMax, bytesMax, closing }
}

/** Which frames are drawn. */
export interface Drawing {
  readonly moments: readonly Moment[]
  readonly shape: Shape
  /** They are key frames: the others need not be decoded. */
  readonly areKeys: boolean
}

/**
 * Draws frames, each as its pixels, and gives each to `drawn` as soon as it is whole.
 *
 * @returns what `drawn` made of each moment, in the order of `moments`; undefined where a frame could not be decoded
 */
export async function draw<T>(
  reading: Reading,
  { moments, shape, areKeys }: Drawing,
  drawn: (pixels: Buffer) => T | Promise<T>,
): Promise<(T | undefined)[] | Unread> {
  const frameBytes = shape.width * shape.height * shape.channels
  const made: T[] = []
  const frame = Buffer.alloc(frameBytes)
  let filled = 0
  const taken = async (piece: Buffer): Promise<void> => {
    for (let at = 0; at < piece.length; ) {
      const count = piece.copy(frame, filled, at, at + frameBytes - filled)
      at += count
      filled += count
      if (filled < frameBytes) continue
      made.push(await drawn(Buffer.from(frame)))
      filled = 0
    }
  }
  const command = drawCommand(reading, { moments, shape, areKeys })
  const ran = await run({ ...runOf(reading, command, frameBytes * moments.length), taken })
  frame.fill(0)
  if (ran.kind === 'failed') return ran
  const ticks = parseTicks(ran.besides.toString('latin1'))
  if (ticks.length !== made.length || filled > 0) return FAILED
  const seconds = new Map(ticks.map((one, place) => [one, made[place]]))
  return moments.map((moment) => seconds.get(moment.ticks))
}

function drawCommand(
  { programs, demuxer }: Reading,
  { moments, shape, areKeys }: Drawing,
): readonly [string, ...string[]] {
  const wanted = moments.map(({ ticks }) => `eq(pts\\,${ticks})`).join('+')
  const begin = Math.max(0, Math.floor(moments[0]?.seconds ?? 0) - 1)
  const first = [
    ...['-copyts', ...(areKeys ? ['-skip_frame', 'nokey'] : [])],
    ...(begin > 0 ? ['-noaccurate_seek', '-ss', String(begin)] : []),
  ]
  // Twice the same frames: their pixels, and beside them when each stands.
  const graph = `[0:v:0]select=${wanted},${shape.filters.join(',')},split[pixels][times]`
  const as = ['-fps_mode', 'passthrough', '-enc_time_base', '-1', '-c:v', 'rawvideo']
  return [
    ...[programs.ffmpeg, '-v', 'quiet', '-nostdin', '-threads', '1'],
    ...inputWords(demuxer, first),
    ...['-filter_complex_threads', '1', '-filter_complex', graph],
    ...['-map', '[pixels]', ...as, '-f', 'rawvideo', 'pipe:1'],
    ...['-map', '[times]', ...as, '-f', 'framecrc', 'pipe:3'],
  ] as const as readonly [string, ...string[]]
}

/** When the frames stand that were drawn, in their stream's time base, which the decoder keeps. */
function parseTicks(untrusted: string): number[] {
  const lines = untrusted.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => Number(line.split(',')[2]?.trim() ?? Number.NaN))
}
