import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { HammingIndex } from '../../src/hamming/hamming.ts'
import { endOf, type SecondEnd, startSecond, type Task } from '../../src/hamming/second.ts'
import { Segment } from '../../src/hamming/segment.ts'
import { clusteredSet, type EntrySet, equalSet, hamming, uniformSet } from './sets.ts'

const BANDS = 16
const pauseless = async (): Promise<void> => {}

function segmentOf(set: EntrySet): Segment {
  const segment = Segment.create(hamming, set.payloads.length, true)
  segment.append(set.hashes, set.payloads)
  return segment
}

/** All that a build writes and a snapshot saves. */
function builtBytes(segment: Segment): Uint8Array {
  return segment.bytes(segment.layout.hashes, segment.layout.endBytes - segment.layout.hashes)
}

function claimsOf({ memory, claims }: Task): Int32Array {
  return new Int32Array((memory as { readonly buffer: SharedArrayBuffer }).buffer, claims, BANDS)
}

/** A second thread that does what a text says instead. */
function starting(text: string) {
  return (task: Task): Promise<SecondEnd> => {
    const begin = `const task = require('node:worker_threads').workerData
      const claims = new Int32Array(task.memory.buffer, task.claims, ${BANDS});`
    return endOf(new Worker(begin + text, { eval: true, execArgv: [], workerData: task }))
  }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a build by two threads', () => {
  // The equal ones are so many that their parts are too large to be sorted in the cache.
  it.each([uniformSet(30_000, 41), clusteredSet(30_000, 42), equalSet(140_000)])(
    'writes the bytes that one thread writes: $name',
    async (set) => {
      const alone = segmentOf(set)
      await alone.buildBands(pauseless)
      const shared = segmentOf(set)
      let second: Promise<SecondEnd> | undefined
      let claims: Int32Array = new Int32Array(0)
      const start = (task: Task): Promise<SecondEnd> | undefined => {
        claims = claimsOf(task)
        second = startSecond(task)
        return second
      }
      // This thread's first pause, within the first band, lasts until the other thread has filled all others.
      const ended = async (): Promise<void> => {
        expect(await second).toEqual({ kind: 'ended' })
        expect(Array.from(claims)).toEqual([1, ...Array.from({ length: BANDS - 1 }, () => 2)])
        second = undefined
      }
      await shared.buildBands(() => (second ? ended() : pauseless()), start)
      expect(Buffer.compare(builtBytes(shared), builtBytes(alone))).toBe(0)
    },
  )

  it('is begun for a large set, leaves no thread behind, and saves what one thread saves', async () => {
    const set = uniformSet(500_000, 43)
    const saved = async (): Promise<Uint8Array> =>
      Buffer.concat([...(await HammingIndex.build(hamming, set.hashes, set.payloads)).save()])
    const workers: Worker[] = []
    class Kept extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given)
        workers.push(this)
      }
    }
    const builtins = vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ Worker: Kept } as never)
    const shared = await saved()
    // The number of a thread that is gone.
    expect(workers.map((worker) => worker.threadId)).toEqual([-1])
    builtins.mockReturnValue(undefined)
    const alone = await saved()
    expect(builtins).toHaveBeenCalledTimes(2)
    expect(workers).toHaveLength(1)
    expect(Buffer.compare(shared, alone)).toBe(0)
  })

  it('is one of a thread alone where starting one is refused', async () => {
    class Refused {
      constructor() {
        throw new Error('no leave to start a thread')
      }
    }
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ Worker: Refused } as never)
    const set = uniformSet(10_000, 44)
    const alone = segmentOf(set)
    await alone.buildBands(pauseless)
    const refused = segmentOf(set)
    await refused.buildBands(pauseless, startSecond)
    expect(Buffer.compare(builtBytes(refused), builtBytes(alone))).toBe(0)
  })

  it('fails when the second thread fails, with its reason', async () => {
    const failing = starting(`Atomics.store(claims, 15, 1); throw new Error('out of luck')`)
    const building = segmentOf(uniformSet(10_000, 45)).buildBands(pauseless, failing)
    await expect(building).rejects.toThrow('the second thread of a build failed')
    await expect(building).rejects.toMatchObject({ cause: { message: 'out of luck' } })
  })

  it('fails when the second thread ends with a band that it took and left', async () => {
    let taken: Promise<SecondEnd> | undefined
    const start = (task: Task): Promise<SecondEnd> => {
      taken = starting('Atomics.store(claims, 15, 1)')(task)
      return taken
    }
    const taking = async (): Promise<void> => {
      await taken
    }
    const building = segmentOf(uniformSet(10_000, 46)).buildBands(taking, start)
    await expect(building).rejects.toThrow('a build left a band unfilled')
  })
})
