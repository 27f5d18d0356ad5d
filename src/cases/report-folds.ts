/** Report folds: what the events of a report say that its state is. */
import type { Canonical, Event } from '#terms/event'

/** `report:` … */
export const REPORT_KINDS_OF_EVENTS = [
  'received',
  'looked-at',
  'closed',
  'reopened',
  'weeded',
  'clock-set',
].map((done) => `report.${done}`)

/** A report's state by its events. */
export function foldReport(events: readonly Event[]): Readonly<Record<string, Canonical>> {
  const state: Record<string, Canonical> = { version: events.length }
  for (const { kind, at, body } of events) {
    switch (kind) {
      case 'report.received':
        Object.assign(state, body, { receivedAt: at })
        break
      case 'report.looked-at':
        state['lookedAt'] = at
        break
      case 'report.closed':
        state['closedAt'] = at
        break
      case 'report.reopened':
        delete state['closedAt']
        break
      case 'report.weeded':
        delete state['addressKey']
        state['weededAt'] = at
        break
      case 'report.clock-set':
        delete state['lookBy']
        Object.assign(state, body)
    }
  }
  return state
}
