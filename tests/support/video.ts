/** Video: generated videos, made by the system's ffmpeg from pixels that a test gives; none lies in the repository. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installed } from '#ground/sandbox/host'

const FFMPEG = installed('ffmpeg')
/** False where ffmpeg is not installed: tests of videos are then passed over, and say so. */
export const HAS_FFMPEG = FFMPEG !== undefined && installed('ffprobe') !== undefined

/** Containers in which videos are made, and the codec in each. `mp4` as a camera writes it: its index stands at its end. */
const CODECS = {
  mp4: ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '1000'],
  mkv: ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '5'],
  webm: ['-c:v', 'libvpx', '-b:v', '1M', '-g', '5', '-deadline', 'realtime', '-cpu-used', '8'],
  ts: ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '5'],
} as const

const [WIDTH, HEIGHT, FRAMES_PER_SECOND] = [160, 90, 5]

/** A video of one second for each grey, in which a line of noise keeps frames apart; `more` words for the one who writes it. */
export function videoOf(
  container: keyof typeof CODECS,
  greys: readonly number[],
  more: readonly string[] = [],
): Buffer {
  const frames = greys.flatMap((grey) =>
    Array.from({ length: FRAMES_PER_SECOND }, (_, place) => {
      const frame = Buffer.alloc(WIDTH * HEIGHT, grey)
      for (let at = 0; at < WIDTH; at++) frame[at] = (at * 7919 + place * 104_729) % 256
      return frame
    }),
  )
  const folder = mkdtempSync(join(tmpdir(), 'tutela-video-'))
  try {
    const file = join(folder, `video.${container}`)
    const raw = [
      '-f',
      'rawvideo',
      '-pix_fmt',
      'gray',
      '-s',
      `${WIDTH}x${HEIGHT}`,
      '-r',
      String(FRAMES_PER_SECOND),
    ]
    const words = [
      '-v',
      'error',
      ...raw,
      '-i',
      'pipe:0',
      ...CODECS[container],
      '-pix_fmt',
      'yuvj420p',
      ...more,
      file,
    ]
    const { status, stderr } = spawnSync(FFMPEG ?? 'none', words, { input: Buffer.concat(frames) })
    if (status !== 0) throw new Error(String(stderr))
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
