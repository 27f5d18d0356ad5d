/** Threads: batches answered by several threads say what one says, whatever becomes of a thread. */
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ServiceIndex } from '#index/service/service-index'
import type { Fingerprint } from '#terms/lookup'
import { temporaryFolder } from '../../support/folder.ts'
import { filled, pdqFingerprint, putAt } from './filled.ts'
import type { MemoryRegister } from './register.ts'

async function opened(register: MemoryRegister, notes: string[] = []): Promise<ServiceIndex> {
  const folder = await temporaryFolder()
  const log = (level: string, note: string) => void (level === 'warn' && notes.push(note))
  const index = ServiceIndex.open({ folder, feed: register, threads: 2, mayWrite: () => false, log })
  onTestFinished(() => index.close())
  await index.catchUp()
  return index
}

/** Some with several hashes, some with none, every other with a digest. */
function batch(count: number): Fingerprint[] {
  return Array.from({ length: count }, (_, at) => {
    const asked = at % 7 === 0 ? pdqFingerprint() : pdqFingerprint(at, at + 1_000, at % 5)
    return at % 2 === 0 ? asked : { ...asked, digests: { sha256: putAt(at).hashes.sha256 ?? '' } }
  })
}

/** The workers that are asked something, once they are. */
function asking(): Set<Worker> {
  const workers = new Set<Worker>()
  const post = Worker.prototype.postMessage
  const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...given) {
    workers.add(this)
    post.apply(this, given)
  })
  onTestFinished(() => spy.mockRestore())
  return workers
}

describe('a batch', () => {
  test('is answered as its fingerprints are one by one, through additions and merges', async () => {
    const register = filled(900)
    const index = await opened(register)
    const workers = asking()
    for (let round = 0; round < 2; round++) {
      const all = batch(400)
      expect(await index.hitsMany(all)).toEqual(all.map((one) => index.hits(one)))
      register.apply(
        1,
        Array.from({ length: 2_100 }, (_, place) => putAt(900 + round * 2_100 + place)),
      )
      await index.catchUp(register.number)
    }
    expect(workers.size).toBe(2)
  })

  test('is answered although a change comes while the threads are at it', async () => {
    const register = filled(900)
    const index = await opened(register)
    const all = batch(700)
    const answers = index.hitsMany(all)
    register.apply(1, [{ ...putAt(3), categories: { c: ['changed'] } }], ['k4'])
    await index.catchUp(register.number)
    expect(await answers).toEqual(all.map((one) => index.hits(one)))
  })

  test('is answered although every thread dies at it, and the next has new threads', async () => {
    const notes: string[] = []
    const index = await opened(filled(900), notes)
    const workers = asking()
    const all = batch(700)
    const right = all.map((one) => index.hits(one))
    const answers = index.hitsMany(all)
    await Promise.all([...workers].map((worker) => worker.terminate()))
    expect(await answers).toEqual(right)
    expect(notes).toHaveLength(2)
    workers.clear()
    expect(await index.hitsMany(all)).toEqual(right)
    expect(workers.size).toBe(2)
  })
})
