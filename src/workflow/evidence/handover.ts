/** Handover: proposed by one person and approved by another, for one case; withdrawn, or answered by a receipt. */
import { createHash } from 'node:crypto'
import type { Opening } from '#ground/opening/opening'
import { hasConflict } from '#store/conflicts'
import { accountCopy, openCopies } from '#store/copies'
import { isBeingWritten } from '#store/custody'
import type { Database, Transaction } from '#store/database'
import { goldenAmong } from '#store/golden'
import {
  approveHandover,
  handoverNamed,
  handoversOf,
  lockHandover,
  proposeHandover,
  recordReceipt,
  withdrawHandover,
} from '#store/handovers'
import { lockRecipient } from '#store/recipients'
import { itemStanding } from '#store/standing'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Handover } from '#terms/handover'
import type { PersonId, Purpose } from '#terms/people'
import { pass, refuse } from '../door.ts'
import { wordsOf } from './words.ts'

/** What handovers need. */
export interface HandoverDesk {
  readonly database: Database
  now(): Date
}

/** What is to be handed over. */
export interface HandoverAsked {
  readonly items: readonly ItemId[]
  readonly recipient: string
  readonly caseNumber: string
  readonly purpose: Purpose
  readonly because: string
}

/** Who acts, with when they signed in: an approval asks for a recent sign-in. */
interface Acting {
  readonly by: PersonId
  readonly signedInAt?: Date
}

const ITEMS_MAX = 500

/** Proposes to hand items of one case over. @throws Fault `people.refused`, on record; `request.invalid` */
export async function propose(
  { database, now }: HandoverDesk,
  { by }: Acting,
  asked: HandoverAsked,
): Promise<Handover> {
  const { caseNumber, purpose } = asked
  const items = [...new Set(asked.items)]
  if (items.length === 0 || items.length > ITEMS_MAX)
    throw new Fault('request.invalid', `a handover is of 1 to ${ITEMS_MAX} items`)
  const because = wordsOf(asked.because, 'a handover says why')
  const at = now()
  const subject = { kind: 'case', id: caseNumber } as const
  const id = await pass(database, { by, act: 'propose-export', purpose, subject, at }, async (tx) => {
    const recipient = await refuseUnready(tx, asked.recipient)
    await refuseItems(tx, by, caseNumber, items)
    await refuseGolden(tx, items)
    const given = { items, recipient, caseNumber, purpose, because, proposedBy: by }
    return proposeHandover(tx, given, { actor: `person:${by}`, at })
  })
  return handoverNamed(database, id)
}

/** A picture that was generated to measure agreement is evidence of nothing, and goes to nobody. */
async function refuseGolden(tx: Transaction, items: readonly ItemId[]): Promise<void> {
  const [golden] = await goldenAmong(tx, items)
  if (golden !== undefined)
    throw new Fault('evidence.refused', `${golden} is a generated picture of a golden set: it goes to nobody`)
}

/** Approves what another proposed. @throws Fault `people.refused`, on record: also for whoever proposed it */
export async function approve(
  { database, now }: HandoverDesk,
  { by, signedInAt }: Acting,
  id: string,
): Promise<Handover> {
  const { proposedBy, caseNumber } = await handoverNamed(database, id)
  const at = now()
  const facts = { earlier: [proposedBy], ...(signedInAt && { signedInAt }) }
  const subject = { kind: 'case', id: caseNumber } as const
  await pass(database, { by, act: 'approve-export', subject, facts, at }, async (tx) => {
    const handover = await lockHandover(tx, id)
    await refuseUnready(tx, handover.recipient)
    await refuseItems(tx, by, caseNumber, handover.items)
    await approveHandover(tx, handover, by, { actor: `person:${by}`, at })
  })
  return handoverNamed(database, id)
}

/** Withdraws what has not been written and is not being. @throws Fault `people.refused`, on record; `evidence.refused` */
export async function withdraw(
  { database, now }: HandoverDesk,
  { by }: Acting,
  id: string,
): Promise<Handover> {
  const { caseNumber, purpose } = await handoverNamed(database, id)
  const at = now()
  const subject = { kind: 'case', id: caseNumber } as const
  await pass(database, { by, act: 'propose-export', purpose, subject, at }, async (tx) => {
    const handover = await lockHandover(tx, id)
    if (await isBeingWritten(tx, id, at))
      throw new Fault('evidence.refused', `the handover ${id} is being written: its bytes are on their way`)
    await withdrawHandover(tx, handover, { actor: `person:${by}`, at })
  })
  return handoverNamed(database, id)
}

/** Records what the recipient answered. Their copies are accounted for by it: they are in the hands of whom they were for. */
export async function receive(
  { database, now }: HandoverDesk,
  { by }: Acting,
  id: string,
  untrustedReceipt: string,
): Promise<Handover> {
  const receipt = wordsOf(untrustedReceipt, 'a receipt is what the recipient answered')
  const { caseNumber } = await handoverNamed(database, id)
  const at = now()
  const signed = { actor: `person:${by}`, at } as const
  const subject = { kind: 'case', id: caseNumber } as const
  await pass(database, { by, act: 'account-copy', subject, at }, async (tx) => {
    const handover = await lockHandover(tx, id)
    await recordReceipt(tx, handover, receipt, signed)
    const proof = `receipt of ${id}, SHA-256 ${createHash('sha256').update(receipt).digest('hex')}`
    for (const item of handover.items)
      for (const copy of await openCopies(tx, item))
        if (copy.place === 'export' && copy.label === copyLabel(id))
          await accountCopy(tx, copy.id, { outcome: 'handed-over', proof }, signed)
  })
  return handoverNamed(database, id)
}

/** A handover, for those who may know of its case. */
export async function seeHandover(desk: HandoverDesk, { by }: Acting, id: string): Promise<Handover> {
  const handover = await handoverNamed(desk.database, id)
  await seeHandovers(desk, { by }, handover.caseNumber)
  return handover
}

/** The handovers of a case. @throws Fault `people.refused`, on record */
export function seeHandovers(
  { database, now }: HandoverDesk,
  { by }: Acting,
  caseNumber: string,
): Promise<Handover[]> {
  const subject = { kind: 'case', id: caseNumber } as const
  return pass(database, { by, act: 'read-item', subject, at: now() }, (tx) => handoversOf(tx, caseNumber))
}

/** What the copy of a handover is called in the register. */
export function copyLabel(id: string): string {
  return `handover ${id}`
}

/** Refuses a recipient whose key was not checked by enough people, or that was ended. @returns its id */
export async function refuseUnready(tx: Transaction, id: string): Promise<Handover['recipient']> {
  const recipient = await lockRecipient(tx, id)
  return recipient.isReady ? recipient.id : refuse('not-checked')
}

/** Refuses items that are not there, are of another case, or about which the person has a conflict of interest. */
export async function refuseItems(
  tx: Transaction,
  by: PersonId,
  caseNumber: string,
  items: readonly ItemId[],
): Promise<void> {
  for (const id of items.toSorted()) {
    const standing = await itemStanding(tx, id, 'share')
    if (!standing) refuse('never-held')
    if (standing.state === 'destroyed') refuse('destroyed')
    if (!standing.cases.includes(caseNumber)) refuse('not-allocated')
    const cases = standing.cases.map((one) => ({ kind: 'case' as const, id: one }))
    if (await hasConflict(tx, by, [{ kind: 'item', id }, ...cases])) refuse('conflict-of-interest')
  }
}

/** What gives the bytes of an item for an opening. */
export interface OpensItems {
  readonly keyring: { readonly isLocked: boolean }
  open(
    opening: Opening,
    now: Date,
  ): Promise<{ readonly sizeBytes: number; bytes(): AsyncIterable<Uint8Array> }>
}
