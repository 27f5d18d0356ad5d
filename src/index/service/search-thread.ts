/** Search thread: what a worker runs: it attaches to the PDQ index's memory and answers what it is asked. */
import { parentPort } from 'node:worker_threads'
import {
  type Attached,
  attach,
  type IndexHandle,
  type ManyResult,
  type SearchOptions,
} from '@tutela/kernels/hamming'

export interface ThreadAsked {
  readonly id: number
  readonly hashes: Uint8Array
  readonly options: SearchOptions
  /** Given when it is another than before. */
  readonly handle?: IndexHandle
}

/** Without answers, `failed` says why, and the thread is of no more use. */
export interface ThreadAnswer {
  readonly id: number
  readonly answers?: ManyResult
  readonly failed?: string
}

let index: Attached | undefined

function answer({ id, hashes, options, handle }: ThreadAsked): ThreadAnswer {
  try {
    if (handle) index = attach(handle, index)
    if (!index) throw new TypeError('nothing is attached')
    return { id, answers: index.searchMany(hashes, options) }
  } catch (error) {
    return { id, failed: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', (asked: ThreadAsked) => parentPort?.postMessage(answer(asked)))
