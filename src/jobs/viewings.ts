/** Viewings: ends openings whose time is over and whose end nobody told; the whole of what was released is counted. */
import { EXPOSURE_POLICY } from '#people/exposure'
import { endOverdue } from '#workflow/evidence/view-end'
import type { Job } from './job.ts'

export const viewingsJob: Job = {
  name: 'viewings',
  everySeconds: 15,
  run: async ({ database, exposure = EXPOSURE_POLICY, now, log }) => {
    const ended = await endOverdue({ database, exposure, now })
    if (ended > 0) log.info('openings were ended that nobody had ended', { ended })
  },
}
