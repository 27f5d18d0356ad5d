/** Seal: bytes come in and pass into the vault; what is known of them is written down once they are safe. */

import { newId } from '#ground/id'
import { mediaTypeOf } from '#media/media-type'
import { sniff } from '#media/sniff'
import type { Signed } from '#store/append'
import { addCopy } from '#store/copies'
import type { Transaction } from '#store/database'
import {
  addItem,
  addToCase,
  isStanding,
  isWritten,
  itemNamed,
  lockItemByDigest,
  noteOnItem,
  setVerified,
} from '#store/items'
import { beginSealing, endSealing, lockSealing } from '#store/sealings'
import { putInForce, recipientInForce } from '#store/vault-identity'
import type { Damage, ItemId, VaultItem } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { PersonId, Purpose } from '#terms/people'
import type { Sealed } from '#vault/vault'
import { pass } from '../door.ts'
import type { EvidenceDesk } from './desk.ts'
import { profileNamed } from './profiles.ts'
import { keepItem } from './retain.ts'

/** Who seals, and what for. */
export interface SealAsked {
  readonly by: PersonId | 'tutela'
  readonly purpose: Purpose
  /** The retention profile that says how long it is kept. */
  readonly profile: string
  readonly caseNumber?: string
  /** What is written down with it, in the same transaction; the item may have stood before. */
  readonly beside?: (transaction: Transaction, item: VaultItem) => Promise<void>
}

/**
 * Seals bytes as they come; nothing of them is on a disk but sealed. When this returns, item, blob and key are safe. Where an
 * item with the same SHA-256 stands, that is returned: it is kept for this purpose too, and nothing is stored a second time.
 *
 * @throws Fault `people.refused`, on record; `vault.locked`, `vault.no-space`, `vault.unreachable`, `vault.no-identity`;
 *   `vault.damaged` where the same item stands and is damaged, or is found not to lie there whole any more, which is
 * written down;
 *   `evidence.refused` for a profile that keeps nothing for this; whatever `source` throws. Then nothing is kept
 */
export async function sealItem(
  desk: EvidenceDesk,
  source: AsyncIterable<Uint8Array>,
  asked: SealAsked,
): Promise<VaultItem> {
  const signed = signedBy(asked.by, desk.now())
  profileNamed(desk.profiles, asked.profile)
  await throughDoor(desk, asked, signed, async () => undefined) // before a byte is taken
  const id = newId('v')
  desk.step?.('seal: not written down')
  await beginSealing(desk.database, id, await desk.holder(), signed)
  try {
    const sealed = await desk.vault.seal(id, source)
    await refuseLost(desk, sealed.digests.sha256, signed)
    const mediaType = mediaTypeOf(await sniff(sealed.head))
    const item = await throughDoor(desk, asked, signed, (transaction) =>
      written(transaction, desk, { id, sealed, mediaType, asked, signed }),
    )
    desk.step?.('seal: committed')
    if (item.id !== id) await forget(desk, id)
    return item
  } catch (error) {
    // The first failure is the one to tell; what cannot be removed now is known by its row, and goes at the next start.
    await forget(desk, id).catch(() => undefined)
    throw error
  }
}

interface Writing {
  readonly id: ItemId
  readonly sealed: Sealed
  readonly mediaType: string
  readonly asked: SealAsked
  readonly signed: Signed
}

async function written(transaction: Transaction, desk: EvidenceDesk, writing: Writing): Promise<VaultItem> {
  const { id, sealed, mediaType, asked, signed } = writing
  const { digests, sizeBytes, blob } = sealed
  desk.step?.('seal: transaction')
  const custodian = asked.by
  const item = await addItem(transaction, { id, digests, sizeBytes, mediaType, custodian, blob }, signed)
  if (!item) return keptToo(transaction, desk, writing)
  // A seal that took this one for gone has removed its blob by now.
  if (!(await endSealing(transaction, id)))
    throw new Fault('store.conflict', `the seal of ${id} was cleared meanwhile: the connection had broken`)
  await holdIdentity(transaction, desk, sealed, signed)
  const { blobs, keyring } = desk.vault
  await addCopy(transaction, { item: id, place: 'blob', label: blobs.where }, signed)
  await addCopy(transaction, { item: id, place: 'key', label: keyring.keys.where }, signed)
  await keep(transaction, desk, id, asked, signed)
  const stands = await itemNamed(transaction, id)
  await asked.beside?.(transaction, stands)
  desk.step?.('seal: before the commit')
  return itemNamed(transaction, id)
}

/**
 * Where the same item stands, all of it is looked at, blob and key: what is no more there cannot be kept for another purpose.
 *
 * @throws Fault `vault.damaged`, once the damage is on record
 */
async function refuseLost(desk: EvidenceDesk, sha256: string, signed: Signed): Promise<void> {
  const there = await desk.database.transaction((tx) => lockItemByDigest(tx, sha256))
  if (!there) return
  const { damage } = await desk.vault.examine(there)
  if (damage === undefined) return
  const isGone = await desk.database.transaction(async (tx) => {
    if (!(await isStanding(tx, there.id))) return true // destroyed meanwhile: what came is a new item
    await setVerified(tx, there.id, damage, { ...signed, actor: 'tutela' })
    return false
  })
  if (!isGone) throw stillDamaged(there.id, damage)
}

function stillDamaged(id: ItemId, damage: Damage): Fault {
  return new Fault('vault.damaged', `${id} has the same content and is damaged: ${damage}`)
}

/** The same bytes are there: they are kept for this purpose too. */
async function keptToo(
  transaction: Transaction,
  desk: EvidenceDesk,
  { sealed, asked, signed }: Writing,
): Promise<VaultItem> {
  const there = await lockItemByDigest(transaction, sealed.digests.sha256)
  if (!there) throw new Fault('store.conflict', 'the same item was destroyed at this moment: seal it again')
  if (there.damagedBecause !== undefined) throw stillDamaged(there.id, there.damagedBecause)
  await keep(transaction, desk, there.id, asked, signed)
  const { purpose, profile } = asked
  await asked.beside?.(transaction, there)
  desk.step?.('seal: before the commit')
  return noteOnItem(transaction, there.id, 'vault.received-again', { purpose, profile }, signed)
}

async function keep(
  transaction: Transaction,
  desk: EvidenceDesk,
  item: ItemId,
  { purpose, profile, caseNumber }: SealAsked,
  signed: Signed,
): Promise<void> {
  await keepItem(transaction, desk.profiles, { item, purpose, profile }, signed)
  if (caseNumber !== undefined) await addToCase(transaction, item, caseNumber, signed)
}

/**
 * The key must be wrapped to the identity in force, and that is held until the commit: a rotation that begins afterwards
 * finds the key; one that came before has it wrapped anew.
 */
async function holdIdentity(
  transaction: Transaction,
  { vault }: EvidenceDesk,
  sealed: Sealed,
  signed: Signed,
): Promise<void> {
  const inForce = await recipientInForce(transaction)
  if (inForce === sealed.recipient) return
  const mine = await vault.keyring.recipients()
  // The vault's first use, or a rotation that was cut off before it was written down.
  const isNext = inForce === undefined || mine.slice(1).includes(inForce)
  if (isNext && mine[0] === sealed.recipient) return putInForce(transaction, sealed.recipient, signed)
  if (inForce !== undefined && (await sealed.rewrap()) === inForce) return
  throw new Fault(
    'vault.no-identity',
    `the vault's keys are wrapped to ${inForce}, and the identity here is that of ${sealed.recipient}`,
  )
}

/**
 * Removes what was sealed for nothing: key, blob, then the row by which they were known. A connection that breaks
 * during the commit
 * does not tell whether it was one: what the database holds by then stays, since it may be the only copy.
 */
async function forget(desk: EvidenceDesk, id: ItemId): Promise<void> {
  desk.step?.('seal: not needed')
  await desk.database.transaction(async (transaction) => {
    if (!(await lockSealing(transaction, id)) && (await isWritten(transaction, id))) return
    await desk.vault.remove(id)
    desk.step?.('seal: removed')
    await endSealing(transaction, id)
  })
}

/** People pass the door with it; what Tutela does by itself stands on its configuration. */
function throughDoor<T>(
  { database }: EvidenceDesk,
  { by, purpose, caseNumber }: SealAsked,
  { at }: Signed,
  act: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  if (by === 'tutela') return database.transaction(act)
  const asked = { by, act: 'seal', purpose, at, ...(caseNumber !== undefined && { caseNumber }) } as const
  return pass(database, asked, act)
}

function signedBy(by: PersonId | 'tutela', at: Date): Signed {
  return { actor: by === 'tutela' ? by : `person:${by}`, at }
}
