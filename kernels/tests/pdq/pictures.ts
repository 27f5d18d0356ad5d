/** Pictures: decoded files with their reference hashes, and generated scenes. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import type { Orientation, PdqResult, Pixels } from '../../src/pdq/pdq.ts'
import { orientations, toHex } from '../../src/pdq/pdq.ts'
import { type Random, random } from '../../src/random.ts'

/** One file of a vector set, as its reference program hashed it. */
export interface Vector {
  readonly file: string
  readonly quality: number
  readonly dihedral: Readonly<Record<Orientation, string>>
}

/** A folder of vectors, given from the root of the repository. */
export function vectorFolder(path: string): string {
  return fileURLToPath(new URL(`../../../${path}/`, import.meta.url))
}

/** The vectors of a folder; none where the folder is absent. */
export async function vectorsOf(folder: string): Promise<readonly Vector[]> {
  if (!existsSync(`${folder}reference.json`)) return []
  return JSON.parse(await readFile(`${folder}reference.json`, 'utf8'))
}

/** Decodes as PDQ wants it: no profile, no turning, alpha dropped; a grey source stays one channel. */
export async function decoded(file: string): Promise<Pixels> {
  const bytes = await readFile(file)
  const { space } = await sharp(bytes).metadata()
  const picture = sharp(bytes, { ignoreIcc: true }).toColourspace(space === 'b-w' ? 'b-w' : 'srgb')
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data: new Uint8Array(data), width: info.width, height: info.height, channels: channelsOf(info) }
}

function channelsOf(info: { channels: number }): 1 | 3 | 4 {
  if (info.channels === 1 || info.channels === 3 || info.channels === 4) return info.channels
  throw new Error(`${info.channels} channels`)
}

/** A result as a vector writes it. */
export function written(result: PdqResult): Omit<Vector, 'file'> {
  const hex = orientations.map((name, at) => [
    name,
    toHex(result.orientations.subarray(at * 32, at * 32 + 32)),
  ])
  return { quality: result.quality, dihedral: Object.fromEntries(hex) }
}

/** What a generated picture looks like. */
export interface Scene {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
  readonly seed: number
  /** From 0, a plain gradient of waves, to 255, nothing but noise. */
  readonly noise: number
}

interface Wave {
  readonly across: number
  readonly down: number
  readonly phase: number
  readonly height: number
}

function waveOf(source: Random): Wave {
  const frequency = (): number => (source.fraction() - 0.5) * 30
  return {
    across: frequency(),
    down: frequency(),
    phase: source.fraction() * 7,
    height: 8 + source.below(24),
  }
}

/** A seeded picture of a few waves with noise upon them. */
export function generated(scene: Scene): Pixels {
  const { width, height, channels, noise } = scene
  const source = random(scene.seed)
  const waves = Array.from({ length: 6 }, () => waveOf(source))
  const data = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let level = 128
      for (const wave of waves) {
        level += wave.height * Math.sin((wave.across * x) / width + (wave.down * y) / height + wave.phase)
      }
      for (let channel = 0; channel < channels; channel += 1) {
        const value = level + channel * 9 + (noise > 0 ? source.below(noise + 1) - noise / 2 : 0)
        data[(y * width + x) * channels + channel] = Math.max(0, Math.min(255, Math.round(value)))
      }
    }
  }
  return { data, width, height, channels }
}

/** A seeded grey picture of overlapping discs of many sizes, which has the spectrum of natural pictures. */
export function discs(width: number, height: number, seed: number): Pixels {
  const source = random(seed)
  const data = new Uint8Array(width * height).fill(128)
  const side = Math.max(width, height)
  for (let disc = 0; disc < 120; disc += 1) {
    const radius = side * 0.02 * (1 + 24 * (1 - disc / 120) ** 3 * source.fraction())
    paint({ data, width, height, channels: 1 }, source, radius)
  }
  return { data, width, height, channels: 1 }
}

/** Paints one shaded disc somewhere. */
function paint(pixels: Pixels, source: Random, radius: number): void {
  const { data, width, height } = pixels
  const [atX, atY] = [source.fraction() * width, source.fraction() * height]
  const [level, shade] = [source.below(256), source.fraction() - 0.5]
  for (let y = Math.max(0, Math.ceil(atY - radius)); y < Math.min(height, atY + radius); y += 1) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (y - atY) ** 2))
    for (let x = Math.max(0, Math.ceil(atX - half)); x < Math.min(width, atX + half); x += 1) {
      data[y * width + x] = Math.max(0, Math.min(255, level + (shade * 90 * (x - atX + y - atY)) / radius))
    }
  }
}
