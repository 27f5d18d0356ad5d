/** Server: the whole service as its clients meet it: imports, look-ups, batches, uploads, and how soon it is ready. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench, Figure } from '../../kernels/bench/figure.ts'
import { median } from '../../kernels/bench/figure.ts'
import { asFile } from '../../src/scenes/edit.ts'
import { scene } from '../../src/scenes/scene.ts'
import { queriesInHex, writePdq, writeVics } from './lists.ts'
import type { Load, Loaded } from './load.ts'
import { loaded, type Service, startService, tutela } from './service.ts'

const MILLION = 1_000_000
const QUERIES = 2000
const BATCH = 1000
const CONNECTIONS = 32
/** So many that one is always free while the service keeps up. */
const PACED_CONNECTIONS = 128
const SECONDS = 4
const ROUNDS = 3
const UPLOADS = 200
/** One megapixel. */
const WIDTH = 1152
const HEIGHT = 896

/** Yields `server.import`, `server.lookup`, `server.p99`, `server.batch`, `server.upload`, `server.ready`. */
export const bench: Bench = async function* ({ full, wants }) {
  const data = await mkdtemp(join(tmpdir(), 'tutela-bench-'))
  await chmod(data, 0o711) // as root the database runs under an account of its own, which must pass
  try {
    await tutela(data, 'init', '--json')
    const isImported = wants('server.import')
    if (isImported) yield await importFigure(data)
    const hashes = await writePdq(join(data, 'pdq.txt'), MILLION, 3)
    await imported(data, 'pdq', join(data, 'pdq.txt'))
    const { key } = await tutela<{ key: string }>(
      data,
      ...['key', 'create', '--name', 'bench', '--scope', 'match,detail', '--json'],
    )
    const service = await startService(data)
    try {
      const asked = { service, key, queries: queriesInHex(hashes, QUERIES, 4) }
      if (wants('server.lookup') || wants('server.p99')) yield* lookupFigures(asked)
      if (wants('server.batch')) yield await batchFigure(asked)
      if (wants('server.upload')) yield await uploadFigure(asked, data)
    } finally {
      await service.stop()
    }
    if (wants('server.ready')) yield await readyFigure(data, full, MILLION + (isImported ? MILLION : 0))
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

interface Imported {
  readonly added: number
  readonly seconds: number
}

async function imported(data: string, name: string, file: string): Promise<Imported> {
  await tutela(data, ...['list', 'create', name, '--publisher', 'Bench', '--uses', 'gate,scan', '--json'])
  const begun = performance.now()
  const words = ['list', 'import', file, '--into', name, '--json']
  const { applied } = await tutela<{ applied: { added: number } }>(data, ...words)
  return { added: applied.added, seconds: (performance.now() - begun) / 1000 }
}

async function importFigure(data: string): Promise<Figure> {
  const file = join(data, 'vics.json')
  await writeVics(file, MILLION, 1)
  const { added, seconds } = await imported(data, 'vics', file)
  if (added !== MILLION) throw new Error(`${added} entries were added`)
  return {
    name: 'server.import',
    value: added / seconds,
    unit: 'entries/s',
    reach: 40_000,
    goal: null,
    note: `1 M VICS entries from file to committed, the program's start included: ${seconds.toFixed(1)} s`,
  }
}

interface Asked {
  readonly service: Service
  readonly key: string
  readonly queries: readonly string[]
}

function loadOf({ service, key }: Asked, requests: Load['requests']): Load {
  return { url: service.url, key, seconds: SECONDS, connections: CONNECTIONS, requests }
}

/** Look-ups and the empty route take turns, so that both meet the same machine. */
async function* lookupFigures(asked: Asked): AsyncGenerator<Figure> {
  const empty = loadOf(asked, [{ method: 'GET', path: '/v1/me' }])
  const lookups = loadOf(
    asked,
    asked.queries.map((hash) => ({ method: 'GET', path: `/v1/match?pdq=${hash}&quality=100` })),
  )
  const rounds: { empty: number; lookup: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ empty: (await loaded(empty)).rate, lookup: (await loaded(lookups)).rate })
  }
  const rate = median(rounds.map(({ lookup }) => lookup))
  yield {
    name: 'server.lookup',
    value: median(rounds.map(({ lookup, empty }) => lookup / empty)),
    unit: 'ratio',
    reach: 0.6,
    goal: null,
    peer: { name: 'empty authenticated route, requests/s', value: median(rounds.map(({ empty }) => empty)) },
    note: `single PDQ look-ups among 1 M: ${rate.toFixed(0)}/s`,
  }
  const halfRate = Math.round(rate / 2)
  const halves: { empty: Loaded; lookup: Loaded }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const half = { rate: halfRate, connections: PACED_CONNECTIONS }
    halves.push({ empty: await loaded({ ...empty, ...half }), lookup: await loaded({ ...lookups, ...half }) })
  }
  const middle = median(halves.map(({ lookup }) => lookup.p50))
  yield {
    name: 'server.p99',
    value: median(halves.map(({ lookup }) => lookup.p99)),
    unit: 'ms',
    reach: 10,
    goal: null,
    lowerIsBetter: true,
    peer: {
      name: 'p99 of the empty route at that rate, ms',
      value: median(halves.map(({ empty }) => empty.p99)),
    },
    note: `at ${halfRate} look-ups/s, half of what it can; median ${middle.toFixed(1)} ms`,
  }
}

async function batchFigure(asked: Asked): Promise<Figure> {
  const items = asked.queries.slice(0, BATCH).map((hash) => ({ pdq: [{ hash, quality: 100 }] }))
  const request = { path: '/v1/match/batch', body: JSON.stringify({ items }), type: 'application/json' }
  const load = { ...loadOf(asked, [{ method: 'POST', ...request }]), connections: 4 }
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round++) rates.push((await loaded(load)).rate * BATCH)
  const value = median(rates)
  return { name: 'server.batch', value, unit: 'hashes/s', reach: 25_000, goal: null }
}

/** Uploads beside a scan of the same files by the same machine. */
async function uploadFigure(asked: Asked, data: string): Promise<Figure> {
  const folder = join(data, 'pictures')
  await mkdir(folder)
  const files: string[] = []
  for (let number = 0; number < UPLOADS; number++) {
    const file = join(folder, `${number}.jpg`)
    const { bytes } = await asFile(scene((number % 8) + 1, WIDTH, HEIGHT))
    await writeFile(file, bytes)
    files.push(file)
  }
  const requests = files
    .slice(0, 8)
    .map((file) => ({ method: 'POST' as const, path: '/v1/match', file, type: 'image/jpeg' }))
  const uploads: number[] = []
  const scans: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    uploads.push((await loaded({ ...loadOf(asked, requests), connections: 8 })).rate)
    scans.push(await scanRate(data, folder))
  }
  return {
    name: 'server.upload',
    value: median(uploads.map((rate, round) => rate / (scans[round] ?? Number.NaN))),
    unit: 'ratio',
    reach: 0.8,
    goal: null,
    peer: { name: 'scan of the same files, files/s', value: median(scans) },
    note: `1 MP JPEG to verdict: ${median(uploads).toFixed(1)}/s`,
  }
}

async function scanRate(data: string, folder: string): Promise<number> {
  const words = ['scan', folder, '--list', join(data, 'pdq.txt'), '--json']
  const { files, seconds } = await tutela<{ files: number; seconds: number }>(data, ...words)
  return files / seconds
}

/** @param entries how many are there already; made up to ten million where it is to be `full` */
async function readyFigure(data: string, full: boolean, entries: number): Promise<Figure> {
  const all = full ? 10 * MILLION : entries
  if (full) {
    const file = join(data, 'more.txt')
    await writePdq(file, all - entries, 5)
    await imported(data, 'more', file)
    await (await startService(data)).stop() // builds, and saves the snapshot at its end
  }
  const seconds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const service = await startService(data)
    seconds.push(service.readySeconds)
    await service.stop()
  }
  return {
    name: 'server.ready',
    value: median(seconds),
    unit: 'seconds',
    reach: full ? 5 : null,
    goal: null,
    lowerIsBetter: true,
    note: `from the start of the process to ready, ${all / MILLION} M entries, from a snapshot`,
  }
}
