/** Golden: the job by which pictures of golden sets are mixed in. */
import { type GoldenDesk, mixGolden } from '#workflow/golden/mix'
import type { Job } from './job.ts'

const EVERY_SECONDS = 300

/** Mixes in golden pictures at their pace. */
export function goldenJob(golden: GoldenDesk): Job {
  return {
    name: 'golden pictures',
    everySeconds: EVERY_SECONDS,
    run: async ({ log }) => {
      if (await mixGolden(golden)) log.info('a generated picture whose answer is known was mixed in')
    },
  }
}
