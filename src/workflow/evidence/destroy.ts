/** Destroy: proposed by one, approved by another, begun under the item's lock, finished wherever it was cut off. */

import { againstDestroying } from '#store/against'
import type { Signed } from '#store/append'
import { accountCopy, type Copy, type CopyAccount, openKeyCopies, ownCopy } from '#store/copies'
import type { Database, Session, Transaction } from '#store/database'
import {
  approveDestruction,
  beginDestruction,
  type Destruction,
  destructionNamed,
  destructionsBegun,
  noteGone,
  proposeDestruction,
  withdrawDestruction,
} from '#store/destructions'
import { endItem } from '#store/items'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { pass, refuse } from '../door.ts'
import { completeAll } from './account.ts'

/** What destruction works at. */
export interface DestructionDesk {
  readonly database: Database
  readonly vault: {
    /** Destroys an item's key, then its blob, and tells of each once it is gone; what is gone already does not count. */
    shred(item: ItemId, gone?: (what: 'key' | 'blob') => Promise<void>): Promise<void>
  }
  now(): Date
}

/** Who acts, with when they signed in: what cannot be taken back asks for a recent sign-in. */
export interface ActingPerson {
  readonly by: PersonId
  readonly signedInAt: Date
}

/** How a destruction stands, and the copies of the key that it waits for. */
export interface DestructionStanding {
  readonly destruction: Destruction
  readonly remaining: readonly Copy[]
}

/**
 * Proposes to destroy an item whose purposes have lapsed.
 *
 * @returns its id
 * @throws Fault `people.refused`, on record; `evidence.refused` where it was proposed before
 */
export function propose(
  { database, now }: Pick<DestructionDesk, 'database' | 'now'>,
  { by }: Pick<ActingPerson, 'by'>,
  { item, because }: { readonly item: ItemId; readonly because: string },
): Promise<string> {
  const at = now()
  const asked = { by, act: 'propose-destruction', subject: { kind: 'item', id: item }, at } as const
  return pass(database, asked, async (tx) => {
    await refuseAgainst(tx, item)
    return proposeDestruction(tx, item, because, signedBy(by, at))
  })
}

/**
 * Approves what another person proposed. It is not begun by that: `carryOut` begins it, and asks again whether it may.
 *
 * @throws Fault `people.refused`, on record: by whoever proposed it, under hold, not due; `evidence.unknown`, `evidence.refused`
 */
export async function approve(
  { database, now }: Pick<DestructionDesk, 'database' | 'now'>,
  { by, signedInAt }: ActingPerson,
  id: string,
): Promise<Destruction> {
  const at = now()
  const { item, proposedBy } = await destructionNamed(database, id)
  const asked = {
    ...({ by, act: 'approve-destruction', subject: { kind: 'item', id: item }, at } as const),
    // Who proposed never changes, so that reading it before the transaction is no race.
    facts: { earlier: personsOf(proposedBy), signedInAt },
  }
  return pass(database, asked, async (tx) => {
    await refuseAgainst(tx, item)
    return approveDestruction(tx, id, signedBy(by, at))
  })
}

/**
 * Carries out what was approved: ends the item in the database, so that nobody is given it any more, then shreds its key and its
 * blob, and writes each down.
 *
 * @returns how it stands: complete, or which registered copies of the key remain
 * @throws Fault `people.refused`, on record; `evidence.unknown`, `evidence.refused`; whatever the vault cannot do: then it is
 *   begun, and goes on when this is called again
 */
export async function carryOut(
  desk: DestructionDesk,
  { by, signedInAt }: ActingPerson,
  id: string,
): Promise<DestructionStanding> {
  const at = desk.now()
  const signed = signedBy(by, at)
  const { item, begunAt } = await destructionNamed(desk.database, id)
  const asked = { by, act: 'approve-destruction', facts: { signedInAt }, at } as const
  if (begunAt === undefined) {
    await pass(desk.database, { ...asked, subject: { kind: 'item', id: item } }, async (tx) => {
      await refuseAgainst(tx, item)
      if (await beginDestruction(tx, id, signed)) await endItem(tx, item, signed)
    })
    // The item is destroyed by now, and a tombstone closes the door to all: whoever may approve may see it through.
  } else await pass(desk.database, asked, async () => undefined)
  return finish(desk, id, signed)
}

/** Withdraws a proposal, also one that was approved and not begun. @throws Fault `people.refused`, `evidence.refused` */
export async function withdraw(
  { database, now }: Pick<DestructionDesk, 'database' | 'now'>,
  { by }: Pick<ActingPerson, 'by'>,
  id: string,
): Promise<Destruction> {
  const at = now()
  const { item } = await destructionNamed(database, id)
  // Whoever may keep an item from going may say so: no hold closes that.
  const asked = { by, act: 'hold', purpose: 'preserve', subject: { kind: 'item', id: item }, at } as const
  return pass(database, asked, (tx) => withdrawDestruction(tx, id, signedBy(by, at)))
}

/**
 * Finishes what two people began and a fault or a power cut left in the middle. One that cannot be finished keeps no other.
 *
 * @returns how each stands now
 * @throws Fault of the first that could not be finished, once all were tried
 */
export async function finishBegun(desk: DestructionDesk): Promise<DestructionStanding[]> {
  const finished: DestructionStanding[] = []
  const faults: Fault[] = []
  for (const { id } of await destructionsBegun(desk.database)) {
    try {
      finished.push(await finish(desk, id, { actor: 'tutela', at: desk.now() }))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      faults.push(error)
    }
  }
  // Of one both may be gone, and the process have ended before that was called complete.
  const signed = { actor: 'tutela', at: desk.now() } as const
  const completed = await desk.database.transaction((tx) => completeAll(tx, signed))
  for (const id of completed) finished.push(await standingOf(desk.database, id))
  if (faults[0]) throw faults[0]
  return finished
}

/** How a destruction stands, for a person who may read of its item. @throws Fault `people.refused`, `evidence.unknown` */
export async function seeDestruction(
  { database, now }: Pick<DestructionDesk, 'database' | 'now'>,
  { by }: Pick<ActingPerson, 'by'>,
  id: string,
): Promise<DestructionStanding> {
  const { item } = await destructionNamed(database, id)
  const asked = { by, act: 'read-item', subject: { kind: 'item', id: item }, at: now() } as const
  return pass(database, asked, (tx) => standingOf(tx, id))
}

/** How a destruction stands. @throws Fault `evidence.unknown` */
export async function standingOf(database: Session, id: string): Promise<DestructionStanding> {
  const destruction = await destructionNamed(database, id)
  return { destruction, remaining: await openKeyCopies(database, destruction.item) }
}

async function finish(desk: DestructionDesk, id: string, signed: Signed): Promise<DestructionStanding> {
  const { item, keyGoneAt, blobGoneAt } = await destructionNamed(desk.database, id)
  if (keyGoneAt === undefined || blobGoneAt === undefined) {
    await desk.vault.shred(item, async (what) => {
      await desk.database.transaction(async (tx) => {
        await noteGone(tx, id, what, signed)
        await accountOwn(tx, item, what, { outcome: 'destroyed', proof: `shredded by ${id}` }, signed)
      })
    })
  }
  await desk.database.transaction((tx) => completeAll(tx, signed))
  return standingOf(desk.database, id)
}

/**
 * The copy in the vault's own hands goes with it; every other is for somebody to account for, also where it is called the
 * same.
 */
async function accountOwn(
  tx: Transaction,
  item: ItemId,
  place: 'key' | 'blob',
  given: CopyAccount,
  signed: Signed,
): Promise<void> {
  const own = await ownCopy(tx, item, place)
  if (own && own.accountedAt === undefined) await accountCopy(tx, own.id, given, signed)
}

async function refuseAgainst(tx: Transaction, item: ItemId): Promise<void> {
  const against = await againstDestroying(tx, item)
  if (against !== undefined) refuse(against)
}

function signedBy(by: PersonId, at: Date): Signed {
  return { actor: `person:${by}`, at }
}

function personsOf(actor: string): PersonId[] {
  return actor.startsWith('person:') ? [actor.slice('person:'.length) as PersonId] : []
}
