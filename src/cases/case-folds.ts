/** Case folds: what the events of a case, and of an item of one, say that its state is. */
import type { Canonical, Event } from '#terms/event'

type Members = Readonly<Record<string, Canonical>>

/** `case:` … */
export const CASE_KINDS: readonly string[] = [
  ...['opened', 'joined', 'screened', 'ordered', 'risk-declared', 'graded'],
  ...['claimed', 'claim-extended', 'released', 'claim-lapsed', 'held', 'resumed'],
  ...['state-changed', 'decided', 'closed', 'reopened', 'appealed', 'noted', 'clock-set'],
].map((done) => `case.${done}`)

/** `case-item:` … */
export const CASE_ITEM_KINDS: readonly string[] = [
  ...[
    'added',
    'screened',
    'classified',
    'stacked',
    'voted',
    'vote-withdrawn',
    'split',
    'decided',
    'undecided',
    'entered',
    'golden',
    'sampled',
    'sample-ended',
  ],
].map((done) => `case-item.${done}`)

/** What of an event of a case is its state; the rest says how it came to it. */
const CASE_MEMBERS: ReadonlySet<string> = new Set([
  ...['state', 'priority', 'claim', 'heldSha256', 'closed', 'reopenedAt'],
])
const ITEM_MEMBERS: ReadonlySet<string> = new Set([
  ...['state', 'screeningSha256', 'stack', 'hashesSha256', 'decisionSha256'],
])
/** What is set once, by the first event. */
const ITEM_FIRST = ['case', 'kind', 'item', 'report'] as const

/** A case's state by its events. */
export function foldCase(events: readonly Event[]): Members {
  const [opened] = events
  return {
    ...{ claim: null, heldSha256: null, closed: null, reopenedAt: null, version: events.length },
    kind: opened?.body['kind'] ?? '',
    openedAt: opened?.at ?? '',
    ...latest(events, CASE_MEMBERS),
  }
}

/** An item's state at the desk by its events. */
export function foldCaseItem(events: readonly Event[]): Members {
  const [added] = events
  const first = Object.fromEntries(ITEM_FIRST.map((name) => [name, added?.body[name] ?? null]))
  return {
    ...{ screeningSha256: null, decisionSha256: null, version: events.length },
    ...first,
    ...latest(events, ITEM_MEMBERS),
  }
}

/** Of each member what was said of it last. */
function latest(events: readonly Event[], members: ReadonlySet<string>): Members {
  const state: Record<string, Canonical> = {}
  for (const { body } of events)
    for (const [name, value] of Object.entries(body)) if (members.has(name)) state[name] = value
  return state
}
