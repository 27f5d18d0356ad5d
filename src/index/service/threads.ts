/** Threads: workers that search the PDQ index's memory; one that dies is replaced, and what it was asked is searched here. */
import { Worker } from 'node:worker_threads'
import type { HammingIndex, IndexHandle, ManyResult, SearchOptions } from '@tutela/kernels/hamming'
import { HASH_BYTES } from '#terms/hash'
import type { ThreadAnswer, ThreadAsked } from './search-thread.ts'
import { threadProgram } from './thread-program.ts'

/** Hashes that a thread is asked for at once: few enough that no thread is long without work. */
const PART_HASHES = 512

/** Threads that die one after the other without an answer before none is started again. */
const DEATHS_MAX = 8

type Log = (level: 'info' | 'warn', note: string) => void

/** A worker and what it has still to answer. */
interface Thread {
  readonly worker: Worker
  handle: IndexHandle | undefined
  readonly waiting: Map<number, (answers: ManyResult | undefined) => void>
}

export class SearchThreads {
  readonly #count: number
  readonly #log: Log
  #threads: Thread[] = []
  #asked = 0
  #deaths = 0
  #isClosed = false

  constructor(count: number, log: Log = () => {}) {
    this.#count = count
    this.#log = log
  }

  /** Searches as the index itself does. */
  async search(index: HammingIndex, hashes: Uint8Array, options: SearchOptions): Promise<ManyResult> {
    if (this.#count === 0 || this.#isClosed || this.#deaths >= DEATHS_MAX)
      return index.searchMany(hashes, options)
    while (this.#threads.length < this.#count) this.#threads.push(this.#start())
    const handle = index.share()
    const parts: Promise<ManyResult>[] = []
    for (let from = 0; from < hashes.length; from += PART_HASHES * HASH_BYTES.pdq) {
      const part = hashes.slice(from, from + PART_HASHES * HASH_BYTES.pdq)
      const answer = this.#ask(this.#idlest(), handle, part, options)
      parts.push(answer.then((answers) => answers ?? index.searchMany(part, options)))
    }
    return joined(await Promise.all(parts))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  #idlest(): Thread | undefined {
    return this.#threads.toSorted((a, b) => a.waiting.size - b.waiting.size)[0]
  }

  /** @returns undefined when the thread died or could not attach */
  #ask(
    thread: Thread | undefined,
    handle: IndexHandle,
    hashes: Uint8Array,
    options: SearchOptions,
  ): Promise<ManyResult | undefined> {
    if (!thread) return Promise.resolve(undefined)
    const id = ++this.#asked
    return new Promise((resolve) => {
      thread.waiting.set(id, resolve)
      const asked: ThreadAsked = { id, hashes, options, ...(thread.handle !== handle && { handle }) }
      thread.handle = handle
      thread.worker.postMessage(asked)
    })
  }

  #start(): Thread {
    const worker = new Worker(threadProgram('search-thread'), { execArgv: [] })
    const thread: Thread = { worker, handle: undefined, waiting: new Map() }
    worker.unref()
    worker.on('message', (answer: ThreadAnswer) => {
      thread.waiting.get(answer.id)?.(answer.answers)
      thread.waiting.delete(answer.id)
      if (answer.failed === undefined) this.#deaths = 0
      else this.#end(thread, answer.failed)
    })
    worker.on('error', (error) => this.#end(thread, error.message))
    worker.on('exit', () => this.#end(thread, 'it ended'))
    return thread
  }

  /** What it still had to answer is searched by whoever asked; the next search starts another thread. */
  #end(thread: Thread, because: string): void {
    if (!this.#threads.includes(thread)) return
    this.#threads = this.#threads.filter((other) => other !== thread)
    this.#deaths++
    const next =
      this.#deaths < DEATHS_MAX ? 'it is replaced' : 'batches are searched without threads from now on'
    if (!this.#isClosed) this.#log('warn', `a search thread died: ${because}: ${next}`)
    void thread.worker.terminate()
    for (const resolve of thread.waiting.values()) resolve(undefined)
    thread.waiting.clear()
  }
}

function joined(parts: readonly ManyResult[]): ManyResult {
  const [only] = parts
  if (parts.length === 1 && only) return only
  const queries = parts.reduce((sum, { more }) => sum + more.length, 0)
  const found = parts.reduce((sum, { payloads }) => sum + payloads.length, 0)
  const whole = {
    offsets: new Uint32Array(queries + 1),
    payloads: new Uint32Array(found),
    distances: new Uint8Array(found),
    more: new Uint8Array(queries),
  }
  let [query, at] = [0, 0]
  for (const { offsets, payloads, distances, more } of parts) {
    for (let own = 0; own < more.length; own++) whole.offsets[query + own + 1] = at + (offsets[own + 1] ?? 0)
    whole.payloads.set(payloads, at)
    whole.distances.set(distances, at)
    whole.more.set(more, query)
    query += more.length
    at += payloads.length
  }
  return whole
}
