/** Retention: writes down once a day what has lapsed, and says what is due. It destroys nothing: that takes two people. */
import { type Due, dueNow } from '#workflow/evidence/due'
import type { RetentionProfiles } from '#workflow/evidence/profiles'
import { lapseDue } from '#workflow/evidence/retain'
import type { Job } from './job.ts'

const EVERY_SECONDS = 86_400

/** The job, with the profiles as they were read at the start. */
export function retentionJob(profiles: RetentionProfiles): Job {
  return {
    name: 'retention',
    everySeconds: EVERY_SECONDS,
    run: async ({ database, log, now }, stop) => {
      const { lapsed, expired, outlived } = await lapseDue(database, now(), stop)
      if (lapsed + expired > 0) log.info('purposes have lapsed, copies have expired', { lapsed, expired })
      if (outlived > 0)
        log.warn('backups of keys lie where they were though their time is over', { outlived })
      const waiting = counted(await dueNow(database, profiles, now()))
      if (Object.values(waiting).some((count) => count > 0))
        log.warn('retention: something is due, and waits for somebody', waiting)
    },
  }
}

/** Counts alone: the log names no item. */
function counted({ items, holds, profiles, destructions, finds, names }: Due) {
  return {
    itemsToDestroy: items.filter((item) => item.holds === 0 && item.destruction === undefined).length,
    itemsHeldThoughDue: items.filter((item) => item.holds > 0).length,
    holdsToReview: holds.length,
    periodsToReview: profiles.length,
    destructionsUnfinished: destructions.length,
    findsNotReported: finds.length,
    namesToWeed: names.filter(({ kind }) => kind !== 'partly').length,
    namesWeededInPart: names.filter(({ kind }) => kind === 'partly').length,
  }
}
