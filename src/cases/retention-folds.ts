/** Retention folds: what the events of holds, copies, destructions, purposes, finds and tellings say that their state is. */
import type { Canonical, Event } from '#terms/event'

type Members = Readonly<Record<string, Canonical>>

/** Folds a stream: what its events leave standing, member by member. */
export type EventFold = (events: readonly Event[]) => Members

const TIMES: Readonly<Record<string, string>> = {
  'destruction.withdrawn': 'withdrawnAt',
  'destruction.begun': 'begunAt',
  'destruction.key-gone': 'keyGoneAt',
  'destruction.blob-gone': 'blobGoneAt',
  'destruction.completed': 'completeAt',
}

/** `hold:` … */
export const HOLD_KINDS = ['hold.placed', 'hold.reviewed', 'hold.released']
export const foldHold: EventFold = (events) =>
  folded(events, ({ kind, actor, at, body }) => {
    if (kind === 'hold.placed') return { ...body, placedBy: actor, placedAt: at }
    if (kind === 'hold.reviewed') return { reviewAt: body['reviewAt'] ?? null }
    return { releasedBy: actor, releasedAt: at, releasedBecauseSha256: body['becauseSha256'] ?? null }
  })

/** `copy:` … */
export const COPY_KINDS = ['copy.registered', 'copy.accounted']
export const foldCopy: EventFold = (events) =>
  folded(events, ({ kind, actor, at, body }) =>
    kind === 'copy.registered'
      ? { ...body, madeBy: actor, madeAt: at }
      : { ...body, accountedBy: actor, accountedAt: at },
  )

/** `destruction:` … */
export const DESTRUCTION_KINDS = ['destruction.proposed', 'destruction.approved', ...Object.keys(TIMES)]
export const foldDestruction: EventFold = (events) =>
  folded(events, ({ kind, actor, at, body }) => {
    if (kind === 'destruction.proposed') return { ...body, proposedBy: actor, proposedAt: at }
    if (kind === 'destruction.approved') return { approvedBy: actor, approvedAt: at }
    return { [TIMES[kind] ?? kind]: at }
  })

/** `kept:` … */
export const KEPT_KINDS = ['kept.begun', 'kept.decided', 'kept.lapsed']
export const foldKept: EventFold = (events) => {
  const first = events[0]
  return folded(events, ({ kind, at, body }) => {
    switch (kind) {
      case 'kept.begun':
        return { ...body, from: first?.at ?? at, lapsedAt: null, becauseSha256: null }
      case 'kept.decided':
        return { until: body['until'] ?? null, becauseSha256: body['becauseSha256'] ?? null }
      default:
        return { lapsedAt: at }
    }
  })
}

/** `discovery:` … */
export const DISCOVERY_KINDS = ['discovery.made', 'discovery.delayed', 'discovery.reported']
export const foldDiscovery: EventFold = (events) => {
  const delays = events
    .filter(({ kind }) => kind === 'discovery.delayed')
    .map(({ actor, at, body }) => ({ reasonSha256: body['reasonSha256'] ?? null, person: actor, at }))
  const rest = folded(events, ({ kind, body }) => (kind === 'discovery.delayed' ? {} : body))
  return { ...rest, delays }
}

/** `telling:` … */
export const TELLING_KINDS = ['telling.made']
export const foldTelling: EventFold = (events) =>
  folded(events, ({ actor, body }) => ({ ...body, by: actor }))

function folded(events: readonly Event[], change: (event: Event) => Members): Members {
  let state: Members = {}
  for (const event of events) state = { ...state, ...change(event), version: event.version }
  return state
}
