/** Custody steps: what an item's events, and those of its openings, amount to as acts with a beginning and an end. */
import type { Actor, Event } from '#terms/event'

/** One act of custody. */
export interface CustodyStep {
  /** As CASE examples name acts. */
  readonly name: 'preserved' | 'examined' | 'verified' | 'viewed' | 'transferred' | 'transfer-not-completed'
  /** ISO 8601, UTC. */
  readonly from: string
  readonly until: string
  readonly actor: Actor
  readonly words?: string
  /** Of a transfer: the recipient. */
  readonly to?: string
  /** Events that it is told from. */
  readonly events: readonly Event[]
}

const OPENED: Readonly<Record<string, CustodyStep['name']>> = {
  viewing: 'viewed',
  export: 'transferred',
  processing: 'examined',
}

/**
 * The steps in the order in which they began. An opening that was granted and never released gave nobody anything, and is
 * no step; neither is one of which nothing shows that it has ended, but for an export: a part of it may have left.
 */
export function stepsOf(events: readonly Event[]): CustodyStep[] {
  const openings = new Map<string, Event[]>()
  for (const event of events) {
    if (!event.stream.startsWith('opening:')) continue
    const before = openings.get(event.stream)
    if (before) before.push(event)
    else openings.set(event.stream, [event])
  }
  const steps = [...own(events), ...[...openings.values()].flatMap(openingStep)]
  return steps.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
}

/** Steps that one event tells. */
function own(events: readonly Event[]): CustodyStep[] {
  return events.flatMap((event): CustodyStep[] => {
    const about = { from: event.at, until: event.at, actor: event.actor, events: [event] }
    switch (event.kind) {
      case 'vault.sealed':
        return [{ ...about, name: 'preserved', words: 'sealed' }]
      case 'vault.found-whole':
        return [{ ...about, name: 'verified', words: 'found whole' }]
      case 'vault.found-damaged':
        return [{ ...about, name: 'verified', words: 'found damaged' }]
      default:
        return [] // what is of no custody
    }
  })
}

function openingStep(events: readonly Event[]): CustodyStep[] {
  const [granted] = events
  const kind = granted?.kind.split('.')[0] ?? ''
  const released = events.find((event) => event.kind === `${kind}.released`)
  const ended = events.find((event) => event.kind === `${kind}.ended`)
  const name = OPENED[kind]
  if (!granted || !released || name === undefined) return []
  if (!ended && name !== 'transferred') return []
  const { purpose, level, job } = granted.body
  const what = [level, job].filter((word) => typeof word === 'string').join(', ')
  const ending = ended ? String(ended.body['ending']) : 'no end on record'
  const isBrokenOff = name === 'transferred' && ending !== 'complete'
  const words = [
    `for ${String(purpose)}`,
    ...(what === '' ? [] : [what]),
    ending,
    ...(isBrokenOff ? ['a part of the sealed file may have left'] : []),
  ].join('; ')
  const step = isBrokenOff ? 'transfer-not-completed' : name
  const until = ended?.at ?? released.at
  return [{ name: step, from: released.at, until, actor: granted.actor, words, events: [...events] }]
}
