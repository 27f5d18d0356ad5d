/** The scheduler: what is due is pulled by one process, what fails does not stop the rest, and a stop is prompt. */
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SILENT } from '#ground/log'
import type { Job, JobsDesk } from '#jobs/job'
import { startJobs } from '#jobs/scheduler'
import { holdLock } from '#store/lock'
import { setUp } from '../workflow/pull/partners.ts'

const WAIT = { timeout: 10_000, interval: 20 }

function jobsDesk(setting: Awaited<ReturnType<typeof setUp>>, lock: JobsDesk['lock']): JobsDesk {
  const { desk, source } = setting
  return {
    ...desk,
    lock,
    log: SILENT,
    sources: async () => ({ sources: new Map([[source.name, source]]), wrong: [] }),
    pause: async (seconds, stop) => void (await delay(seconds * 2, undefined, stop ? { signal: stop } : {})),
  }
}

test('what is due is pulled, then by schedule; a second process waits until the first is gone', async () => {
  const setting = await setUp('stopncii', 4)
  const { config } = setting
  const lock: JobsDesk['lock'] = (name) => holdLock(config, name)
  const first = startJobs(jobsDesk(setting, lock))
  await expect.poll(async () => (await setting.standing()).length, WAIT).toBe(4)
  await expect.poll(async () => (await setting.state()).succeededAt, WAIT).toBeDefined()
  expect((await setting.state()).nextAt?.getTime()).toBeGreaterThan(setting.desk.now().getTime())
  const second = startJobs(jobsDesk(setting, lock))
  setting.rules.grow(2)
  await first.stop()
  setting.desk.turn(7200)
  await expect.poll(async () => (await setting.standing()).length, WAIT).toBe(6)
  await second.stop()
  const free = await holdLock(config, 'scheduler')
  expect(free).toBeDefined()
  await free?.release()
})

test('a job that fails is run again, others go on, and a stop ends the one in hand', async () => {
  const setting = await setUp('stopncii', 0)
  const runs = { failing: 0, other: 0 }
  const jobs: Job[] = [
    {
      name: 'failing',
      everySeconds: 1,
      run: async () => {
        runs.failing++
        throw new Error('it cannot')
      },
    },
    { name: 'other', everySeconds: 1, run: async () => void runs.other++ },
    {
      name: 'long',
      everySeconds: 1,
      run: (_desk, stop) => new Promise((resolve) => stop.addEventListener('abort', () => resolve())),
    },
  ]
  const running = startJobs(jobsDesk(setting, setting.desk.lock), jobs)
  await expect.poll(() => runs.failing > 1 && runs.other > 1, WAIT).toBe(true)
  await running.stop()
  const after = { ...runs }
  await new Promise((resolve) => setImmediate(resolve))
  expect(runs).toEqual(after)
})

test('however many jobs wait for their rounds, none listens in the way of the others', async () => {
  const setting = await setUp('stopncii', 0)
  const warnings: Error[] = []
  const note = (warning: Error): void => void warnings.push(warning)
  process.on('warning', note)
  const runs = Array.from({ length: 15 }, () => 0)
  const jobs = runs.map((_, at): Job => {
    const run = async (): Promise<void> => {
      runs[at] = (runs[at] ?? 0) + 1
    }
    return { name: `job ${at}`, everySeconds: 0.01, run }
  })
  const started = startJobs(
    jobsDesk(setting, (name) => holdLock(setting.config, name)),
    jobs,
  )
  await expect.poll(() => Math.min(...runs), WAIT).toBeGreaterThan(2)
  await started.stop()
  process.off('warning', note)
  expect(warnings.map(({ name }) => name)).not.toContain('MaxListenersExceededWarning')
})
