/** Caution: a service that fails is left alone, and tried again by one question first. */
import { describe, expect, test } from 'vitest'
import { Caution, type CautionLimits } from '#matchers/caution'
import { Rate } from '#matchers/rate'
import { Fault } from '#terms/fault'
import { steppedClock } from './clock.ts'

const limits: CautionLimits = {
  requestsPerSecond: 1000,
  secondsMax: 5,
  triesMax: 1,
  failuresMax: 3,
  pauseSeconds: 10,
}
const fails = (): Promise<never> => Promise.reject(new Fault('remote.failed', 'it broke'))
const answers = (): Promise<string> => Promise.resolve('an answer')

describe('a service that keeps failing', () => {
  test('is left alone with the reason, longer each time, until it answers', async () => {
    const clock = steppedClock()
    const caution = new Caution(limits, { clock })
    for (let count = 0; count < 3; count++) {
      expect(caution.pausedBecause).toBeUndefined()
      await caution.question(fails)
    }
    expect(caution.pausedBecause).toMatch(/3 times in a row \(it broke\)/)
    let asked = 0
    const counting = (): Promise<never> => {
      asked += 1
      return fails()
    }
    expect(await caution.question(counting)).toEqual({ kind: 'unanswered', because: caution.pausedBecause })
    expect(asked).toBe(0)
    clock.advance(10_000)
    await caution.question(counting)
    expect(asked).toBe(1)
    clock.advance(19_999)
    expect(caution.pausedBecause).toBeDefined()
    clock.advance(1)
    expect(await caution.question(answers)).toBe('an answer')
    await caution.question(fails)
    expect(caution.pausedBecause).toBeUndefined()
  })

  test('is tried by one question after a pause; the others do not wait for it', async () => {
    const clock = steppedClock()
    const caution = new Caution({ ...limits, failuresMax: 1 }, { clock })
    await caution.question(fails)
    clock.advance(10_000)
    let release = (): void => {}
    const trial = caution.question(() => new Promise<string>((resolve) => (release = () => resolve('back'))))
    expect(await caution.question(answers)).toMatchObject({ kind: 'unanswered' })
    release()
    expect(await trial).toBe('back')
    expect(await caution.question(answers)).toBe('an answer')
  })

  test('counts once for how long it is left alone, however many questions were under way', async () => {
    const clock = steppedClock()
    const caution = new Caution(limits, { clock })
    await Promise.all(Array.from({ length: 20 }, () => caution.question(fails)))
    clock.advance(10_000)
    expect(caution.pausedBecause).toBeUndefined()
  })
})

test('a question that is given up says so, and is no failure of the service', async () => {
  const caution = new Caution({ ...limits, failuresMax: 1 }, { clock: steppedClock() })
  const stop = AbortSignal.abort(new Error('gone'))
  const said = await caution.question((_, limit) => Promise.reject(limit.reason), stop)
  expect(said).toMatchObject({ kind: 'unanswered', because: expect.stringMatching(/given up/) })
  expect(caution.pausedBecause).toBeUndefined()
})

test('a bug is not hidden as a failure of the service', async () => {
  const caution = new Caution(limits, { clock: steppedClock() })
  await expect(caution.question(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug')
})

test('where more ask than the rate allows, those who would wait too long are told so, and nothing is paused', async () => {
  const clock = { now: () => 0, wait: () => new Promise<void>(() => {}) }
  const caution = new Caution(
    { ...limits, requestsPerSecond: 1, failuresMax: 1 },
    { clock, ask: () => fails() },
  )
  const questions = Array.from({ length: 10 }, () =>
    caution.question((ask) => ask({ url: 'http://a.example', addresses: 'any', bytesMax: 1, secondsMax: 1 })),
  )
  expect(await questions[9]).toMatchObject({
    kind: 'unanswered',
    because: expect.stringMatching(/too many questions/),
  })
})

test('turns are evenly spaced, and none is given in a pause', async () => {
  const clock = steppedClock()
  const rate = new Rate(4, clock)
  expect(await rate.turn(1000)).toBe(true)
  expect(await rate.turn(1000)).toBe(true)
  expect(clock.waited).toEqual([250])
  rate.pause(5000)
  expect(await rate.turn(4999)).toBe(false)
  expect(await rate.turn(5000)).toBe(true)
  expect(clock.waited).toEqual([250, 5000])
})
