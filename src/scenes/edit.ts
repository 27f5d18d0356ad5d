/** Edit: what people do to a picture before they pass it on, done to generated scenes. */
import sharp, { type Sharp } from 'sharp'
import type { Scene } from './scene.ts'

/** The kinds of edit, gentlest forms first in each. */
export const EDITS = ['recompress', 'resize', 'recolour', 'mirror', 'overlay', 'blur', 'border'] as const
export type Edit = (typeof EDITS)[number]

/** A picture file. */
export interface PictureFile {
  readonly bytes: Buffer
  readonly extension: 'jpg' | 'png' | 'webp'
}

/** A scene as a JPEG of quality 90. */
export function asFile(from: Scene): Promise<PictureFile> {
  return jpeg(opened(from), 90)
}

/** An edited scene; `strength` from 0 (hardly seen) to 1 (plainly seen). */
export async function edited(from: Scene, edit: Edit, strength: number): Promise<PictureFile> {
  switch (edit) {
    case 'recompress':
      return jpeg(opened(from), Math.round(80 - 70 * strength))
    case 'resize':
      return resized(from, 0.75 - 0.6 * strength)
    case 'recolour':
      return recoloured(from, strength)
    case 'mirror':
      return strength < 0.5 ? jpeg(opened(from).flop(), 85) : jpeg(opened(from).rotate(90), 85)
    case 'overlay':
      return captioned(from, 0.03 + 0.3 * strength)
    case 'blur':
      return jpeg(opened(from).blur(0.6 + 8 * strength), 85)
    case 'border':
      return bordered(from, 0.05 + 0.2 * strength)
  }
}

function opened({ data, width, height }: Scene): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

async function jpeg(picture: Sharp, quality: number): Promise<PictureFile> {
  return { bytes: await picture.jpeg({ quality }).toBuffer(), extension: 'jpg' }
}

async function resized(from: Scene, scale: number): Promise<PictureFile> {
  const width = Math.max(16, Math.round(from.width * scale))
  return { bytes: await opened(from).resize({ width }).webp({ quality: 80 }).toBuffer(), extension: 'webp' }
}

async function recoloured(from: Scene, strength: number): Promise<PictureFile> {
  const changed = opened(from)
    .modulate({ saturation: 1 - 0.8 * strength, brightness: 1 + 0.3 * strength })
    .linear(1 + 0.3 * strength, -12 * strength)
  return { bytes: await changed.png().toBuffer(), extension: 'png' }
}

/** A light bar with dark strokes, as a caption would lie over the foot of a picture. */
function captioned(from: Scene, part: number): Promise<PictureFile> {
  const { width, height } = from
  const bar = Math.max(4, Math.round(height * part))
  const strokes = Array.from({ length: 12 }, (_, at) => {
    const x = Math.round((width * (at + 0.5)) / 13)
    const size = `width="${Math.round(width / 22)}" height="${Math.round(bar * 0.4)}"`
    return `<rect x="${x}" y="${Math.round(bar * 0.3)}" ${size} fill="#222"/>`
  })
  const ground = '<rect width="100%" height="100%" fill="#fff"/>'
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bar}">`
  const svg = `${open}${ground}${strokes.join('')}</svg>`
  return jpeg(opened(from).composite([{ input: Buffer.from(svg), left: 0, top: height - bar }]), 85)
}

function bordered(from: Scene, part: number): Promise<PictureFile> {
  const across = Math.round(from.width * part)
  const down = Math.round(from.height * part * 0.5)
  const edges = { left: across, right: across, top: down, bottom: down }
  return jpeg(opened(from).extend({ ...edges, background: '#101010' }), 85)
}
