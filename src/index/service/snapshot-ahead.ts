/** Snapshot ahead: the PDQ section read by another thread, while this one opens whatever else the service is made of. */
import { Worker } from 'node:worker_threads'
import { HammingIndex } from '@tutela/kernels/hamming'
import { Fault } from '#terms/fault'
import { PDQ_OPTIONS } from './snapshot-pdq.ts'
import type { ReadingAnswer, ReadingAsked } from './snapshot-thread.ts'
import { threadProgram } from './thread-program.ts'

/** How it ended; a thread that died says nothing of the file. */
type Ended = ReadingAnswer | { readonly kind: 'died'; readonly because: string }

/** The thread, until it has read or is stopped. */
export class PdqAhead {
  readonly #worker: Worker
  readonly #ended: Promise<Ended>

  /** @throws Fault `index.not-ready` where the thread's program was not built */
  constructor(asked: ReadingAsked) {
    const worker = new Worker(threadProgram('snapshot-thread'), { execArgv: [], workerData: asked })
    this.#worker = worker
    this.#ended = new Promise((resolve) => {
      worker.once('message', (answer: ReadingAnswer) => resolve(answer))
      worker.once('error', (error) => resolve({ kind: 'died', because: error.message }))
      worker.once('exit', () => resolve({ kind: 'died', because: 'it ended' }))
    })
  }

  /**
   * What the thread has read.
   *
   * @param died told why, where the thread died of something else than the file
   * @returns undefined where it died
   * @throws Fault `index.unreadable`, `index.damaged`, `index.newer`
   */
  async index(died: (because: string) => void): Promise<HammingIndex | undefined> {
    const ended = await this.#ended
    switch (ended.kind) {
      case 'read':
        await this.stop() // it must not touch what is taken over here
        return HammingIndex.adopt(ended.parts, PDQ_OPTIONS)
      case 'refused':
        throw new Fault(ended.code, ended.message)
      case 'died':
        died(ended.because)
        return undefined
    }
  }

  /** Ends the thread; it reads nothing any more once the promise is fulfilled. */
  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}
