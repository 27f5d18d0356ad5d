/** Keys: the wrapped keys taken into a backup that has an end, and put back for items that still stand. */
import { resolve } from 'node:path'
import type { Signed } from '#store/append'
import { addCopy } from '#store/copies'
import { itemNamed, noteOnItem } from '#store/items'
import type { Damage } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { readKeyBackup, writeKeyBackup } from '#vault/backup'
import type { EvidenceDesk } from './desk.ts'

/** What a backup came to. */
export interface KeysBackedUp {
  /** The copy under which it is registered. */
  readonly copy: string
  readonly keys: number
}

/**
 * Writes the wrapped keys into a file, registered as a copy with an end before it is written: a destruction is not complete
 * while it is there.
 *
 * @throws Fault `usage.invalid` for an end that is not ahead; `output.failed`: the copy then stands in the register, to be
 *   accounted for
 */
export async function backUpKeys(
  { database, vault }: Pick<EvidenceDesk, 'database' | 'vault'>,
  { file, expiresAt }: { readonly file: string; readonly expiresAt: Date },
  signed: Signed,
): Promise<KeysBackedUp> {
  if (expiresAt <= signed.at) throw new Fault('usage.invalid', 'a backup of keys ends on a day ahead')
  const copy = await database.transaction((transaction) =>
    addCopy(transaction, { place: 'key-backup', label: resolve(file), expiresAt }, signed),
  )
  const head = { copy, expiresAt: expiresAt.toISOString(), madeAt: signed.at.toISOString() }
  return { copy, keys: await writeKeyBackup(file, vault.keyring.keys, head) }
}

/** What putting back came to. */
export interface KeysRestored {
  readonly restored: readonly string[]
  /** Keys that are where they should be. */
  readonly present: number
  /** Items that are destroyed: their keys stay gone. */
  readonly destroyed: readonly string[]
  /** Keys of items that this database does not know. */
  readonly unknown: readonly string[]
  /** True of a backup whose end has come: it should be gone. */
  readonly isExpired: boolean
}

/**
 * Puts back keys that are missing, or that a verification found damaged. Any other that is there is never replaced, and one of a
 * destroyed item never comes back.
 *
 * @throws Fault `backup.damaged`, `vault.no-space`, `vault.unreachable`
 */
export async function restoreKeys(
  { database, vault }: Pick<EvidenceDesk, 'database' | 'vault'>,
  { file, content }: { readonly file: string; readonly content: AsyncIterable<Uint8Array> },
  signed: Signed,
): Promise<KeysRestored> {
  const { head, keys } = await readKeyBackup(content, file)
  const restored: string[] = []
  const destroyed: string[] = []
  const unknown: string[] = []
  let present = 0
  for (const { item: id, wrapped } of keys) {
    const kind = await database.transaction(async (transaction) => {
      const item = await itemNamed(transaction, id).catch(unknownAsNone)
      if (!item) return unknown
      if (item.state === 'destroyed') return destroyed
      const isDamaged = KEY_DAMAGES.has(item.damagedBecause)
      if (!isDamaged && (await vault.keyring.keys.read(id))) return undefined
      // Locks the row, so that a destruction that begins now comes after it, and finds the key.
      await noteOnItem(transaction, id, 'vault.key-restored', { copy: head.copy }, signed)
      await vault.keyring.keys.replace(id, wrapped)
      return restored
    })
    if (kind) kind.push(id)
    else present++
  }
  const isExpired = head.expiresAt <= signed.at.toISOString()
  return { restored, present, destroyed, unknown, isExpired }
}

/** What a verification says of a key that is worth nothing where it lies. */
const KEY_DAMAGES: ReadonlySet<Damage | undefined> = new Set(['key-unreadable', 'key-of-another'] as const)

function unknownAsNone(error: unknown): undefined {
  if (error instanceof Fault && error.code === 'evidence.unknown') return undefined
  throw error
}
