/** Match: one item, or many, looked up in the lists that a client is answered from, and weighed. */

import type { HashedItem } from '#contract/item'
import { checksMade, whyNotCovered } from '#matching/called'
import { DISTANCE_MAX, whyUnknown } from '#matching/verdict'
import { type Weighing, weigh } from '#matching/weigh'
import type { Client } from '#terms/client'
import type { GateReason, GateVerdict, RemoteSaid } from '#terms/gate'
import type { Fingerprint, RegisterHits } from '#terms/lookup'
import type { FileReading } from '#terms/media'
import type { HitsAsked, RegisterIndex } from '#terms/register-index'
import { fingerprintOf, type ParsedItem, parsedItem } from './item.ts'
import type { ListsSeen, Views } from './view.ts'

/** What matching needs. */
export interface GateDesk {
  readonly index: RegisterIndex
  readonly views: Views
  now(): Date
}

/** Hits that are looked at first, and where everything among them is set aside. */
const HITS_MAX = 1000
const HITS_MAX_AGAIN = 10_000

/** An item ready to be looked up. */
interface Prepared {
  readonly fingerprint: Fingerprint
  readonly because?: GateReason
}

/**
 * Looks up one item by its hashes.
 *
 * @throws Fault `index.not-ready`; `request.invalid`
 */
export function matchHashed(
  desk: GateDesk,
  client: Client,
  item: HashedItem,
  remote?: readonly RemoteSaid[],
): GateVerdict {
  const seen = desk.views.of(client)
  return matchOne(desk, client, seen, prepared(seen, parsedItem(item)), remote)
}

/**
 * Looks up a file that was read.
 *
 * @throws Fault `index.not-ready`
 */
export function matchReading(
  desk: GateDesk,
  client: Client,
  reading: FileReading,
  remote?: readonly RemoteSaid[],
): GateVerdict {
  const seen = desk.views.of(client)
  const because = whyNoList(seen) ?? whyUnknown(reading, seen.called.kinds)
  const fingerprint = reading.kind === 'read' ? fingerprintOf(reading) : { digests: {}, pdq: [] }
  return matchOne(desk, client, seen, { fingerprint, ...(because && { because }) }, remote)
}

/**
 * Looks up what was kept of an item.
 *
 * @throws Fault `index.not-ready`
 */
export function matchFingerprint(desk: GateDesk, client: Client, fingerprint: Fingerprint): GateVerdict {
  return matchOne(desk, client, desk.views.of(client), { fingerprint })
}

/**
 * Looks up many items by their hashes, in their order.
 *
 * @throws Fault `index.not-ready`; `request.invalid` naming the item
 */
export async function matchMany(
  desk: GateDesk,
  client: Client,
  items: readonly HashedItem[],
  remote?: readonly (readonly RemoteSaid[] | undefined)[],
): Promise<GateVerdict[]> {
  return matchParsed(desk, client, items.map(parsedItem), remote)
}

/**
 * Looks up many items that were parsed, in their order.
 *
 * @throws Fault `index.not-ready`
 */
export async function matchParsed(
  desk: GateDesk,
  client: Client,
  items: readonly ParsedItem[],
  remote?: readonly (readonly RemoteSaid[] | undefined)[],
): Promise<GateVerdict[]> {
  const seen = desk.views.of(client)
  const all = items.map((item) => prepared(seen, item))
  if (!seen.canAlert) return all.map((one, at) => matchOne(desk, client, seen, one, remote?.[at]))
  const hits = await desk.index.hitsMany(
    all.map((one) => one.fingerprint),
    askedOf(seen, HITS_MAX),
  )
  return all.map((one, at) => {
    const hit = hits[at]
    if (hit === undefined) throw new Error(`the index answered ${hits.length} of ${all.length} items`)
    return weighed(desk, client, seen, one, hit, remote?.[at])
  })
}

function prepared(seen: ListsSeen, { fingerprint, pdq }: ParsedItem): Prepared {
  const because = whyNoList(seen) ?? whyNotCovered(seen.called, fingerprint, pdq)
  return because === undefined ? { fingerprint } : { fingerprint, because }
}

/** Before every other reason: of that one nobody may think that it is the item's own. */
function whyNoList({ isListMissing }: ListsSeen): GateReason | undefined {
  return isListMissing ? 'no-list' : undefined
}

function askedOf(seen: ListsSeen, limit: number): HitsAsked {
  return { distanceMax: DISTANCE_MAX, limit, lists: seen.ids }
}

function matchOne(
  desk: GateDesk,
  client: Client,
  seen: ListsSeen,
  one: Prepared,
  remote?: readonly RemoteSaid[],
): GateVerdict {
  if (!seen.canAlert) {
    const nothing = { hits: [], more: false }
    return weighed(desk, client, seen, { ...one, because: 'no-list' }, nothing, remote)
  }
  return weighed(desk, client, seen, one, desk.index.hits(one.fingerprint, askedOf(seen, HITS_MAX)), remote)
}

/** Weighs what was hit; where only set-aside matches were listed and there are more, it looks further before it says so. */
function weighed(
  desk: GateDesk,
  client: Client,
  seen: ListsSeen,
  one: Prepared,
  found: RegisterHits,
  remote?: readonly RemoteSaid[],
): GateVerdict {
  const weighing = (hits: RegisterHits): Weighing => ({
    hits: hits.hits,
    more: hits.more,
    lists: seen.lists,
    asked: one.fingerprint.pdq,
    checked,
    because: one.because,
    remote,
    policy: client.policy,
    now: desk.now().getTime(),
  })
  const checked = checksMade(seen.called, one.fingerprint)
  const verdict = weigh(weighing(found))
  if (!found.more || verdict.matches.some((match) => match.suppressedBy === undefined)) return verdict
  return weigh(weighing(desk.index.hits(one.fingerprint, askedOf(seen, HITS_MAX_AGAIN))))
}
