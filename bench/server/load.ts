/** Load: asks a service from a process of its own, and prints what it measured as one line of JSON. */
import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'

/** What to ask, read from standard input. */
export interface Load {
  readonly url: string
  readonly key: string
  readonly seconds: number
  readonly connections: number
  /** Requests a second over all connections; as many as go when absent. */
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
const requestsBuilt = load.requests.map(({ method, path, body, file, type }) => ({
  method,
  path,
  headers: { authorization: `Bearer ${load.key}`, ...(type && { 'content-type': type }) },
  ...(body !== undefined && { body }),
  ...(file !== undefined && { body: readFileSync(file) }),
}))
/** Each connection sends a part of its own, in turns: all of them on every connection make the asking slower than the answering. */
const partSize = Math.ceil(requestsBuilt.length / load.connections)
let connection = 0
const result = await autocannon({
  url: load.url,
  connections: load.connections,
  duration: load.seconds,
  ...(load.rate !== undefined && { overallRate: load.rate }),
  requests: requestsBuilt.slice(0, 1),
  setupClient: (client) => {
    const from = (connection++ * partSize) % requestsBuilt.length
    client.setRequests(requestsBuilt.slice(from, from + partSize))
  },
})
const { requests, latency, non2xx, errors, timeouts, duration } = result
const loaded: Loaded = {
  rate: requests.total / duration,
  p50: latency.p50,
  p99: latency.p99,
  refused: non2xx + errors + timeouts,
}
process.stdout.write(`${JSON.stringify(loaded)}\n`)
