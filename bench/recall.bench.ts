/** Recall: how many edited pictures are still found within distance 31, edit by edit, as PDQ alone and as a scan looks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { wasmBytes } from '@tutela/kernels/node'
import { createPdq, distance, type Pdq } from '@tutela/kernels/pdq'
import sharp from 'sharp'
import type { Bench } from '../kernels/bench/figure.ts'
import { DISTANCE_MAX } from '../src/matching/verdict.ts'
import { decode } from '../src/media/decode.ts'
import { DEFAULT_LIMITS } from '../src/media/limits.ts'
import { scene } from '../src/scenes/scene.ts'
import type { FrameHashes, PictureFormat } from '../src/terms/media.ts'
import { type Picture, TRANSFORMS } from './transforms.ts'

const SCENES = 24
const SHARED = '../shared/vectors'
/** Of the photographs only those that are not edits of one another. */
const PHOTOGRAPHS = /^(aaa-orig|wee|square-512x512)\.jpg$/

/** Yields `recall.<transform>`: the share found as a scan looks; the note has PDQ alone and the photographs. */
export const bench: Bench = async function* ({ wants }) {
  const names = Object.keys(TRANSFORMS).filter((name) => wants(`recall.${name}`))
  if (names.length === 0) return
  const pdq = await createPdq(await wasmBytes('pdq'))
  const scenes = Array.from({ length: SCENES }, (_, number) => scene(900 + number, 640, 480))
  const photographs = await photographsOf(join(SHARED, 'pdq-photos'))
  const published = publishedRecall(join(SHARED, 'pdq-robustness.json'))
  for (const name of names) {
    const ofScenes = await recallOf(pdq, scenes, name)
    const ofPhotographs = photographs.length > 0 ? await recallOf(pdq, photographs, name) : undefined
    const peer = published.get(name)
    yield {
      name: `recall.${name}`,
      value: ofScenes.scanned,
      unit: 'share',
      reach: null,
      goal: null,
      ...(peer !== undefined && { peer: { name: 'PDQ alone, published', value: peer } }),
      note: `PDQ alone ${ofScenes.alone.toFixed(2)}${ofPhotographs ? `; photographs ${ofPhotographs.scanned.toFixed(2)}` : ''}`,
    }
  }
}

async function photographsOf(folder: string): Promise<Picture[]> {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((file) => PHOTOGRAPHS.test(file))
  return Promise.all(
    files.map(async (file) => {
      const { data, info } = await sharp(join(folder, file))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      return { data, width: info.width, height: info.height }
    }),
  )
}

function publishedRecall(file: string): ReadonlyMap<string, number> {
  if (!existsSync(file)) return new Map()
  const { rows } = JSON.parse(readFileSync(file, 'utf8')) as {
    rows: readonly { t: string; recall31: number }[]
  }
  return new Map(rows.map(({ t, recall31 }) => [t, recall31]))
}

async function recallOf(
  pdq: Pdq,
  pictures: readonly Picture[],
  name: string,
): Promise<{ alone: number; scanned: number }> {
  const transform = TRANSFORMS[name]
  if (!transform) throw new Error(`no transform ${name}`)
  let alone = 0
  let scanned = 0
  for (const picture of pictures) {
    const original = pdq.hash({ ...picture, channels: 3 }).orientations.subarray(0, 32)
    const frames = await framesOf(pdq, Buffer.from(await transform(picture)))
    const [first] = frames
    if (first && distance(first.orientations.subarray(0, 32), original) <= DISTANCE_MAX) alone += 1
    if (frames.some((frame) => isNear(frame, original))) scanned += 1
  }
  return { alone: alone / pictures.length, scanned: scanned / pictures.length }
}

async function framesOf(pdq: Pdq, bytes: Buffer): Promise<readonly FrameHashes[]> {
  const { format } = await sharp(bytes).metadata()
  const known: PictureFormat = format === 'heif' ? 'avif' : (format as PictureFormat)
  const answer = await decode(pdq, DEFAULT_LIMITS, known, bytes)
  return answer.kind === 'picture' ? answer.frames : []
}

function isNear(frame: FrameHashes, original: Uint8Array): boolean {
  return Array.from({ length: 8 }, (_, at) => frame.orientations.subarray(at * 32, at * 32 + 32)).some(
    (hash) => distance(hash, original) <= DISTANCE_MAX,
  )
}
