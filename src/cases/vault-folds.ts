/** Vault folds: what the events of items, openings and the vault's identities say that their state is. */
import type { Canonical, Event } from '#terms/event'
import { OPENING_KINDS } from '#terms/evidence'

type Members = Readonly<Record<string, Canonical>>

/** `vault:` … */
export const ITEM_KINDS = [
  'vault.sealed',
  'vault.received-again',
  'vault.put-into-case',
  'vault.processed',
  'vault.found-damaged',
  'vault.found-whole',
  'vault.key-restored',
  'vault.destroyed',
]

/** An item's state by its events. */
export function foldItem(events: readonly Event[]): Members {
  const state: Record<string, Canonical> = {
    state: 'quarantined',
    derivedSha256: null,
    damagedBecause: null,
    destroyedAt: null,
    version: events.length,
  }
  const cases: string[] = []
  for (const { kind, at, body } of events) {
    switch (kind) {
      case 'vault.sealed':
        Object.assign(state, body, { sealedAt: at })
        break
      case 'vault.put-into-case':
        cases.push(String(body['caseNumber']))
        break
      case 'vault.processed':
        state['derivedSha256'] = body['derivedSha256'] ?? null
        state['mediaType'] = body['mediaType'] ?? null
        state['state'] = 'available'
        break
      case 'vault.found-damaged':
        state['damagedBecause'] = body['because'] ?? null
        break
      case 'vault.found-whole':
        state['damagedBecause'] = null
        break
      case 'vault.destroyed':
        Object.assign(state, { state: 'destroyed', destroyedAt: at, derivedSha256: null })
    }
  }
  return { ...state, cases: cases.sort() }
}

/** `opening:` … */
export const OPENING_EVENT_KINDS = [
  ...OPENING_KINDS.flatMap((kind) => [`${kind}.granted`, `${kind}.released`, `${kind}.ended`]),
  'viewing.rendered',
]

/** What of a grant's event is no member of the opening as it stands: the roles that somebody had, the frames of a video. */
const GROUNDS: ReadonlySet<string> = new Set(['roles', 'frames'])

/** An opening's state by its events. */
export function foldOpening(events: readonly Event[]): Members {
  const state: Record<string, Canonical> = { exposureUnits: 0, version: events.length }
  for (const { kind, at, body } of events) {
    const [noun = '', done] = kind.split('.')
    if (done === 'granted') {
      for (const [member, value] of Object.entries(body)) if (!GROUNDS.has(member)) state[member] = value
      Object.assign(state, { kind: noun, grantedAt: at })
    } else if (done === 'released') state['releasedAt'] = at
    else if (done === 'ended') Object.assign(state, body, { endedAt: at })
    else if (body['isWhole'] !== undefined) state['isWhole'] = body['isWhole']
  }
  return state
}

/** `vault-identity:` … */
export const IDENTITY_KINDS = ['vault-identity.put-in-force', 'vault-identity.ended']

/** Whether an identity is in force, by its events. */
export function foldIdentity(events: readonly Event[]): Members {
  const isInForce = events.at(-1)?.kind === 'vault-identity.put-in-force'
  return { isInForce, version: events.length }
}

/** `vault-check:` … A round leaves nothing but its event. */
export const CHECK_KINDS = ['vault-check.done']
