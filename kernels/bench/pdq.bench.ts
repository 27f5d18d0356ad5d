/** PDQ's figures: hashes a second from decoded pixels, all eight orientations included; the bundle's size. */
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { openPdq, wasmBytes } from '../src/node.ts'
import { referencePdq } from '../src/pdq/pdq.ref.ts'
import type { Pdq, Pixels } from '../src/pdq/pdq.ts'
import type { Bench, Figure } from './figure.ts'
import { median } from './figure.ts'
import { random } from './random.ts'

interface Size {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly reach: number
  readonly goal: number
  /** What the reference library in C++ gave on a machine of the same kind. */
  readonly library: string
}

const sizes: readonly Size[] = [
  { name: 'pdq.1600x1004.perSecond', width: 1600, height: 1004, reach: 180, goal: 190, library: '42–44' },
  { name: 'pdq.12mp.perSecond', width: 4000, height: 3000, reach: 30, goal: 37, library: '2.4' },
  { name: 'pdq.512x512.perSecond', width: 512, height: 512, reach: 1000, goal: 1200, library: '207–234' },
]

const rounds = 15
const roundMilliseconds = 60
const peerRounds = 3

/** What a browser loads: the door, compiled, and what it imports. */
const doorFiles = ['pdq', 'pixels', 'cosines', 'orientation']

/** A smooth scene with noise upon it. */
function scene(width: number, height: number): Pixels {
  const source = random(width)
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < data.length; at += 1) {
    const pixel = Math.floor(at / 3)
    const [x, y] = [(pixel % width) / width, Math.floor(pixel / width) / height]
    data[at] = 128 + 60 * Math.sin(17 * x + 5 * y) + 40 * Math.sin(23 * y * x) + source.below(24)
  }
  return { data, width, height, channels: 3 }
}

/** Hashes a second of one core: the middle of several rounds of at least `milliseconds` each. */
function perSecond(pdq: Pdq, pixels: Pixels, count: number, milliseconds: number): number {
  const rates = Array.from({ length: count }, () => {
    const start = performance.now()
    let hashes = 0
    let elapsed = 0
    while (elapsed < milliseconds || hashes === 0) {
      pdq.hash(pixels)
      hashes += 1
      elapsed = performance.now() - start
    }
    return (hashes * 1000) / elapsed
  })
  return median(rates)
}

async function bundle(): Promise<Figure> {
  const built = doorFiles.map((name) => readFile(new URL(`../dist/pdq/${name}.js`, import.meta.url)))
  const bytes = Buffer.concat([await wasmBytes('pdq'), ...(await Promise.all(built))])
  const note = `${gzipSync(bytes).length} by gzip: the module and its door, for a browser`
  return {
    name: 'pdq.bundleBytes',
    value: bytes.length,
    unit: 'bytes',
    reach: null,
    goal: 16_384,
    lowerIsBetter: true,
    note,
  }
}

export const bench: Bench = async function* (options) {
  const pdq = await openPdq()
  for (const { name, width, height, reach, goal, library } of sizes) {
    if (!options.wants(name)) continue
    const pixels = scene(width, height)
    perSecond(pdq, pixels, 2, roundMilliseconds)
    const value = perSecond(pdq, pixels, rounds, roundMilliseconds)
    const note = `one thread; the reference library in C++ gave ${library} on a like machine`
    const peer = { name: 'plain reference', value: perSecond(referencePdq, pixels, peerRounds, 0) }
    yield { name, value, unit: 'hashes/s', reach, goal, peer, note }
  }
  if (options.wants('pdq.bundleBytes')) yield await bundle()
}
