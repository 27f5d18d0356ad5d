/**
 * Second: the second thread of a build, and how the two share a segment's bands. Each takes a band by claiming it in the
 * memory that both see, one from the first band on, the other from the last; the bytes are those that one alone writes.
 */
import { BANDS } from './layout.ts'

/** How a band stands; `fillFromLast` in `bands.wasm.ts` writes the same. */
const FREE = 0
const TAKEN = 1
const FILLED = 2

/** What a second thread needs to fill bands. */
export interface Task {
  readonly module: WebAssembly.Module
  readonly memory: unknown
  /** What `placeSegment` is called with. */
  readonly places: readonly number[]
  /** Where its own memory for building lies, and where the claims. */
  readonly work: number
  readonly claims: number
}

/** How a second thread ended. */
export type SecondEnd = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown }

/** Starts a second thread; gives its end, which is never a rejection, or undefined where none can be started. */
export type StartSecond = (task: Task) => Promise<SecondEnd> | undefined

/** A worker of Node, so far as it is used. */
interface Worker {
  once(event: 'error', listener: (error: unknown) => void): unknown
  once(event: 'exit', listener: () => void): unknown
}

interface Threads {
  readonly Worker: new (
    text: string,
    options: { eval: true; execArgv: readonly string[]; workerData: Task },
  ) => Worker
}

/** All that the second thread does. It is a text because a file would have another name and form before it is compiled. */
const SECOND = `
const { module, memory, places, work, claims } = require('node:worker_threads').workerData
const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports
kernel.placeSegment(...places)
kernel.placeWork(work)
kernel.fillFromLast(claims)
`

/**
 * Starts a second thread in Node. A browser has none here: its policy may forbid a worker that is a text. Nor has a
 * process that may not start threads. The build is then this thread's alone, slower and the same to the byte.
 */
export const startSecond: StartSecond = (task) => {
  const threads = threadsOfNode()
  if (!threads) return undefined
  let worker: Worker
  try {
    worker = new threads.Worker(SECOND, { eval: true, execArgv: [], workerData: task })
  } catch {
    return undefined
  }
  return endOf(worker)
}

/** Waits until a worker is gone, so that none outlives the build. */
export function endOf(worker: Worker): Promise<SecondEnd> {
  return new Promise((resolve) => {
    let end: SecondEnd = { kind: 'ended' }
    worker.once('error', (error) => {
      end = { kind: 'failed', error }
    })
    worker.once('exit', () => resolve(end))
  })
}

/** Asked for at run time, so that a browser finds no import that it cannot follow. */
function threadsOfNode(): Threads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } }
  return process?.getBuiltinModule?.('node:worker_threads') as Threads | undefined
}

/**
 * Fills every band once, some of them in a second thread where there is one.
 * @param claims one number a band, all 0
 * @param second the end of the second thread
 * @param fill fills one band in this thread
 * @throws Error when the second thread failed or left a band unfilled
 */
export async function fillAll(
  claims: Int32Array,
  second: Promise<SecondEnd> | undefined,
  fill: (band: number) => Promise<void>,
): Promise<void> {
  let end: SecondEnd | undefined
  try {
    for (let band = 0; band < BANDS; band++) {
      if (Atomics.compareExchange(claims, band, FREE, TAKEN) !== FREE) continue
      await fill(band)
      Atomics.store(claims, band, FILLED)
    }
  } finally {
    end = await second
  }
  if (end?.kind === 'failed') throw new Error('the second thread of a build failed', { cause: end.error })
  if (claims.some((claim) => claim !== FILLED)) throw new Error('a build left a band unfilled')
}
