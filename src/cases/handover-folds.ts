/** Handover folds: what the events of recipients, of handovers and of a person's exposure say that their state is. */
import type { Canonical, Event } from '#terms/event'

type Members = Readonly<Record<string, Canonical>>

/** `recipient:` … */
export const RECIPIENT_KINDS_OF_EVENTS = ['recipient.registered', 'recipient.checked', 'recipient.ended']
export function foldRecipient(events: readonly Event[]): Members {
  const checks: Members[] = []
  return folded(events, ({ kind, actor, at, body }) => {
    if (kind === 'recipient.registered')
      return { ...body, registeredBy: personOf(actor), registeredAt: at, checks: [] }
    if (kind === 'recipient.ended') return { endedAt: at }
    checks.push({ ...body, at })
    return { checks: [...checks].sort(byTimeAndPerson) }
  })
}

/** Two people may check within one millisecond: then the pseudonym decides, as in the table. */
function byTimeAndPerson(one: Members, other: Members): number {
  const [a, b] = [one, other].map(({ at, person }) => `${at} ${person}`)
  return a === b ? 0 : String(a) < String(b) ? -1 : 1
}

/** `handover:` … */
export const HANDOVER_KINDS = ['proposed', 'approved', 'written', 'received', 'withdrawn'].map(
  (done) => `handover.${done}`,
)
export function foldHandover(events: readonly Event[]): Members {
  return folded(events, ({ kind, actor, at, body }) => {
    switch (kind) {
      case 'handover.proposed':
        return { ...body, proposedBy: personOf(actor), proposedAt: at }
      case 'handover.approved':
        return { approvedBy: body['person'] ?? null, approvedAt: at }
      case 'handover.written':
        return { writtenAt: at, bundleSha256: body['bundleSha256'] ?? null }
      case 'handover.received':
        return { receiptAt: at, receiptSha256: body['receiptSha256'] ?? null }
      default:
        return { withdrawnAt: at }
    }
  })
}

/** `exposure:` … */
export const EXPOSURE_KINDS = ['break-taken', 'opted-out', 'opted-in', 'budget-set'].map(
  (done) => `exposure.${done}`,
)
export function foldExposure(events: readonly Event[]): Members {
  const [breaks, optOuts] = [[] as Canonical[], new Map<Canonical, Members>()]
  let budgetUnits: Canonical = null
  for (const { kind, at, body } of events) {
    const id = body['id'] ?? null
    if (kind === 'exposure.break-taken') breaks.push({ from: at, until: body['until'] ?? null })
    else if (kind === 'exposure.budget-set') budgetUnits = body['units'] ?? null
    else if (kind === 'exposure.opted-out') optOuts.set(id, { ...body, from: at, endedAt: null })
    else optOuts.set(id, { ...optOuts.get(id), endedAt: at })
  }
  const ordered = [...optOuts.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return { breaks, optOuts: ordered, ...(budgetUnits !== null && { budgetUnits }) }
}

function keyOf({ from, id }: Members): string {
  return `${String(from)} ${String(id)}`
}

function folded(events: readonly Event[], change: (event: Event) => Members): Members {
  const state: Record<string, Canonical> = { version: events.length }
  for (const event of events) Object.assign(state, change(event))
  return Object.fromEntries(Object.entries(state).filter(([, member]) => member !== null))
}

function personOf(actor: string): string {
  return actor.replace(/^person:/, '')
}
