/** Care: what people do about an item that is kept: hold it, decide its time, register its copies; each passes the door. */
import { type KeepingStanding, keepingStanding } from '#cases/retention'
import type { Signed } from '#store/append'
import { addCopy, type Copy, type CopyAccount, type CopyGiven, copiesOf, copyNamed } from '#store/copies'
import type { Database, Transaction } from '#store/database'
import { type Destruction, destructionsOf } from '#store/destructions'
import {
  type Hold,
  type HoldGiven,
  holdNamed,
  holdsEverOn,
  placeHold,
  releaseHold,
  reviewHold,
} from '#store/holds'
import { type KeptKey, type KeptRecord, keptOf } from '#store/kept'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Act, PersonId, Purpose } from '#terms/people'
import { type Asked, pass } from '../door.ts'
import { account } from './account.ts'
import type { RetentionProfiles } from './profiles.ts'
import { decideKeeping } from './retain.ts'
import { wordsOf } from './words.ts'

/** What care works at. */
export interface CareDesk {
  readonly database: Database
  readonly profiles: RetentionProfiles
  now(): Date
}

/** How an item is kept: for what, held by whom, where its copies are, and what is to be destroyed. */
export interface ItemCare {
  readonly item: ItemId
  readonly standing: KeepingStanding
  readonly kept: readonly KeptRecord[]
  readonly holds: readonly Hold[]
  readonly copies: readonly Copy[]
  readonly destructions: readonly Destruction[]
}

/** How an item is kept. @throws Fault `people.refused`, on record */
export function careOf(desk: CareDesk, by: PersonId, item: ItemId): Promise<ItemCare> {
  return onItem(desk, { by, act: 'read-item', item }, async (tx) => {
    const kept = await keptOf(tx, item)
    const [holds, copies] = [await holdsEverOn(tx, item), await copiesOf(tx, item)]
    const destructions = await destructionsOf(tx, item)
    return { item, standing: keepingStanding(kept), kept, holds, copies, destructions }
  })
}

/**
 * Holds an item: nothing of it goes until every hold is released.
 *
 * @returns the hold's id
 * @throws Fault `people.refused`, on record; `evidence.refused` where it is destroyed
 */
export function holdItem(
  desk: CareDesk,
  by: PersonId,
  given: HoldGiven & { readonly purpose: Purpose },
): Promise<string> {
  const { item, purpose, reviewAt } = given
  const because = wordsOf(given.because, 'why it is held')
  const issuer = wordsOf(given.issuer, 'who asks for the hold')
  return onItem(desk, { by, act: 'hold', item, purpose }, (tx, signed) =>
    placeHold(tx, { item, because, issuer, ...(reviewAt && { reviewAt }) }, signed),
  )
}

/** Says when a hold is looked at again, after it was. @throws Fault `people.refused`, `evidence.unknown`, `evidence.refused` */
export async function lookAgain(desk: CareDesk, by: PersonId, id: string, reviewAt: Date): Promise<void> {
  const { item } = await holdNamed(desk.database, id)
  await onItem(desk, { by, act: 'hold', item, purpose: 'preserve' }, (tx, signed) =>
    reviewHold(tx, id, reviewAt, signed),
  )
}

/** Releases a hold. @throws Fault `people.refused`, `evidence.unknown`, `evidence.refused` */
export async function endHold(desk: CareDesk, by: PersonId, id: string, because: string): Promise<Hold> {
  const { item } = await holdNamed(desk.database, id)
  const words = wordsOf(because, 'why it is released')
  return onItem(desk, { by, act: 'release-hold', item }, (tx, signed) => releaseHold(tx, id, words, signed))
}

/**
 * Decides until when an item is kept for a purpose.
 *
 * @throws Fault `people.refused`, `evidence.unknown`; `evidence.refused` beyond the profile's ceiling
 */
export function decide(
  desk: CareDesk,
  by: PersonId,
  key: KeptKey,
  { until, because }: { readonly until: Date; readonly because: string },
): Promise<KeptRecord> {
  const decided = { until, because: wordsOf(because, 'why it is decided so') }
  return onItem(desk, { by, act: 'set-retention', item: key.item }, (tx, signed) =>
    decideKeeping(tx, desk.profiles, key, decided, signed),
  )
}

/** Registers a place where a copy may be. @returns its id @throws Fault `people.refused`, `evidence.unknown` */
export function registerCopy(desk: CareDesk, by: PersonId, given: CopyGiven): Promise<string> {
  const label = wordsOf(given.label, 'which copy it is')
  const { item } = given
  return onItem(desk, { by, act: 'account-copy', ...(item && { item }) }, (tx, signed) =>
    addCopy(tx, { ...given, label }, signed),
  )
}

/**
 * Says what became of a copy.
 *
 * @returns the destructions that are complete by it
 * @throws Fault `people.refused`, `evidence.unknown`, `evidence.refused`
 */
export async function accountFor(
  desk: CareDesk,
  by: PersonId,
  id: string,
  { outcome, proof }: CopyAccount,
): Promise<readonly string[]> {
  if (outcome === 'expired')
    throw new Fault('evidence.refused', 'a copy expires by its date; somebody says what became of it')
  const given = { outcome, proof: wordsOf(proof, 'what shows it') }
  const { item } = await copyNamed(desk.database, id)
  return onItem(desk, { by, act: 'account-copy', ...(item && { item }) }, async (tx, signed) => {
    return (await account(tx, id, given, signed)).completed
  })
}

interface OnItem {
  readonly by: PersonId
  readonly act: Act
  readonly item?: ItemId
  readonly purpose?: Purpose
}

function onItem<T>(
  { database, now }: CareDesk,
  { by, act, item, purpose }: OnItem,
  work: (tx: Transaction, signed: Signed) => Promise<T>,
): Promise<T> {
  const at = now()
  const asked: Asked = {
    ...{ by, act, at },
    ...(item !== undefined && { subject: { kind: 'item', id: item } as const }),
    ...(purpose !== undefined && { purpose }),
  }
  return pass(database, asked, (tx) => work(tx, { actor: `person:${by}`, at }))
}
