/** Message: what a client is told of an item that passed and would match now. */
import type { PassedItem } from '#store/passed'
import type { Client } from '#terms/client'
import type { GateVerdict } from '#terms/gate'

/** The body of a message: `type`, `timestamp` and `data`, as Standard Webhooks shapes it. */
export interface LaterMatch {
  readonly type: 'match.later'
  /** ISO 8601, UTC: when it was found. */
  readonly timestamp: string
  readonly data: {
    /** The token that came with the item. */
    readonly reference: string
    /** ISO 8601, UTC: when it was looked up and passed. */
    readonly passedAt: string
    readonly verdict: 'match'
    readonly decision: string
    /** The kinds of hash that matched. */
    readonly basis: readonly string[]
    /** Only for a client that may see lists and entries. */
    readonly matches?: readonly Readonly<Record<string, unknown>>[]
  }
}

const MATCHES_MAX = 20

/** Writes the message. Nothing of lists, entries or distances is in it without the scope `detail`. */
export function laterMatch(item: PassedItem, client: Client, verdict: GateVerdict, at: Date): LaterMatch {
  const counted = verdict.matches.filter((match) => match.suppressedBy === undefined)
  const matches = counted
    .slice(0, MATCHES_MAX)
    .map(({ list, entry, trust, categories, basis, distance }) => ({
      ...{ list, entry, trust, categories, basis },
      ...(distance !== undefined && { distance }),
    }))
  return {
    type: 'match.later',
    timestamp: at.toISOString(),
    data: {
      reference: item.reference,
      passedAt: item.at.toISOString(),
      verdict: 'match',
      decision: verdict.decision,
      basis: [...new Set(counted.map(({ basis }) => basis))],
      ...(client.scopes.includes('detail') && { matches }),
    },
  }
}
