/** Service index: the register's index in service: how fast it answers, is built, starts again, and what memory it takes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceIndex } from '#index/service/service-index'
import type { FeedHashes, FeedRows, IndexFeed } from '#terms/index-feed'
import type { Fingerprint, IndexedRegisterList } from '#terms/lookup'
import { type Bench, type BenchOptions, type Figure, median, p99 } from '../kernels/bench/figure.ts'
import { turnBits } from '../kernels/bench/hamming-sets.ts'
import { type Random, random } from '../kernels/bench/random.ts'

const BATCH_ROWS = 8_192
const QUERIES = 20_000
const BATCH_QUERIES = 1_000
const SEED = 41

const LIST: IndexedRegisterList = {
  id: 1,
  name: 'bench',
  kind: 'alert',
  uses: ['gate'],
  enabledRatio: 1,
  entries: 0,
  changedAt: '2026-01-01T00:00:00.000Z',
}

const NONE: FeedHashes = { rows: new Uint32Array(0), bytes: new Uint8Array(0) }

/** Entries with an MD5 and a PDQ hash each, the same whenever they are asked for. */
function* entries(count: number): Generator<FeedRows> {
  const from = random(SEED)
  for (let first = 1; first <= count; first += BATCH_ROWS) {
    const length = Math.min(BATCH_ROWS, count - first + 1)
    const rows = Uint32Array.from({ length }, (_, at) => first + at)
    yield {
      rows,
      entries: rows,
      lists: new Uint32Array(length).fill(1),
      trusts: new Uint8Array(length).fill(1),
      kinds: new Uint8Array(length).fill(9),
      categories: new Uint32Array(length),
      categoryTexts: ['{"bench":["1"]}'],
      hashes: { md5: hashes(rows, 16, from), sha1: NONE, sha256: NONE, pdq: hashes(rows, 32, from) },
    }
  }
}

function hashes(rows: Uint32Array, width: number, from: Random): FeedHashes {
  const words = new Uint32Array((rows.length * width) / 4)
  for (let at = 0; at < words.length; at++) words[at] = from.uint32()
  return { rows, bytes: new Uint8Array(words.buffer) }
}

async function* eachOf<T>(values: Iterable<T>): AsyncIterable<T> {
  yield* values
}

function feedOf(count: number): IndexFeed {
  const mark = `bench ${count}`
  return {
    mark: async () => mark,
    everything: (take) =>
      take({
        ...{ number: 1, mark, lists: [LIST], judgements: [], rowsAbout: count },
        rows: () => eachOf(entries(count)),
      }),
    after: () => eachOf([]),
  }
}

/** Half of the fingerprints lie near an entry of the first batch, half are random; a tenth is asked for by MD5 too. */
function queries(count: number): Fingerprint[] {
  const [first] = entries(BATCH_ROWS)
  const from = random(SEED + 1)
  return Array.from({ length: count }, (_, at) => {
    const place = from.below(BATCH_ROWS)
    const random32 = hashes(new Uint32Array(1), 32, from).bytes
    const near = first?.hashes.pdq.bytes.slice(place * 32, place * 32 + 32) ?? random32
    const hash = at % 2 === 0 ? near : random32
    if (at % 2 === 0) turnBits(hash, 0, from.below(32), from)
    const pdq = [{ frame: 0, region: 'whole', orientation: 'orig', hash } as const]
    return {
      digests: at % 10 === 0 ? { md5: Buffer.from(random32.subarray(0, 16)).toString('hex') } : {},
      pdq,
    }
  })
}

function singles(index: ServiceIndex): { readonly perSecond: number; readonly p99: number } {
  const asked = queries(QUERIES)
  const rounds: number[] = []
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const begun = performance.now()
    for (const fingerprint of asked) {
      const since = performance.now()
      index.hits(fingerprint)
      if (round > 0) times.push(performance.now() - since)
    }
    rounds.push(QUERIES / ((performance.now() - begun) / 1_000))
  }
  return { perSecond: median(rounds.slice(1)), p99: p99(times) }
}

async function batches(index: ServiceIndex): Promise<number> {
  const asked = queries(BATCH_QUERIES)
  const rounds: number[] = []
  for (let round = 0; round < 25; round++) {
    const begun = performance.now()
    await index.hitsMany(asked)
    rounds.push(BATCH_QUERIES / ((performance.now() - begun) / 1_000))
  }
  return median(rounds.slice(5))
}

async function opened(
  folder: string,
  feed: IndexFeed,
  threads = 1,
): Promise<{ index: ServiceIndex; seconds: number }> {
  const begun = performance.now()
  const log = (_level: string, note: string): void => {
    if (process.env['BENCH_LOG']) process.stderr.write(`${note}\n`)
  }
  const index = ServiceIndex.open({ folder, feed, threads, log })
  while (index.state.kind === 'building') await new Promise((resolve) => setTimeout(resolve, 2))
  return { index, seconds: (performance.now() - begun) / 1_000 }
}

async function* measured(name: string, count: number, { wants }: BenchOptions): AsyncIterable<Figure> {
  const prefix = `service-index.${name}`
  const folder = await mkdtemp(join(tmpdir(), 'tutela-bench-'))
  const at = (what: string): string => `${prefix}.${what}`
  const of = { reach: null, goal: null } as const
  try {
    const feed = feedOf(count)
    const built = await opened(folder, feed)
    yield {
      ...of,
      name: at('build'),
      value: count / built.seconds,
      unit: 'entries/s',
      note: 'from a feed in memory',
    }
    await built.index.close()
    const again = await opened(folder, feed)
    const { index } = again
    yield {
      ...{ name: at('start'), value: again.seconds, unit: 's', lowerIsBetter: true },
      ...{ reach: count >= 10_000_000 ? 5 : null, goal: null, note: 'from a snapshot to the first answer' },
    }
    yield { ...of, name: at('memory'), value: index.bytes / count, unit: 'bytes/entry', lowerIsBetter: true }
    if (wants(at('single'))) {
      const { perSecond, p99: slow } = singles(index)
      yield {
        ...of,
        name: at('single'),
        value: perSecond,
        unit: 'look-ups/s',
        note: `p99 ${slow.toFixed(3)} ms`,
      }
      yield {
        ...of,
        name: at('batch'),
        value: await batches(index),
        unit: 'hashes/s',
        note: 'batches of 1 000',
      }
    }
    await index.close()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const bench: Bench = async function* (options) {
  if (options.wants('service-index.1m')) yield* measured('1m', 1_000_000, options)
  if (options.full && options.wants('service-index.10m')) yield* measured('10m', 10_000_000, options)
}
