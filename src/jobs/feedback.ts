/** Feedback: sends what is due to be told to the partners. */
import { tellSource } from '#workflow/pull/tell'
import type { Job } from './job.ts'

export const feedbackJob: Job = {
  name: 'feedback',
  everySeconds: 30,
  run: async (desk, stop) => {
    for (const source of (await desk.sources()).sources.values()) {
      if (stop.aborted) return
      const { sent, givenUp, putOff } = await tellSource(desk, source, stop)
      if (sent + givenUp + putOff > 0)
        desk.log.info('feedback was sent', { source: source.name, sent, givenUp, putOff })
    }
  },
}
