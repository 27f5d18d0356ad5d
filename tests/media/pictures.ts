/** Pictures: generated scenes for the tests of media, made in memory from a seed. */
import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { random } from '../../kernels/bench/random.ts'

export interface Raw {
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
}

/** A scene of waves and discs: no uniform edges, detail at several scales. */
export function scene(seed: number, width = 320, height = 240, channels: 1 | 3 = 3): Raw {
  const { fraction } = random(seed)
  const waves = Array.from({ length: 8 }, () => [
    fraction() / 15,
    fraction() / 15,
    fraction() * 6,
    8 + fraction() * 22,
  ])
  const discs = Array.from({ length: 5 }, () => [
    fraction() * width,
    fraction() * height,
    10 + fraction() * 50,
  ])
  const data = Buffer.alloc(width * height * channels)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let light = 128
      for (const [a = 0, b = 0, phase = 0, size = 0] of waves) light += size * Math.sin(a * x + b * y + phase)
      for (const [cx = 0, cy = 0, r = 0] of discs) if (Math.hypot(x - cx, y - cy) < r) light = 255 - light
      const at = (y * width + x) * channels
      data[at] = clamped(light)
      if (channels === 3) {
        data[at + 1] = clamped(light * 0.7 + y / 8)
        data[at + 2] = clamped(220 - light)
      }
    }
  }
  return { data, width, height, channels }
}

function clamped(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)))
}

/** The pixels as sharp takes them. */
export function drawn({ data, width, height, channels }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels } })
}

/** Several pictures of one size as one animation or document. */
export async function joined(raws: readonly Raw[]): Promise<Sharp> {
  const frames = await Promise.all(raws.map((raw) => drawn(raw).png().toBuffer()))
  return sharp(frames, { join: { animated: true } })
}

/** A picture laid on a larger ground of one colour. */
export function bordered(
  raw: Raw,
  sides: { top: number; bottom: number; left: number; right: number },
): Sharp {
  return drawn(raw).extend({ ...sides, background: { r: 3, g: 2, b: 4 } })
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

/** A grey PNG that claims a size, with whatever rows are given, deflated. */
export function pngOf(width: number, height: number, deflated: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', deflated), pngChunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks])
}
