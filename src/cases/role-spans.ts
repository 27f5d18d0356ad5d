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
}

/** The stretches in order. Events that change none of it are passed over. */
export function roleSpans(events: readonly Event[]): RoleSpan[] {
  const spans: RoleSpan[] = []
  for (const { at, body } of events) {
    const before = spans.at(-1)
    const roles = words(body['roles']) ?? before?.roles ?? []
    const departments = words(body['departments']) ?? before?.departments ?? []
    const state = typeof body['state'] === 'string' ? body['state'] : before?.state
    const span = { from: at, roles, departments, ...(state !== undefined && { state }) }
    if (before && isSame(before, span)) continue
    if (before) spans[spans.length - 1] = { ...before, until: at }
    spans.push(span)
  }
  return spans
}

function words(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined
}

function isSame(a: RoleSpan, b: RoleSpan): boolean {
  const key = ({ roles, departments, state }: RoleSpan): string => JSON.stringify([roles, departments, state])
  return key(a) === key(b)
}
