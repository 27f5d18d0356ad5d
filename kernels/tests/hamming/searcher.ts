/** Searcher: a worker that searches an index it was handed, and says what it found. */
import { parentPort, workerData } from 'node:worker_threads'
import { attach, type IndexHandle } from '../../src/hamming/hamming.ts'

const index = attach((workerData as { handle: IndexHandle }).handle)

parentPort?.on('message', (hashes: Uint8Array) => {
  const one = index.search(hashes.subarray(0, 32))
  parentPort?.postMessage({ count: index.count, one, many: index.searchMany(hashes) })
})
