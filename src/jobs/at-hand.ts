/** At hand: the jobs of a service, started from its configuration and what it has open. */
import type { Config } from '#ground/config'
import type { PersonKeys } from '#ground/person-keys'
import { pullDesk, sourcesAtHand } from '#workflow/pull/at-hand'
import type { JobsDesk } from './job.ts'
import { startJobs } from './scheduler.ts'

/** What a service has open, of what its jobs work with. */
type WorkGiven = Pick<JobsDesk, 'log' | 'evidence' | 'exposure' | 'clocks' | 'screening'> & {
  readonly data: string
  readonly store: Parameters<typeof pullDesk>[0]
  readonly keys: PersonKeys
}

/** Starts the jobs. @returns as `startJobs` */
export function startWork(
  { desk, sources: folder }: Config,
  { data, store, keys, ...given }: WorkGiven,
): ReturnType<typeof startJobs> {
  const days = desk?.wordsDays
  const pulling = pullDesk(store)
  const { database, now } = pulling
  const { evidence, clocks } = given
  const also = { ...(evidence && { evidence }), ...(clocks && { clocks }) }
  return startJobs({
    ...{ ...pulling, ...given },
    sources: () => sourcesAtHand(data, folder),
    ...(days !== undefined && { reportWords: { keys, days } }),
    golden: { intake: { database, keys, now, ...also }, perDay: desk?.goldenPerDay ?? 0 },
  })
}
