/** View: the lists that a client is answered from, and what they call for. */
import { type Called, calledBy } from '#matching/called'
import { registerNoneMeans } from '#matching/none'
import { DISTANCE_MAX } from '#matching/verdict'
import { type Client, isAnyMissing, isBoundTo } from '#terms/client'
import { Fault } from '#terms/fault'
import type { IndexedRegisterList } from '#terms/lookup'
import type { RegisterIndex } from '#terms/register-index'

/** What one client is answered from. */
export interface ListsSeen {
  readonly lists: ReadonlyMap<number, IndexedRegisterList>
  readonly ids: ReadonlySet<number>
  readonly called: Called
  /** False where no list could alert, or nothing that their entries hold can be looked up: then nothing can be said. */
  readonly canAlert: boolean
  /** True when a list that the client is bound to cannot be asked, as when it was removed: nothing is *none* then. */
  readonly isListMissing: boolean
  /** What *none* means on these lists, for this client. */
  readonly noneMeans: string
}

/** Finds out what clients see, and keeps it until the lists change. It lives as long as the index. */
export class Views {
  readonly #index: RegisterIndex
  #kept = new WeakMap<Client, ListsSeen>()
  #lists: ReadonlyMap<number, IndexedRegisterList> | undefined
  #number = -1

  constructor(index: RegisterIndex) {
    this.#index = index
  }

  /** @throws Fault `index.not-ready` while the index is built */
  of(client: Client): ListsSeen {
    const { state } = this.#index
    if (state.kind === 'building') throw new Fault('index.not-ready', 'the index is being built')
    const lists = this.#index.lists()
    if (lists !== this.#lists || state.number !== this.#number) {
      this.#kept = new WeakMap()
      this.#lists = lists
      this.#number = state.number
    }
    const kept = this.#kept.get(client)
    if (kept) return kept
    const seen = listsSeen(lists.values(), client)
    this.#kept.set(client, seen)
    return seen
  }
}

/** Lists whose terms permit the gate, that are not switched off, and that the client may be answered from. */
function listsSeen(all: Iterable<IndexedRegisterList>, client: Client): ListsSeen {
  const seen = [...all].filter(
    (list) => list.uses.includes('gate') && list.enabledRatio > 0 && isBoundTo(client, list),
  )
  const alerting = seen.filter((list) => list.kind === 'alert' && list.entries > 0)
  const called = calledBy(alerting)
  const named = client.scopes.includes('detail')
  return {
    lists: new Map(seen.map((list) => [list.id, list])),
    ids: new Set(seen.map((list) => list.id)),
    called,
    canAlert: called.kinds.size > 0,
    isListMissing: isAnyMissing(client, seen),
    noneMeans: registerNoneMeans(alerting, DISTANCE_MAX, { named, isPartly: called.isPartly }),
  }
}
