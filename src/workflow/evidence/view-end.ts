/** View end: how a viewing ends, as its viewer says or by its time, and what it cost. */
import { areSeenIn } from '#cases/seconds'
import { unitsOf } from '#people/exposure'
import { endOpening, type OpeningEnding, type OpeningRecord } from '#store/openings'
import { framesCounted, overdueOpenings } from '#store/viewings'
import type { ExposurePolicy } from '#terms/exposure'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { ownViewing, type ViewDesk } from './view.ts'

/** What a viewer says when they are done. */
export interface ViewingSeen {
  /** How long it was on the screen, as they say. */
  readonly seenMilliseconds: number
  /** False where they turned away before they had seen what they needed. */
  readonly isComplete: boolean
}

/** How a viewing ended. */
export interface ViewingEnded {
  readonly ending: OpeningEnding
  readonly seenMilliseconds: number
  readonly exposureUnits: number
  readonly isWhole: boolean
}

/**
 * Ends a viewing as its viewer says. What it costs goes by the time from its release to its end, as it passed here:
 * what the viewer
 * says of it stands beside that, and is no longer. After its time, and where the clock went back meanwhile, the whole box counts.
 *
 * @throws Fault `evidence.unknown` also for another's; `evidence.refused` for one that has ended
 */
export async function endViewing(
  desk: Pick<ViewDesk, 'database' | 'exposure' | 'now'>,
  by: PersonId,
  id: string,
  seen: ViewingSeen,
): Promise<ViewingEnded> {
  const viewing = await ownViewing(desk, by, id)
  const now = desk.now()
  const frames = await framesCounted(desk.database, id)
  const ended = endingOf(desk.exposure, viewing, seen, { now, frames })
  if (await endOpening(desk.database, id, ended, now)) return ended
  throw new Fault('evidence.refused', `the viewing ${id} has ended`)
}

function endingOf(
  policy: ExposurePolicy,
  viewing: OpeningRecord,
  seen: ViewingSeen,
  { now, frames }: { readonly now: Date; readonly frames: number },
): ViewingEnded {
  const { releasedAt, boxSeconds, level = 'full', isWhole } = viewing
  if (releasedAt === undefined)
    return { ending: 'abandoned', seenMilliseconds: 0, exposureUnits: 0, isWhole: false }
  const boxMilliseconds = boxSeconds * 1000
  const sinceMilliseconds = now.getTime() - Date.parse(releasedAt)
  // A clock that was set back tells nothing of how long it was: then the whole box counts, as where nobody says.
  if (sinceMilliseconds < 0 || sinceMilliseconds > boxMilliseconds) return wholeBox(policy, viewing, frames)
  const seenMilliseconds = Math.min(Math.round(seen.seenMilliseconds), sinceMilliseconds)
  const isSeen = frames === 1 || areSeenIn(seenMilliseconds, frames)
  return {
    ending: seen.isComplete ? 'complete' : 'abandoned',
    seenMilliseconds,
    exposureUnits: unitsOf(policy, level, sinceMilliseconds, frames),
    isWhole: seen.isComplete && level === 'full' && isWhole === true && isSeen,
  }
}

/** A missing end counts the whole box. */
function wholeBox(
  policy: ExposurePolicy,
  { boxSeconds, level = 'full' }: OpeningRecord,
  frames: number,
): ViewingEnded {
  const seenMilliseconds = boxSeconds * 1000
  const exposureUnits = unitsOf(policy, level, seenMilliseconds, frames)
  return { ending: 'timed-out', seenMilliseconds, exposureUnits, isWhole: false }
}

/**
 * Ends every opening whose time is over and whose end nobody told: what was released counts for its whole box, what was not costs
 * nothing. @returns how many
 */
export async function endOverdue(desk: Pick<ViewDesk, 'database' | 'exposure' | 'now'>): Promise<number> {
  const now = desk.now()
  let count = 0
  for (const opening of await overdueOpenings(desk.database, now)) {
    const { kind, releasedAt, id } = opening
    const nothing = { ending: 'timed-out', exposureUnits: 0 } as const
    const isSeen = kind === 'viewing' && releasedAt !== undefined
    const seen = async () => wholeBox(desk.exposure, opening, await framesCounted(desk.database, id))
    if (await endOpening(desk.database, id, isSeen ? await seen() : nothing, now)) count++
  }
  return count
}
