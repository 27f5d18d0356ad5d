/** Keys: those of items and of people taken into a backup that has an end, and put back for what still stands. */
import { resolve } from 'node:path'
import { SIGN_IN } from '#ground/digest-key'
import type { PersonKeyFolder } from '#ground/person-keys'
import type { Signed } from '#store/append'
import { addCopy } from '#store/copies'
import type { Transaction } from '#store/database'
import { itemNamed, noteOnItem } from '#store/items'
import { isCaseOfKey, reportForKey } from '#store/key-owners'
import { lockPerson, personOf } from '#store/people'
import type { Damage, ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { ReportId } from '#terms/report'
import { type BackedUpKey, type KeyBackupHead, readKeyBackup, writeKeyBackup } from '#vault/backup'
import type { EvidenceDesk } from './desk.ts'

/** What a backup came to. */
export interface KeysBackedUp {
  /** The copy under which it is registered. */
  readonly copy: string
  /** That of the keys of people in it, where there are any. */
  readonly peopleCopy?: string
  readonly keys: number
}

/** What keys are backed up from and put back to. */
export type KeysDesk = Pick<EvidenceDesk, 'database' | 'vault'> & {
  /** Where the keys of people lie; absent: items alone. */
  readonly people?: PersonKeyFolder
}

/**
 * Writes the wrapped keys into a file, registered as a copy with an end before it is written: a destruction is not complete
 * while it is there.
 *
 * @throws Fault `usage.invalid` for an end that is not ahead; `output.failed`: the copy then stands in the register, to be
 *   accounted for
 */
export async function backUpKeys(
  { database, vault, people }: KeysDesk,
  { file, expiresAt }: { readonly file: string; readonly expiresAt: Date },
  signed: Signed,
): Promise<KeysBackedUp> {
  if (expiresAt <= signed.at) throw new Fault('usage.invalid', 'a backup of keys ends on a day ahead')
  const label = resolve(file)
  const isForPeople = people !== undefined && (await people.names()).length > 0
  const copies = await database.transaction(async (transaction) => ({
    copy: await addCopy(transaction, { place: 'key-backup', label, expiresAt }, signed),
    ...(isForPeople && {
      peopleCopy: await addCopy(transaction, { place: 'person-key-backup', label, expiresAt }, signed),
    }),
  }))
  const head = { ...copies, expiresAt: expiresAt.toISOString(), madeAt: signed.at.toISOString() }
  // Their names are read once the copy is registered: whoever comes in later is not in it.
  const keys = isForPeople ? { names: await people.names(), wrapped: wrapping(vault, people) } : undefined
  return { ...copies, keys: await writeKeyBackup(file, vault.keyring.keys, head, keys) }
}

/** The keys of people lie in the clear where they are used; in a backup they are wrapped as those of items are. */
function wrapping(vault: KeysDesk['vault'], people: PersonKeyFolder) {
  return async (name: string): Promise<Uint8Array | undefined> => {
    const key = await people.read(name)
    return key && vault.keyring.wrap(`${name} ${key.toString('base64')}`)
  }
}

/** What putting back came to. */
export interface KeysRestored {
  readonly restored: readonly string[]
  /** Keys that are where they should be. */
  readonly present: number
  /** Items that are destroyed: their keys stay gone. */
  readonly destroyed: readonly string[]
  /** People who were weeded: their keys stay gone. */
  readonly weeded: readonly string[]
  /** Keys of items or people that this database does not know. */
  readonly unknown: readonly string[]
  /**
   * Keys that no identity of the vault opens: the backup is from before a rotation whose identity is gone, or of another
   * vault.
   */
  readonly unopened: readonly string[]
  /** True of a backup whose end has come: it should be gone. */
  readonly isExpired: boolean
}

/**
 * Puts back keys that are missing, or that a verification found damaged. Any other that is there is never replaced, and one of a
 * destroyed item never comes back. One that no identity of the vault opens is not put anywhere: it stays in the backup,
 * and is named.
 *
 * @throws Fault `backup.damaged`, `vault.no-space`, `vault.unreachable`
 */
export async function restoreKeys(
  desk: KeysDesk,
  { file, content }: { readonly file: string; readonly content: AsyncIterable<Uint8Array> },
  signed: Signed,
): Promise<KeysRestored> {
  const { head, keys } = await readKeyBackup(content, file)
  const became: Record<Became, string[]> = {
    restored: [],
    present: [],
    destroyed: [],
    weeded: [],
    unknown: [],
    unopened: [],
  }
  // The one that digests are made with comes first: once anybody's key is there, it takes nothing's place any more.
  const isFirst = (key: BackedUpKey): boolean => 'person' in key && key.person === SIGN_IN
  for (const key of [...keys.filter(isFirst), ...keys.filter((key) => !isFirst(key))]) {
    const name = 'item' in key ? key.item : key.person
    const kind = 'item' in key ? await itemKey(desk, key, head, signed) : await personKey(desk, key, file)
    became[kind].push(name)
  }
  const isExpired = head.expiresAt <= signed.at.toISOString()
  return { ...became, present: became.present.length, isExpired }
}

type Became = 'restored' | 'present' | 'destroyed' | 'weeded' | 'unknown' | 'unopened'

function itemKey(
  { database, vault }: KeysDesk,
  { item: id, wrapped }: Extract<BackedUpKey, { item: ItemId }>,
  { copy }: KeyBackupHead,
  signed: Signed,
): Promise<Became> {
  return database.transaction(async (transaction) => {
    const item = await itemNamed(transaction, id).catch(unknownAsNone)
    if (!item) return 'unknown'
    if (item.state === 'destroyed') return 'destroyed'
    const isDamaged = KEY_DAMAGES.has(item.damagedBecause)
    if (!isDamaged && (await vault.keyring.keys.read(id))) return 'present'
    // Put back it would be worth nothing, and hide that the key is lost.
    if ((await vault.keyring.opens(wrapped)) === false) return 'unopened'
    // Locks the row, so that a destruction that begins now comes after it, and finds the key.
    await noteOnItem(transaction, id, 'vault.key-restored', { copy }, signed)
    await vault.keyring.keys.replace(id, wrapped)
    return 'restored'
  })
}

/** A person's key, put back under the lock of their row, so that a weeding that begins now comes after it. */
function personKey(
  { database, vault, people }: KeysDesk,
  { person: name, wrapped }: Extract<BackedUpKey, { person: string }>,
  file: string,
): Promise<Became> {
  return database.transaction(async (transaction) => {
    const owner = name === SIGN_IN ? 'stands' : await ownerOf(transaction, name)
    if (!people || owner === 'unknown') return 'unknown'
    if (owner === 'weeded') return 'weeded'
    const text = await vault.keyring.unwrap(wrapped)
    if (text === undefined) return 'unopened'
    const [of, key = ''] = text.split(' ')
    if (of !== name) throw new Fault('backup.damaged', `a key in ${file} is not the one of ${name}`)
    return people.put(name, Buffer.from(key, 'base64'))
  })
}

/** What became of whom a key is of; their row is held, so that a weeding that begins now comes after it. */
async function ownerOf(transaction: Transaction, name: string): Promise<'stands' | 'weeded' | 'unknown'> {
  switch (name[0]) {
    case 'r':
      return reportForKey(transaction, name as ReportId)
    case 'c':
      return (await isCaseOfKey(transaction, name)) ? 'stands' : 'unknown'
    default: {
      const id = name as PersonId
      const person = (await personOf(transaction, id)) && (await lockPerson(transaction, id, 'change'))
      if (!person) return 'unknown'
      return person.weededAt === undefined ? 'stands' : 'weeded'
    }
  }
}

/** What a verification says of a key that is worth nothing where it lies. */
const KEY_DAMAGES: ReadonlySet<Damage | undefined> = new Set(['key-unreadable', 'key-of-another'] as const)

function unknownAsNone(error: unknown): undefined {
  if (error instanceof Fault && error.code === 'evidence.unknown') return undefined
  throw error
}
