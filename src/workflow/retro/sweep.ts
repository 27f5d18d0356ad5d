/** Sweep: what passed earlier is compared with what the lists have learnt since; each match becomes one message. */

import { DISTANCE_MAX } from '#matching/verdict'
import { allClients, type StoredClient } from '#store/clients'
import type { Database } from '#store/database'
import { writeDelivery } from '#store/deliveries'
import {
  entryHashes,
  itemHashes,
  itemsByDigest,
  markCompared,
  type PassedItem,
  passedItems,
  type Reach,
  reachOf,
  takePassed,
} from '#store/passed'
import type { GateVerdict } from '#terms/gate'
import { HASH_BYTES } from '#terms/hash'
import type { Fingerprint } from '#terms/lookup'
import { type GateDesk, matchFingerprint } from '../gate/match.ts'
import { laterMatch } from './message.ts'
import { itemsNear } from './near.ts'
import { Turns } from './turns.ts'

/** What a sweep works with. */
export interface SweepDesk extends GateDesk {
  readonly database: Database
}

/** What a sweep came to. */
export interface Swept {
  /** Number of the change up to which everything that passed was compared. */
  readonly number: number
  /** Messages written. */
  readonly told: number
}

/** Hashes of entries that are indexed at once: about 60 MB. */
const ENTRIES_AT_ONCE = 500_000
/** Items looked at between two transactions. */
const ITEMS_AT_ONCE = 200

/**
 * Compares what passed with everything that changed since it did. An item that matches now, for its client, is told once and
 * forgotten, in one transaction. What a crash leaves behind is compared again; nothing is told twice.
 *
 * @returns undefined when there was nothing to compare
 * @throws Fault `index.not-ready`, `store.unreachable`: nothing is lost, it is to be done again
 */
export async function sweep(desk: SweepDesk, stop?: AbortSignal): Promise<Swept | undefined> {
  const reach = await reachOf(desk.database)
  if (!reach) return undefined
  const candidates = await candidatesOf(desk.database, reach, stop)
  let told = 0
  if (candidates.length > 0) {
    await desk.index.catchUp(reach.to)
    const turns = new Turns(stop)
    const clients = new Map((await allClients(desk.database)).map((client) => [client.id, client]))
    for (let at = 0; at < candidates.length; at += ITEMS_AT_ONCE) {
      const items = await passedItems(desk.database, candidates.slice(at, at + ITEMS_AT_ONCE))
      told += await tell(desk, items, clients, turns)
      stop?.throwIfAborted()
    }
  }
  await markCompared(desk.database, reach)
  return { number: reach.to, told }
}

/** Items that may match: they share a digest with an entry that is concerned, or a hash of theirs is near one of its. */
async function candidatesOf(
  database: Database,
  reach: Reach,
  stop: AbortSignal | undefined,
): Promise<number[]> {
  const ids = new Set(await itemsByDigest(database, reach))
  const near = await database.transaction((transaction) =>
    itemsNear(
      entryHashes(transaction, reach, ENTRIES_AT_ONCE),
      () => itemHashes(database, reach),
      DISTANCE_MAX,
      stop,
    ),
  )
  for (const id of near) ids.add(id)
  return [...ids].sort((a, b) => a - b)
}

/** Asks the gate about some items again, and writes a message for each that matches. @returns how many */
async function tell(
  desk: SweepDesk,
  items: readonly PassedItem[],
  clients: ReadonlyMap<number, StoredClient>,
  turns: Turns,
): Promise<number> {
  const at = desk.now()
  const matched: { item: PassedItem; client: StoredClient; verdict: GateVerdict }[] = []
  turns.begin()
  for (const item of items) {
    const client = clients.get(item.client)
    if (!client?.retro || item.expiresAt <= at) continue
    const verdict = matchFingerprint(desk, client, fingerprintOf(item))
    if (verdict.verdict === 'match') matched.push({ item, client, verdict })
    await turns.yield()
  }
  return desk.database.transaction(async (transaction) => {
    let told = 0
    for (const { item, client, verdict } of matched) {
      if (!(await takePassed(transaction, item.id))) continue // forgotten meanwhile
      const message = { client: client.id, kind: 'match.later', body: laterMatch(item, client, verdict, at) }
      await writeDelivery(transaction, message, basesOf(verdict), { actor: 'tutela', at })
      told += 1
    }
    return told
  })
}

function basesOf({ matches }: GateVerdict) {
  const counted = matches.filter((match) => match.suppressedBy === undefined)
  return { bases: [...new Set(counted.map(({ basis }) => basis))] }
}

/** As it was looked up, but for where in the item each hash comes from, which is not kept. */
function fingerprintOf({ digests, pdq }: PassedItem): Fingerprint {
  const hashes = Array.from({ length: pdq.length / HASH_BYTES.pdq }, (_, at) =>
    pdq.subarray(at * HASH_BYTES.pdq, (at + 1) * HASH_BYTES.pdq),
  )
  return {
    digests,
    pdq: hashes.map((hash) => ({ frame: 0, region: 'whole', orientation: 'orig', hash })),
  }
}
