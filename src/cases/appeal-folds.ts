/** Appeal folds: what the events of an appeal say that its state is. */
import type { Canonical, Event } from '#terms/event'

/** `appeal:` … */
export const APPEAL_KINDS: readonly string[] = ['appeal.brought', 'appeal.decided']

/** An appeal's state by its events. */
export function foldAppeal(events: readonly Event[]): Readonly<Record<string, Canonical>> {
  const [brought] = events
  const decided = events.find(({ kind }) => kind === 'appeal.decided')
  return {
    case: brought?.body['case'] ?? '',
    item: brought?.body['item'] ?? null,
    broughtBy: brought?.actor ?? '',
    broughtAt: brought?.at ?? '',
    decidedBy: decided?.actor ?? null,
    decidedAt: decided?.at ?? null,
    outcome: decided?.body['outcome'] ?? null,
    version: events.length,
  }
}
