import { once } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { attach, HammingIndex } from '../../src/hamming/hamming.ts'
import { clusteredSet, hamming, hashAt, joined, turned } from './sets.ts'

const set = clusteredSet(40_000, 31)
const workers: Worker[] = []

function searcher(index: HammingIndex): Worker {
  const worker = new Worker(new URL('./searcher.worker.mjs', import.meta.url), {
    workerData: { handle: index.share() },
  })
  workers.push(worker)
  return worker
}

async function asked(worker: Worker, hashes: Uint8Array): Promise<unknown> {
  worker.postMessage(hashes)
  const [answer] = await once(worker, 'message')
  return answer
}

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.terminate()))
})

describe('an index shared with workers', () => {
  it('is searched by two at once beside its owner, each answering the same', async () => {
    const index = await HammingIndex.build(hamming, set.hashes, set.payloads)
    const [first, second] = [searcher(index), searcher(index)]
    for (let round = 0; round < 5; round++) {
      const queries = joined(
        Array.from({ length: 1_200 }, (_, i) => turned(hashAt(set, i * 3 + round), [i % 256, 9])),
      )
      const answers = Promise.all([asked(first, queries), asked(second, queries)])
      const right = {
        count: index.count,
        one: index.search(queries.subarray(0, 32)),
        many: index.searchMany(queries),
      }
      for (const answer of await answers) expect(isDeepStrictEqual(answer, right)).toBe(true)
    }
  })

  it('shows additions and removals to those who hold it', async () => {
    const index = await HammingIndex.build(hamming, set.hashes, set.payloads)
    index.add(hashAt(set, 0), 90_000)
    const reader = attach(index.share())
    index.add(hashAt(set, 1), 90_001)
    index.remove(hashAt(set, 2), 2)
    expect(reader.count).toBe(index.count)
    for (const i of [0, 1, 2]) expect(reader.search(hashAt(set, i))).toEqual(index.search(hashAt(set, i)))
  })

  it('goes on answering after its owner merged, as of the merge', async () => {
    const index = await HammingIndex.build(hamming, set.hashes, set.payloads)
    for (let i = 0; i < 6_000; i++) index.add(hashAt(set, i), 100_000 + i)
    const reader = attach(index.share())
    const before = index.search(hashAt(set, 5))
    await index.merge()
    index.remove(hashAt(set, 5), 100_005)
    expect(reader.search(hashAt(set, 5))).toEqual(before)
    expect(attach(index.share()).search(hashAt(set, 5))).toEqual(index.search(hashAt(set, 5)))
  })

  it('attaches again after every merge, taking over what is still there', async () => {
    const index = await HammingIndex.build(hamming, set.hashes, set.payloads, { deltaEntriesMax: 5 })
    let reader = attach(index.share())
    expect(index.share()).toBe(index.share())
    for (let round = 0; round < 80; round++) {
      index.add(hashAt(set, round), 200_000 + round)
      if (round % 10 === 9) await index.merge()
      reader = attach(index.share(), reader)
      expect(reader.search(hashAt(set, round))).toEqual(index.search(hashAt(set, round)))
    }
    expect(reader.count).toBe(index.count)
  })
})
