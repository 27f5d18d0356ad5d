/** Verify: every blob, every chunk and every key held against what was written down when they were sealed. */
import { isId, newId } from '#ground/id'
import { append, type Signed } from '#store/append'
import { allItems, itemByBlob, itemNamed, setVerified } from '#store/items'
import { isSealing } from '#store/sealings'
import type { Damage, ItemId, VaultItem } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Examined } from '#vault/vault'
import type { EvidenceDesk } from './desk.ts'

/** What was found of one item, or of something that belongs to none. */
export type Finding =
  | { readonly kind: 'whole' | 'digest-only'; readonly item: ItemId }
  | {
      readonly kind: 'damaged'
      readonly item: ItemId
      readonly because: Damage
      /** The first chunk that is not as it was sealed. */
      readonly chunk?: number
      /** Whose blob lies there in its place. */
      readonly belongsTo?: ItemId
    }
  /** A blob or a key of an item that is destroyed, or was never written down. */
  | {
      readonly kind: 'stray'
      readonly what: 'blob' | 'key'
      readonly name: string
      readonly isDestroyed: boolean
    }

/** What a round came to. */
export interface VerifiedCount {
  readonly items: number
  readonly damaged: number
  readonly strays: number
  /** Items of which only the blob's digest was compared, since the vault is locked. */
  readonly digestOnly: number
}

/**
 * Verifies one item, or all and what lies beside them. Bytes are opened inside the vault and nothing of them is given.
 *
 * @param told each finding as it is made
 * @throws Fault `evidence.unknown`; `vault.unreachable`, `vault.no-identity`: nothing is known of what follows then
 */
export async function verifyVault(
  desk: EvidenceDesk,
  signed: (at: Date) => Signed,
  {
    only,
    told = async () => {},
    stop,
    verifiedBefore,
  }: {
    readonly only?: ItemId
    readonly told?: (finding: Finding) => Promise<void>
    readonly stop?: AbortSignal
    /** Items that were found whole since are passed over. */
    readonly verifiedBefore?: Date
  } = {},
): Promise<VerifiedCount> {
  const count = { items: 0, damaged: 0, strays: 0, digestOnly: 0 }
  const items = only === undefined ? allItems(desk.database) : one(await itemNamed(desk.database, only))
  for await (const item of items) {
    if (stop?.aborted) return count
    const isRecent = verifiedBefore !== undefined && isBetween(item.verifiedAt, verifiedBefore, desk.now())
    if (item.state === 'destroyed' || isRecent) continue
    const finding = await verified(desk, item, signed)
    if (!finding) continue
    count.items++
    if (finding.kind === 'damaged') count.damaged++
    if (finding.kind === 'digest-only') count.digestOnly++
    await told(finding)
  }
  if (only !== undefined) return count
  for await (const stray of straysOf(desk)) {
    count.strays++
    await told(stray)
  }
  await noteRound(desk, signed(desk.now()), count)
  return count
}

/** False of a time that is still to come: a clock was set back, or the row was changed so that nobody looks any more. */
function isBetween(at = '', from: Date, to: Date): boolean {
  return at >= from.toISOString() && at <= to.toISOString()
}

/** @returns undefined for an item that was destroyed meanwhile */
async function verified(
  desk: EvidenceDesk,
  item: VaultItem,
  signed: (at: Date) => Signed,
): Promise<Finding | undefined> {
  const examined = await desk.vault.examine(item)
  const finding = await findingOf(desk, item.id, examined)
  const isGone = await desk.database.transaction(async (transaction) => {
    const now = await itemNamed(transaction, item.id)
    if (now.state === 'destroyed') return true
    const because = finding.kind === 'damaged' ? finding.because : undefined
    if (examined.isOpened || because !== undefined)
      await setVerified(transaction, item.id, because, signed(desk.now()))
    return false
  })
  return isGone ? undefined : finding
}

async function findingOf(desk: EvidenceDesk, item: ItemId, examined: Examined): Promise<Finding> {
  const { damage, chunk, foundBlob, isOpened } = examined
  if (damage === undefined) return { kind: isOpened ? 'whole' : 'digest-only', item }
  const belongsTo = foundBlob === undefined ? undefined : await itemByBlob(desk.database, foundBlob)
  if (belongsTo !== undefined && belongsTo !== item)
    return { kind: 'damaged', item, because: 'blob-swapped', belongsTo }
  return { kind: 'damaged', item, because: damage, ...(chunk !== undefined && { chunk }) }
}

/** Blobs and keys without an item that should have them. */
async function* straysOf({ database, vault }: EvidenceDesk): AsyncGenerator<Finding> {
  const stray = async (what: 'blob' | 'key', name: string): Promise<Finding | undefined> => {
    if (await isSealing(database, name)) return undefined
    const item = isId('v', name) ? await itemOrNone(database, name) : undefined
    if (item && item.state !== 'destroyed') return undefined
    return { kind: 'stray', what, name, isDestroyed: item !== undefined }
  }
  for (const name of await vault.keyring.keys.names()) {
    const found = await stray('key', name)
    if (found) yield found
  }
  for await (const name of vault.blobs.names()) {
    const found = await stray('blob', name)
    if (found) yield found
  }
}

async function itemOrNone(database: EvidenceDesk['database'], id: ItemId): Promise<VaultItem | undefined> {
  return itemNamed(database, id).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'evidence.unknown') return undefined
    throw error
  })
}

/** A round is on record also where it found nothing: that it was looked. */
async function noteRound({ database }: EvidenceDesk, signed: Signed, count: VerifiedCount): Promise<void> {
  const stream = `vault-check:${newId('k')}`
  const body = { ...count }
  await database.transaction((tx) => append(tx, stream, 0, [{ kind: 'vault-check.done', body }], signed))
}

async function* one(item: VaultItem): AsyncGenerator<VaultItem> {
  yield item
}
