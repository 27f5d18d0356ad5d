/** Load: asks a service from a process of its own, and prints what it measured as one line of JSON. */
import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'
import { paced } from './paced.ts'

/** What to ask, read from standard input. */
export interface Load {
  readonly url: string
  readonly key: string
  readonly seconds: number
  readonly connections: number
  /** Requests a second, evenly, GET alone; as many as go when absent. */
  readonly rate?: number
  readonly requests: readonly {
    readonly method: 'GET' | 'POST'
    readonly path: string
    readonly body?: string
    /** A file to send as it is. */
    readonly file?: string
    readonly type?: string
  }[]
}

export interface Loaded {
  /** Answers a second, and how long they took, in milliseconds. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly refused: number
}

const load = JSON.parse(readFileSync(0, 'utf8')) as Load
process.stdout.write(
  `${JSON.stringify(load.rate === undefined ? await flatOut() : await atRate(load.rate))}\n`,
)

async function flatOut(): Promise<Loaded> {
  const built = load.requests.map(({ method, path, body, file, type }) => ({
    method,
    path,
    headers: { authorization: `Bearer ${load.key}`, ...(type && { 'content-type': type }) },
    ...(body !== undefined && { body }),
    ...(file !== undefined && { body: readFileSync(file) }),
  }))
  // Each connection sends a part of its own: all of them on every connection would make the asking slower than the answering.
  const partSize = Math.ceil(built.length / load.connections)
  let connection = 0
  const { requests, latency, non2xx, errors, timeouts, duration } = await autocannon({
    url: load.url,
    connections: load.connections,
    duration: load.seconds,
    requests: built.slice(0, 1),
    setupClient: (client) => {
      const from = (connection++ * partSize) % built.length
      client.setRequests(built.slice(from, from + partSize))
    },
  })
  const refused = non2xx + errors + timeouts
  return { rate: requests.total / duration, p50: latency.p50, p99: latency.p99, refused }
}

async function atRate(rate: number): Promise<Loaded> {
  const { url, key, seconds, connections } = load
  const paths = load.requests.map(({ path }) => path)
  const { times, refused } = await paced({ url, key, rate, seconds, connections, paths })
  const quantile = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN
  return { rate, p50: quantile(0.5), p99: quantile(0.99), refused }
}
