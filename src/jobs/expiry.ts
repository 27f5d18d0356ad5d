/** Expiry: drops what was kept for a stated time, once that is over. */
import { dropOldAnswers } from '#store/idempotency'
import { forgetRetro } from '#workflow/retro/retro'
import type { Job } from './job.ts'

export const expiryJob: Job = {
  name: 'expiry',
  everySeconds: 600,
  run: async ({ database, now }) => {
    await dropOldAnswers(database, now())
    await forgetRetro(database, now()) // also where later matching was switched off: what was kept before goes
  },
}
