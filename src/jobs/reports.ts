/** Reports: the job by which words of closed reports go once their time is over. */
import type { PersonKeys } from '#ground/person-keys'
import { weedReports } from '#workflow/intake/weed'
import type { Job } from './job.ts'

const HOUR_SECONDS = 3600

/** Weeds reports. @param wordsDays how long after a report was closed its words are kept */
export function reportsJob(keys: PersonKeys, wordsDays: number): Job {
  return {
    name: 'weeding of reports',
    everySeconds: HOUR_SECONDS,
    run: async ({ database, now, log }) => {
      const weeded = await weedReports({ database, keys, now }, wordsDays)
      if (weeded > 0) log.info('words of closed reports were weeded', { reports: weeded })
    },
  }
}
