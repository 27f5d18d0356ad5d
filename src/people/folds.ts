/** Folds: how the state of people, authorities, advice, training, overrides and sessions follows from their events. */
import type { Canonical, Event } from '#terms/event'

type State = Readonly<Record<string, Canonical>>

/** How one kind of stream folds; `kinds` is every kind of event that may stand in it. */
export interface EventFold {
  readonly kinds: readonly string[]
  fold(events: readonly Event[]): State
}

const WEEDING: Readonly<Record<string, string>> = {
  'person.left': 'leftAt',
  'person.weeded': 'weededAt',
  'person.key-gone': 'keyGoneAt',
  'person.weeding-complete': 'weedingCompleteAt',
}
const NOT_WEEDED = Object.fromEntries(Object.values(WEEDING).map((step) => [step, null]))

export const PERSON: EventFold = {
  kinds: [
    ...[
      'admitted',
      'invited',
      'invited-again',
      'sign-in-reset',
      'sign-in-prepared',
      'sign-in-set',
      'activated',
      'awaited',
    ],
    ...['roles-set', 'suspended', 'resumed', 'revealed', 'passkey-added', 'passkey-removed'],
    ...['case-allocated', 'case-taken', 'conflict-recorded'],
    ...['left', 'weeded', 'key-gone', 'weeding-complete'],
  ].map((done) => `person.${done}`),
  fold: (events) => {
    const cases = new Set<Canonical>()
    const conflicts = new Set<Canonical>()
    let terms: State = { state: 'invited', roles: [], departments: [] }
    const weeding: Record<string, Canonical> = { ...NOT_WEEDED }
    for (const { kind, at, body } of events) {
      const step = WEEDING[kind]
      if (step !== undefined) weeding[step] = at
      if (kind === 'person.case-allocated') cases.add(body['case'] ?? '')
      else if (kind === 'person.case-taken') cases.delete(body['case'] ?? '')
      else if (kind === 'person.conflict-recorded') conflicts.add(body['on'] ?? '')
      else terms = { ...terms, ...picked(body, ['state', 'roles', 'departments']) }
    }
    const lists = { cases: [...cases].sort(), conflicts: [...conflicts].sort() }
    return { ...terms, ...lists, ...weeding, version: events.length }
  },
}

export const AUTHORITY: EventFold = {
  kinds: ['authority.registered', 'authority.revoked'],
  fold: ([registered, revoked]) => ({
    ...registered?.body,
    revokedAt: revoked?.at ?? null,
    revokedBecause: revoked?.body['because'] ?? null,
    version: revoked ? 2 : 1,
  }),
}

export const RISK: EventFold = {
  kinds: ['risk.declared', 'risk.ended'],
  fold: ([declared, ended]) => ({ ...declared?.body, endedAt: ended?.at ?? null }),
}

export const ADVICE: EventFold = {
  kinds: ['advice.recorded', 'advice.acknowledged'],
  fold: ([recorded, said]) => ({ ...recorded?.body, acknowledgedAt: said?.at ?? null }),
}

export const TRAINING: EventFold = {
  kinds: ['training.recorded'],
  fold: ([recorded]) => ({ ...recorded?.body }),
}

export const CREDENTIAL: EventFold = {
  kinds: ['credential.made', 'credential.ended', 'credential.emptied'],
  fold: ([made, ended, emptied]) => ({
    ...made?.body,
    ...(emptied && { secret: null }),
    endedAt: ended?.at ?? null,
  }),
}

export const SESSION: EventFold = {
  kinds: ['session.begun', 'session.ended'],
  fold: ([begun, ended]) => ({ ...begun?.body, actor: begun?.actor ?? '', endedAt: ended?.at ?? null }),
}

function picked(body: State, names: readonly string[]): State {
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)))
}
