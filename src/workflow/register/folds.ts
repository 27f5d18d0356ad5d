/** Folds: the state of lists, their entries and judgements, beside what their events say of it. */
import { listState } from '#store/list-states'
import type { Canonical, Event } from '#terms/event'
import type { Fold } from '../ledger/folds.ts'

/** Lists. Every change has the digest of what it did to entries and judgements, and that is worked out again. */
export const LIST_FOLD: Fold = {
  prefix: 'list:',
  kinds: ['list.changed', 'feedback.given'],
  expected: (events) => ({
    changes: events.filter(({ kind }) => kind === 'list.changed').map(({ body }) => body),
    ...{ version: events.length, entries: entriesAfter(events) },
    isRemoved: events.some(({ body }) => body['kind'] === 'remove'),
    ...{ termsOtherwise: 0, rowsOfNoChange: 0 },
  }),
  actual: (session, stream) => listState(session, stream.slice('list:'.length)),
}

function entriesAfter(events: readonly Event[]): number {
  const number = (value: Canonical | undefined): number => (typeof value === 'number' ? value : 0)
  return events.reduce((sum, { body }) => sum + number(body['added']) - number(body['withdrawn']), 0)
}
