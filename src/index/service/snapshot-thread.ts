/** Snapshot thread: what a worker runs that reads the PDQ section, while the one that started it does other things. */
import { read } from 'node:fs'
import { promisify } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import type { IndexParts } from '@tutela/kernels/hamming'
import { Fault, type FaultCode } from '#terms/fault'
import type { Section } from '../layout.ts'
import { readPdq } from './snapshot-pdq.ts'

export interface ReadingAsked {
  readonly path: string
  /** The number of the open file, which is the process's and not a thread's. */
  readonly file: number
  readonly section: Section<string>
  /** Hashes that the file says are in it. */
  readonly count: number
}

export type ReadingAnswer =
  | { readonly kind: 'read'; readonly parts: IndexParts }
  | { readonly kind: 'refused'; readonly code: FaultCode; readonly message: string }

async function answerTo({ path, file, section, count }: ReadingAsked): Promise<ReadingAnswer> {
  const readNumbered = promisify(read)
  const reader = {
    read: (into: Uint8Array, offset: number, bytes: number, position: number) =>
      readNumbered(file, into, offset, bytes, position),
  }
  try {
    const pdq = await readPdq(path, reader, section, count)
    return { kind: 'read', parts: pdq.parts() }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { kind: 'refused', code: error.code, message: error.message }
  }
}

parentPort?.postMessage(await answerTo(workerData as ReadingAsked))
