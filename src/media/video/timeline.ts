/** Timeline: when each frame of a video stands, as its container states it; read from what a confined program printed. */

import { VIDEO_SECONDS_MAX } from '#terms/video'

/** One frame as the container has it. */
export interface Moment {
  /** In the time base of its stream, as the decoder names it too. */
  readonly ticks: number
  /** From the first frame. */
  readonly seconds: number
  readonly isKey: boolean
}

/** The video of a file. */
export interface Timeline {
  /** Pixels of a frame as it stands upright, in square pixels. */
  readonly size: { readonly width: number; readonly height: number }
  /** Every frame, in the order in which it is shown. */
  readonly moments: readonly Moment[]
  /** Videos in the file, covers not counted. Only the first is shown. */
  readonly videos: number
}

const SIDE_MAX = 32_768
const MOMENTS_MAX = 1_000_000
const TICKS_MAX = 2 ** 52

/** Words that have a probe print the streams of a file, and each packet of its first video. */
export const STREAM_WORDS = [
  ...['-show_entries', 'stream=codec_type,width,height,sample_aspect_ratio,time_base'],
  ...['-show_entries', 'stream_disposition=attached_pic:stream_side_data=rotation', '-of', 'json'],
]
export const PACKET_WORDS = [
  ...['-select_streams', 'v:0', '-show_entries', 'packet=pts,flags', '-of', 'csv=p=0'],
]

interface Stream {
  readonly size: Timeline['size']
  readonly secondsPerTick: number
  readonly videos: number
}

/** The first video's size and time base; undefined where the file has none, or one that cannot be. */
export function parseStreams(untrusted: string): Stream | undefined {
  const streams = streamsIn(untrusted).filter(isVideo)
  const [first] = streams
  if (!first) return undefined
  const { width, height } = first
  const [wide, high] = ratio(first['sample_aspect_ratio'], ':') ?? [1, 1]
  const [ticks, perSeconds] = ratio(first['time_base'], '/') ?? [0, 0]
  if (!isSide(width) || !isSide(height) || ticks <= 0 || perSeconds <= 0) return undefined
  const aspect = wide > 0 && high > 0 && wide / high < 64 && high / wide < 64 ? wide / high : 1
  const stood = { width: Math.max(1, Math.min(SIDE_MAX, Math.round(width * aspect))), height }
  const isTurned = rotationOf(first) % 180 !== 0
  const size = isTurned ? { width: stood.height, height: stood.width } : stood
  return { size, secondsPerTick: ticks / perSeconds, videos: streams.length }
}

type Members = Readonly<Record<string, unknown>>

function streamsIn(untrusted: string): Members[] {
  try {
    const parsed = JSON.parse(untrusted) as { streams?: unknown } | null
    const { streams } = parsed ?? {}
    return Array.isArray(streams)
      ? streams.filter((one): one is Members => typeof one === 'object' && one !== null)
      : []
  } catch {
    return []
  }
}

function isVideo({ codec_type, disposition }: Members): boolean {
  const isCover = (disposition as Members | undefined)?.['attached_pic'] === 1
  return codec_type === 'video' && !isCover
}

function rotationOf({ side_data_list }: Members): number {
  const sides = Array.isArray(side_data_list) ? (side_data_list as Members[]) : []
  const found = sides.find((one) => typeof one?.['rotation'] === 'number')?.['rotation']
  return Math.round(Number(found ?? 0) / 90) * 90
}

function ratio(untrusted: unknown, mark: string): [number, number] | undefined {
  const [one, other, more] = String(untrusted ?? '')
    .split(mark)
    .map(Number)
  if (one === undefined || other === undefined || more !== undefined) return undefined
  return Number.isSafeInteger(one) && Number.isSafeInteger(other) ? [one, other] : undefined
}

function isSide(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= SIDE_MAX
}

/** Every frame in the order in which it is shown; undefined where one has no time, or there are none or too many. */
export function parseMoments(untrusted: string, secondsPerTick: number): Moment[] | undefined {
  const packets: { ticks: number; isKey: boolean }[] = []
  for (const line of untrusted.split('\n')) {
    if (line === '' || line === '\r') continue
    const [, ticks, flags] = /^(-?\d{1,16}),([A-Za-z_]*)/.exec(line) ?? []
    if (ticks === undefined || Math.abs(Number(ticks)) > TICKS_MAX || packets.length >= MOMENTS_MAX)
      return undefined
    packets.push({ ticks: Number(ticks), isKey: flags?.startsWith('K') === true })
  }
  packets.sort((a, b) => a.ticks - b.ticks)
  const first = packets[0]?.ticks
  if (first === undefined) return undefined
  const moments = packets.map((one) => ({ ...one, seconds: (one.ticks - first) * secondsPerTick }))
  return (moments.at(-1)?.seconds ?? 0) < VIDEO_SECONDS_MAX ? moments : undefined
}

/** Seconds of a video: that of its last frame, and one. */
export function secondsInAll(moments: readonly Moment[]): number {
  return Math.floor(moments.at(-1)?.seconds ?? 0) + 1
}

/** The first frame of each second from one to another; a second in which none begins has none. */
export function firstOfSeconds(moments: readonly Moment[], from: number, until: number): Moment[] {
  const found = new Map<number, Moment>()
  for (const moment of moments) {
    const second = Math.floor(moment.seconds)
    if (second >= from && second < until && !found.has(second)) found.set(second, moment)
  }
  return [...found.values()]
}
