import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ordered } from '#workflow/ordered'
import { gathered } from '../support/gathered.ts'

async function* upTo(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) yield number
}

const NEVER = new AbortController().signal

describe('ordered work', () => {
  it('gives results in the order of the things, however long each takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        async (scheduler, count, atOnce, waitingMax) => {
          let active = 0
          let most = 0
          const work = ordered(upTo(count), { atOnce, waitingMax, stop: NEVER }, async (number) => {
            active += 1
            most = Math.max(most, active)
            await scheduler.schedule(Promise.resolve())
            active -= 1
            return number
          })
          const results = scheduler.waitFor(gathered(work))
          expect(await results).toEqual(Array.from({ length: count }, (_, number) => number))
          expect(most).toBeLessThanOrEqual(Math.min(atOnce, waitingMax))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('finishes what is in hand when it is stopped, and begins nothing more', async () => {
    const stop = new AbortController()
    const begun: number[] = []
    const work = ordered(upTo(100), { atOnce: 3, waitingMax: 10, stop: stop.signal }, async (number) => {
      begun.push(number)
      return number
    })
    const results: number[] = []
    for await (const number of work) {
      results.push(number)
      if (number === 5) stop.abort()
    }
    expect(results).toEqual(begun)
    expect(results.length).toBeLessThan(20)
  })

  it('passes a failure on when its turn comes', async () => {
    const work = ordered(upTo(5), { atOnce: 5, waitingMax: 5, stop: NEVER }, async (number) => {
      if (number === 2) throw new Error('two')
      return number
    })
    expect((await work.next()).value).toBe(0)
    expect((await work.next()).value).toBe(1)
    await expect(work.next()).rejects.toThrow('two')
  })
})
