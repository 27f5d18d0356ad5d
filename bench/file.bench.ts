/** File: from a JPEG's bytes to its hashes, held against the bare decode of the same bytes in the same run. */
import { openPdq } from '@tutela/kernels/node'
import type { Pdq } from '@tutela/kernels/pdq'
import sharp from 'sharp'
import { decode } from '#media/decode'
import { DEFAULT_LIMITS } from '#media/limits'
import { type Bench, type Figure, median } from '../kernels/bench/figure.ts'
import { random } from '../kernels/bench/random.ts'

const NAME = 'file.1600x1004jpeg.ratioToDecode'
const WIDTH = 1600
const HEIGHT = 1004
const ROUNDS = 61
const WARM_UP_ROUNDS = 8

/** A view with the detail of a photograph: soft ground, edges of every direction, grain. */
function photoLike(seed: number): Buffer {
  const { fraction } = random(seed)
  const waves = Array.from({ length: 14 }, () => {
    const size = 2 ** (fraction() * 6 - 9)
    const turn = fraction() * Math.PI
    return [
      Math.cos(turn) * size * 6,
      Math.sin(turn) * size * 6,
      fraction() * 6,
      14 + fraction() * 12,
    ] as const
  })
  const discs = Array.from({ length: 60 }, () => {
    return [fraction() * WIDTH, fraction() * HEIGHT, 12 + fraction() * 130, fraction() * 160 - 80] as const
  })
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      let light = 120
      for (const [a, b, phase, height] of waves) light += height * Math.sin(a * x + b * y + phase)
      for (const [cx, cy, r, step] of discs) if ((x - cx) ** 2 + (y - cy) ** 2 < r * r) light += step
      light += (fraction() - 0.5) * 14
      const at = (y * WIDTH + x) * 3
      pixels[at] = Math.max(0, Math.min(255, light))
      pixels[at + 1] = Math.max(0, Math.min(255, light * 0.85 + y / 40))
      pixels[at + 2] = Math.max(0, Math.min(255, 210 - light * 0.6))
    }
  }
  return pixels
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function bareDecode(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg, { ignoreIcc: true }).toColourspace('srgb').removeAlpha().raw().toBuffer()
}

async function hashed(pdq: Pdq, jpeg: Buffer): Promise<void> {
  const answer = await decode(pdq, DEFAULT_LIMITS, 'jpeg', jpeg)
  if (answer.kind !== 'picture' || answer.incomplete !== undefined)
    throw new Error('the scene was not decoded')
}

async function measured(): Promise<Figure> {
  const threads = sharp.concurrency()
  sharp.cache(false)
  sharp.concurrency(1)
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const }
  const jpeg = await sharp(photoLike(5), { raw }).jpeg({ quality: 85 }).toBuffer()
  const pdq = await openPdq()
  const bare: number[] = []
  const full: number[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const [decodeTime, fullTime] = [
      await milliseconds(() => bareDecode(jpeg)),
      await milliseconds(() => hashed(pdq, jpeg)),
    ]
    if (round < 0) continue
    bare.push(decodeTime)
    full.push(fullTime)
  }
  sharp.concurrency(threads)
  return {
    name: NAME,
    value: median(full) / median(bare),
    unit: '× bare decode',
    reach: 1.55,
    goal: 1.4,
    lowerIsBetter: true,
    peer: { name: 'bare sharp decode, per second', value: 1000 / median(bare) },
    note: `PDQ, quality, eight orientations and border check; ${Math.round(jpeg.length / 1024)} KiB, ${ROUNDS} rounds`,
  }
}

/** Time from file bytes to hashes over the time of the bare decode, interleaved, medians, one core. */
export const bench: Bench = async function* (options) {
  if (options.wants(NAME)) yield await measured()
}
