/** Scheduler: runs the jobs, each on its own round, in the one process that holds the lock for it. */
import { errorFields } from '#ground/log'
import type { Lock } from '#workflow/pull/desk'
import { expiryJob } from './expiry.ts'
import { feedbackJob } from './feedback.ts'
import { goldenJob } from './golden.ts'
import type { Job, JobsDesk } from './job.ts'
import { pullLanes } from './pulls.ts'
import { reportsJob } from './reports.ts'
import { retentionJob } from './retention.ts'
import { deskJobs } from './screening.ts'
import { vaultJobs } from './vault.ts'
import { viewingsJob } from './viewings.ts'

/** The lock of the process that runs the jobs. */
export const SCHEDULER_LOCK = 'scheduler'

const PULLS_AT_ONCE = 2
/** Between two tries to take the lock. */
const LOCK_SECONDS = 5

/**
 * Starts the jobs. Where another process runs them already, this one waits to take its place.
 *
 * @returns `stop`, which ends them: work in hand stops where it can be gone on with
 */
export function startJobs(
  desk: JobsDesk,
  jobs: readonly Job[] = [
    ...pullLanes(PULLS_AT_ONCE),
    feedbackJob,
    expiryJob,
    viewingsJob,
    ...(desk.reportWords ? [reportsJob(desk.reportWords.keys, desk.reportWords.days)] : []),
    ...(desk.golden ? [goldenJob(desk.golden)] : []),
    ...(desk.screening ? deskJobs(desk.screening) : []),
    ...(desk.evidence ? [...vaultJobs(desk.evidence), retentionJob(desk.evidence.profiles)] : []),
  ],
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const ended = keepOn(desk, jobs, stopping.signal)
  return {
    stop: async () => {
      stopping.abort(new Error('the service stops'))
      await ended
    },
  }
}

async function keepOn(desk: JobsDesk, jobs: readonly Job[], stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const lock = await desk.lock(SCHEDULER_LOCK).catch((error: unknown) => {
      desk.log.warn('the jobs cannot be begun', errorFields(error))
      return undefined
    })
    if (lock) await underLock(desk, jobs, lock, stop)
    else await pause(desk, LOCK_SECONDS, stop)
  }
}

async function underLock(desk: JobsDesk, jobs: readonly Job[], lock: Lock, stop: AbortSignal): Promise<void> {
  const ending = AbortSignal.any([stop, lock.lost])
  // Each job listens to a signal of its own: what one job leaves behind there is seen, and is not lost among that of the others.
  const own = new Map(jobs.map((job) => [job, new AbortController()]))
  const end = (): void => {
    for (const one of own.values()) one.abort(ending.reason)
  }
  ending.addEventListener('abort', end)
  if (ending.aborted) end()
  try {
    await Promise.all([...own].map(([job, { signal }]) => rounds(desk, job, signal)))
  } finally {
    await lock.release().catch(() => undefined) // it was lost with its connection
  }
}

async function rounds(desk: JobsDesk, job: Job, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      await job.run(desk, stop)
    } catch (error) {
      if (!stop.aborted) desk.log.error('a job failed', { job: job.name, ...errorFields(error) })
    }
    await pause(desk, job.everySeconds, stop)
  }
}

/** Waits, and ends early when it is to stop. */
async function pause(desk: JobsDesk, seconds: number, stop: AbortSignal): Promise<void> {
  if (!stop.aborted) await desk.pause(seconds, stop).catch(() => undefined)
}
