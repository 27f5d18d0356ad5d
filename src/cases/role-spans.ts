/** Role spans: which roles a person had when, folded from the events about them. */
import type { Event } from '#terms/event'

/** A stretch of time in which nothing of it changed. */
export interface RoleSpan {
  readonly from: string
  /** Absent: still. */
  readonly until?: string
  readonly roles: readonly string[]
  readonly departments: readonly string[]
  readonly state?: string
  /** Whoever let them in, where somebody waited for a second person. */
  readonly letInBy?: string
  /** Why one person was enough to let them in, or to give them what they have. */
  readonly alone?: string
}

/** Which events begin and end that somebody waits for another to let them in. */
const AWAITS: Readonly<Record<string, boolean | undefined>> = {
  'person.awaited': true,
  'person.resumed': false,
  'person.activated': false,
}

/** The stretches in order. Events that change none of it are passed over. */
export function roleSpans(events: readonly Event[]): RoleSpan[] {
  const spans: RoleSpan[] = []
  let isAwaited = false
  for (const { at, body, kind, actor } of events) {
    const before = spans.at(-1)
    const roles = words(body['roles']) ?? before?.roles ?? []
    const departments = words(body['departments']) ?? before?.departments ?? []
    const state = typeof body['state'] === 'string' ? body['state'] : before?.state
    const span = {
      ...{ from: at, roles, departments },
      ...(state !== undefined && { state }),
      ...(kind === 'person.resumed' && isAwaited && { letInBy: actor }),
      ...(typeof body['alone'] === 'string' && { alone: body['alone'] }),
    }
    if (AWAITS[kind] !== undefined) isAwaited = AWAITS[kind]
    if (before && isSame(before, span)) continue
    if (before) spans[spans.length - 1] = { ...before, until: at }
    spans.push(span)
  }
  return spans
}

/** Why nobody had to let somebody in beside whoever gave them what they have. */
const ALONE: Readonly<Record<string, string | undefined>> = {
  'nobody-else': 'there was nobody else who could have done so',
  configured: 'the organisation has set that one person is enough',
}

/** What a stretch is told with. */
export function roleParticulars({ until, departments, state, letInBy, alone }: RoleSpan): string[] {
  return [
    until === undefined ? 'until: still' : `until: ${until}`,
    ...(departments.length > 0 ? [`departments: ${departments.join(', ')}`] : []),
    ...(state === undefined ? [] : [`state: ${state}`]),
    ...(letInBy === undefined ? [] : [`let in by a second person: ${letInBy}`]),
    ...(alone === undefined ? [] : [`let in by one person alone: ${ALONE[alone] ?? alone}`]),
  ]
}

function words(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined
}

function isSame(a: RoleSpan, b: RoleSpan): boolean {
  const key = ({ roles, departments, state }: RoleSpan): string => JSON.stringify([roles, departments, state])
  return key(a) === key(b)
}
