/** Expiry: drops what was kept for a stated time, once that is over. */
import { dropOldAnswers } from '#store/idempotency'
import type { Job } from './job.ts'

export const expiryJob: Job = {
  name: 'expiry',
  everySeconds: 600,
  run: async ({ database, now }) => {
    await dropOldAnswers(database, now())
  },
}
