/** Export: an approved handover is written, once, as one age file to its recipient: items, custody bundle, signed manifest. */
import { createHash } from 'node:crypto'
import { custodyBundle } from '#cases/custody'
import { VERSION } from '#ground/version'
import type { SigningKey } from '#ledger/key'
import { signNote } from '#ledger/note'
import { addCopy, openCopies } from '#store/copies'
import { custodyEvents, isBeingWritten, numberedEvents } from '#store/custody'
import type { Transaction } from '#store/database'
import { handoverNamed, handoverStream, lockHandover, noteWritten } from '#store/handovers'
import { itemNamed } from '#store/items'
import { endOpening, endOpeningIn, grantOpening, releaseOpening } from '#store/openings'
import { recipientNamed } from '#store/recipients'
import type { ItemId, VaultItem } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Handover, Recipient } from '#terms/handover'
import type { PersonId } from '#terms/people'
import { parcelOf } from '#vault/parcel'
import type { TarEntry } from '#vault/tar'
import { pass, refuse } from '../door.ts'
import { copyLabel, type HandoverDesk, type OpensItems, refuseItems, refuseUnready } from './handover.ts'
import { manifestOf } from './manifest.ts'

/** What signs manifests: the ledger's key. */
export interface ManifestSigner {
  /** The name of the log, by which its proofs are found. */
  readonly origin: string
  /** A signed note of a text. */
  sign(text: string): string
}

/** Signs by a log's key. */
export function logSigner(key: SigningKey): ManifestSigner {
  return { origin: key.verifier.name, sign: (text) => signNote(text, key) }
}

/** What an export needs. */
export interface ExportDesk extends HandoverDesk {
  readonly vault: OpensItems
  readonly signer: ManifestSigner
}

/** What was written. */
export interface Written {
  readonly handover: Handover
  /** The signed manifest: what the recipient finds in the file, and can be told beside it. */
  readonly manifest: string
  readonly fileSha256: string
  readonly fileBytes: number
}

/** What every handover has, from the grant to the release of its last item, and as long again for that one. */
const BOX_SECONDS_MIN = 1800
/** For each item, which is read twice and written. */
const BOX_SECONDS_ITEM = 10
/** Slower than this nothing is written: 1 MiB a second. */
const BOX_BYTES_SECOND = 1 << 20
const BOX_SECONDS_MAX = 24 * 3600

/**
 * Writes an approved handover to where its bytes go. The copies are in the register before a byte leaves; nothing of an item
 * leaves before all of it was found whole. Where it is cut off, it can be written again: the bundle is the same.
 *
 * @param give takes the sealed bytes, to the last
 * @throws Fault `people.refused`, on record; `evidence.refused` where it is not approved, withdrawn, written before, or being
 *   written; those of the vault; whatever `give` throws
 */
export async function writeHandover(
  desk: ExportDesk,
  by: PersonId,
  id: string,
  give: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<Written> {
  const { handover, recipient, openings } = await granted(desk, by, id)
  try {
    const items = await Promise.all(handover.items.map((item) => itemNamed(desk.database, item)))
    const custody = await bundleOf(desk, handover, recipient, items)
    const manifest = desk.signer.sign(manifestOf({ handover, recipient, items, custody, version: VERSION }))
    const file = new Counted()
    const approvedAt = new Date(handover.approvedAt ?? 0)
    const entries = entriesOf(desk, manifest, custody, items, openings)
    await give(file.through(parcelOf(entries, recipient.ageRecipient, approvedAt)))
    const { sha256: fileSha256, bytes: fileBytes } = file.counted()
    await written(desk, by, id, openings, { bundleSha256: sha256(custody), fileSha256, fileBytes })
    return { handover: await handoverNamed(desk.database, id), manifest, fileSha256, fileBytes }
  } catch (error) {
    // The first failure is the one to tell.
    for (const opening of openings.values())
      await endOpening(desk.database, opening, { ending: 'failed' }, desk.now()).catch(() => false)
    throw error
  }
}

interface Granted {
  readonly handover: Handover
  readonly recipient: Recipient
  /** Opening by item. */
  readonly openings: ReadonlyMap<ItemId, string>
}

/** Passes the door, writes the openings down and registers the copies, in one transaction. */
async function granted({ database, vault, now }: ExportDesk, by: PersonId, id: string): Promise<Granted> {
  const { caseNumber, purpose } = await handoverNamed(database, id)
  const at = now()
  const subject = { kind: 'case', id: caseNumber } as const
  return pass(database, { by, act: 'export', purpose, subject, at }, async (tx, grant) => {
    const handover = await lockHandover(tx, id)
    await refuseUnwritable(tx, handover, at)
    await refuseUnready(tx, handover.recipient)
    await refuseItems(tx, by, caseNumber, handover.items)
    if (vault.keyring.isLocked) refuse('vault-locked')
    const boxSeconds = await boxOf(tx, handover.items)
    const openings = new Map<ItemId, string>()
    for (const item of handover.items) {
      await registerCopy(tx, item, id, by, at)
      const about = { kind: 'export', item, person: by, purpose, caseNumber, job: id } as const
      openings.set(item, await grantOpening(tx, { ...about, boxSeconds, grant }))
    }
    return { handover, recipient: await recipientNamed(tx, handover.recipient), openings }
  })
}

/** The time of a handover: half an hour, and more for each item and its bytes; a day at most. */
async function boxOf(tx: Transaction, items: readonly ItemId[]): Promise<number> {
  let seconds = BOX_SECONDS_MIN
  for (const id of items) seconds += BOX_SECONDS_ITEM + (await itemNamed(tx, id)).sizeBytes / BOX_BYTES_SECOND
  return Math.min(Math.ceil(seconds), BOX_SECONDS_MAX)
}

async function refuseUnwritable(tx: Transaction, handover: Handover, now: Date): Promise<void> {
  const { id, withdrawnAt, approvedAt, writtenAt } = handover
  const because =
    (withdrawnAt !== undefined && 'was withdrawn') ||
    (approvedAt === undefined && 'was not approved by another person') ||
    (writtenAt !== undefined && 'was written before: it leaves once') ||
    ((await isBeingWritten(tx, id, now)) && 'is being written, or was cut off and its time is not over')
  if (because) throw new Fault('evidence.refused', `the handover ${id} ${because}`)
}

/** One copy a handover and item, however often its writing was cut off. */
async function registerCopy(
  tx: Transaction,
  item: ItemId,
  handover: string,
  by: PersonId,
  at: Date,
): Promise<void> {
  const label = copyLabel(handover)
  const known = await openCopies(tx, item)
  if (known.some((copy) => copy.place === 'export' && copy.label === label)) return
  await addCopy(tx, { item, place: 'export', label }, { actor: `person:${by}`, at })
}

/** The chain of custody up to the approval: what came later is not in it, so that it is the same whenever it is written. */
async function bundleOf(
  { database, signer }: ExportDesk,
  handover: Handover,
  recipient: Recipient,
  items: readonly VaultItem[],
): Promise<string> {
  const { id, purpose, proposedBy, approvedBy, approvedAt, caseNumber } = handover
  if (approvedBy === undefined || approvedAt === undefined) throw new TypeError('it was not approved')
  const until = new Date(approvedAt)
  const withEvents = items.map(async (item) => ({
    item,
    path: pathOf(item),
    events: await custodyEvents(database, item.id, until),
  }))
  const events = await numberedEvents(database, [handoverStream(id)], until)
  return custodyBundle({
    caseNumber,
    handover: { id, purpose, proposedBy, approvedBy, approvedAt, events },
    recipient: { id: recipient.id, name: recipient.name },
    items: await Promise.all(withEvents),
    version: VERSION,
    origin: signer.origin,
    uuid,
  })
}

/** Manifest and custody first, then the items, each opened when its turn comes. */
async function* entriesOf(
  desk: ExportDesk,
  manifest: string,
  custody: string,
  items: readonly VaultItem[],
  openings: ReadonlyMap<ItemId, string>,
): AsyncGenerator<TarEntry> {
  yield textEntry('manifest.txt', manifest)
  yield textEntry('custody.jsonld', custody)
  for (const item of items) {
    const opening = await releaseOpening(desk.database, openings.get(item.id) ?? '', desk.now())
    const opened = await desk.vault.open(opening, desk.now())
    yield { path: pathOf(item), sizeBytes: opened.sizeBytes, bytes: () => opened.bytes() }
  }
}

function textEntry(path: string, text: string): TarEntry {
  const bytes = Buffer.from(text)
  return {
    path,
    sizeBytes: bytes.length,
    bytes: async function* () {
      yield bytes
    },
  }
}

/** Where an item lies in the file: without an ending by which a program would open it. */
function pathOf({ id }: Pick<VaultItem, 'id'>): string {
  return `items/${id}`
}

async function written(
  { database, now }: ExportDesk,
  by: PersonId,
  id: string,
  openings: ReadonlyMap<ItemId, string>,
  what: { readonly bundleSha256: string; readonly fileSha256: string; readonly fileBytes: number },
): Promise<void> {
  const at = now()
  await database.transaction(async (tx) => {
    await noteWritten(tx, await lockHandover(tx, id), what, { actor: `person:${by}`, at })
    for (const opening of openings.values()) await endOpeningIn(tx, opening, { ending: 'complete' }, at)
  })
}

/** Counts and digests what passes. */
class Counted {
  readonly #hash = createHash('sha256')
  #bytes = 0

  async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#hash.update(chunk)
      this.#bytes += chunk.length
      yield chunk
    }
  }

  counted(): { readonly sha256: string; readonly bytes: number } {
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The namespace of names in bundles, so that the same name is the same UUID everywhere. RFC 9562, version 5. */
const NAMESPACE = Buffer.from('6f9619ff8b86d011b42d00c04fc964ff', 'hex')

function uuid(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
