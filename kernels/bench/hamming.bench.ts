/** Hamming bench: queries a second, build, memory and opening of the exact index, each run checked against linear search. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { HammingIndex, type ManyResult } from '../src/hamming/hamming.ts'
import { Segment } from '../src/hamming/segment.ts'
import { wasmBytes } from '../src/node.ts'
import { type Bench, type BenchOptions, type Figure, median, p99 } from './figure.ts'
import { check, payloadsOf, queriesOf, randomHashes, turnBits } from './hamming-sets.ts'
import { random } from './random.ts'

const HASH_BYTES = 32
const DISTANCE_MAX = 31
const BATCH = 1_000
const BATCHES = 40
const SINGLES = 4_000
const SEED = 20_260_401
/** Queries of the scan beside it. */
const SCANNED = 32
const LIMIT = 1_000
/** The first openings wait for a virtual machine to be given pages that it never used before. */
const OPENINGS = 5
/** Figures measured by others on two cores of an EPYC: the fastest exact open engine, in batches. */
const FLAT_NOTE =
  'published on like hardware, at 1 M and 10 M: ThreatExchange flat.h (AVX-512) 2 970 and 263/s; ' +
  'Faiss IndexBinaryFlat 642 and 62/s'

interface Size {
  readonly name: string
  readonly count: number
  readonly reach: number
  readonly goal: number
}

const SIZES: readonly Size[] = [
  { name: '420k', count: 420_000, reach: 75_000, goal: 100_000 },
  { name: '1m', count: 1_000_000, reach: 40_000, goal: 60_000 },
  { name: '10m', count: 10_000_000, reach: 7_000, goal: 10_000 },
]

export const bench: Bench = async function* (options) {
  const module = await WebAssembly.compile(await wasmBytes('hamming'))
  for (const size of SIZES) {
    if (size.name === '10m' && !options.full) continue
    if (
      wantsAny(options, `index.${size.name}.`, [
        'qps',
        'singleP99Micros',
        'buildSeconds',
        'bytes',
        'openSeconds',
      ])
    )
      yield* uniform(module, size, options)
  }
  if (options.wants('index.1m.clustered.qps')) yield await clustered(module)
}

function wantsAny(options: BenchOptions, prefix: string, names: readonly string[]): boolean {
  return names.some((name) => options.wants(prefix + name))
}

async function* uniform(
  module: WebAssembly.Module,
  size: Size,
  options: BenchOptions,
): AsyncGenerator<Figure> {
  const from = random(SEED)
  const hashes = randomHashes(size.count, from)
  const payloads = payloadsOf(size.count)
  freeMemory()
  const began = performance.now()
  const index = await HammingIndex.build(module, hashes, payloads)
  const buildSeconds = (performance.now() - began) / 1_000
  const queries = Array.from({ length: BATCHES }, () => queriesOf(hashes, BATCH, from))
  yield* [rate(module, index, hashes, queries, size), singles(index, queries, size)]
  if (size.name !== '10m') return
  yield {
    name: 'index.10m.buildSeconds',
    value: buildSeconds,
    unit: 's',
    reach: 5,
    goal: null,
    lowerIsBetter: true,
  }
  yield {
    name: 'index.10m.bytes',
    value: index.bytes,
    unit: 'bytes',
    reach: 1.4e9,
    goal: null,
    lowerIsBetter: true,
  }
  if (options.wants('index.10m.openSeconds'))
    yield await opening(module, index, queries[0] ?? new Uint8Array(0))
}

/** Median queries a second of the batches, after some to warm up; a sample of the answers is checked. */
function rate(
  module: WebAssembly.Module,
  index: HammingIndex,
  hashes: Uint8Array,
  batches: readonly Uint8Array[],
  size: Size,
): Figure {
  const { value, note } = measured(index, hashes, batches)
  const peer = { name: 'linear scan, the same kernel', value: scanRate(module, hashes, batches[0] ?? hashes) }
  return {
    name: `index.${size.name}.qps`,
    value,
    unit: 'queries/s',
    reach: size.reach,
    goal: size.goal,
    peer,
    note: `${note}; ${FLAT_NOTE}`,
  }
}

function measured(
  index: HammingIndex,
  hashes: Uint8Array,
  batches: readonly Uint8Array[],
): { value: number; note: string } {
  for (const batch of batches.slice(0, 8)) index.searchMany(batch)
  const rates = batches.map((batch) => {
    const began = performance.now()
    index.searchMany(batch)
    return (BATCH / (performance.now() - began)) * 1_000
  })
  const [sample] = batches
  if (sample) check(index.searchMany(sample), sample, hashes)
  const best = Math.max(...rates)
  return { value: median(rates), note: `best batch ${Math.round(best)}/s` }
}

/** Queries a second of a scan of the same entries. */
function scanRate(module: WebAssembly.Module, hashes: Uint8Array, queries: Uint8Array): number {
  const count = hashes.length / HASH_BYTES
  const segment = Segment.create(module, count, false)
  segment.append(hashes, payloadsOf(count))
  const some = queries.subarray(0, SCANNED * HASH_BYTES)
  segment.search(some, DISTANCE_MAX, LIMIT)
  const began = performance.now()
  segment.search(some, DISTANCE_MAX, LIMIT)
  return (SCANNED / (performance.now() - began)) * 1_000
}

function singles(index: HammingIndex, batches: readonly Uint8Array[], size: Size): Figure {
  const micros: number[] = []
  for (let i = 0; i < SINGLES; i++) {
    const batch = batches[i % batches.length] ?? new Uint8Array(0)
    const at = Math.floor(i / batches.length) * HASH_BYTES
    const began = performance.now()
    index.search(batch.subarray(at, at + HASH_BYTES))
    micros.push((performance.now() - began) * 1_000)
  }
  const note = `median ${median(micros).toFixed(1)} µs`
  return {
    name: `index.${size.name}.singleP99Micros`,
    value: p99(micros),
    unit: 'µs',
    reach: null,
    goal: null,
    lowerIsBetter: true,
    note,
  }
}

/** One million near copies of some thousand pictures, the families of very different size, asked for more of the same. */
async function clustered(module: WebAssembly.Module): Promise<Figure> {
  const from = random(SEED + 1)
  const count = 1_000_000
  const centres = randomHashes(50_000, from)
  const hashes = new Uint8Array(count * HASH_BYTES)
  for (let i = 0; i < count; i++) {
    const centre = Math.floor(from.fraction() ** 2 * 50_000) * HASH_BYTES
    hashes.set(centres.subarray(centre, centre + HASH_BYTES), i * HASH_BYTES)
    turnBits(hashes, i * HASH_BYTES, from.below(40), from)
  }
  const index = await HammingIndex.build(module, hashes, payloadsOf(count))
  const { value, note } = measured(
    index,
    hashes,
    Array.from({ length: BATCHES }, () => queriesOf(hashes, BATCH, from)),
  )
  return { name: 'index.1m.clustered.qps', value, unit: 'queries/s', reach: null, goal: null, note }
}

/** Seconds to open a saved index whose file is in the page cache; the opened one must answer as the first. */
async function opening(
  module: WebAssembly.Module,
  index: HammingIndex,
  queries: Uint8Array,
): Promise<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'tutela-bench-'))
  try {
    const path = join(folder, 'index')
    await pipeline(Readable.from(index.save()), createWriteStream(path))
    const seconds: number[] = []
    for (let i = 0; i < OPENINGS; i++) {
      freeMemory()
      const began = performance.now()
      const opened = await openFile(module, path)
      seconds.push((performance.now() - began) / 1_000)
      if (!areEqual(opened.searchMany(queries), index.searchMany(queries)))
        throw new Error('the opened index answers otherwise')
    }
    return {
      name: 'index.10m.openSeconds',
      value: median(seconds),
      unit: 's',
      reach: 1.5,
      goal: null,
      lowerIsBetter: true,
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function openFile(module: WebAssembly.Module, path: string): Promise<HammingIndex> {
  const file = await open(path)
  try {
    return await HammingIndex.openWith(module, async (view) => {
      for (let filled = 0; filled < view.length; ) {
        const { bytesRead } = await file.read(view, filled, view.length - filled)
        if (bytesRead === 0) throw new Error('the saved index is short')
        filled += bytesRead
      }
    })
  } finally {
    await file.close()
  }
}

function areEqual(a: ManyResult, b: ManyResult): boolean {
  return (
    Buffer.compare(bytesOf(a.payloads), bytesOf(b.payloads)) === 0 &&
    Buffer.compare(a.distances, b.distances) === 0
  )
}

function bytesOf(array: Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

/** Frees the memory of earlier indexes, so that what is measured next begins as in a program of its own. */
function freeMemory(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
