/** Derive: an item's bytes reach the sandboxed decoders and nothing else; hashes and numbers come back. */
import type { Opening } from '#ground/opening/opening'
import { VERSION } from '#ground/version'
import { whyIncomplete } from '#matching/verdict'
import { DEFAULT_LIMITS } from '#media/limits'
import type { Transaction } from '#store/database'
import { itemNamed, setDerived } from '#store/items'
import { endOpening, endOpeningIn, grantOpening, type OpeningGiven, openAtOnce } from '#store/openings'
import type { Derived, ItemId, VaultItem } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Content, FileReading, FrameHashes } from '#terms/media'
import type { PersonId, Purpose } from '#terms/people'
import { pass } from '../door.ts'
import type { EvidenceDesk } from './desk.ts'

/** Which job reads an item, and what for. */
export interface ProcessAsked {
  readonly job: string
  readonly purpose: Purpose
  readonly by: PersonId | 'tutela'
}

/** Time for one item: reading, and the decoders' own limit. */
const BOX_SECONDS = 600
const HASH_BYTES = 32

/**
 * Processes an item. It is written down as an opening before a byte is read; no person sees anything.
 *
 * @returns the item with what was derived; it is out of quarantine
 * @throws Fault `people.refused`, on record; `evidence.unknown`, `evidence.refused`; `vault.locked`, `vault.key-lost`,
 *   `vault.damaged`; `decoder.unavailable` where the decoders are closing: nothing is known of it then
 */
export async function deriveItem(desk: EvidenceDesk, id: ItemId, asked: ProcessAsked): Promise<VaultItem> {
  const { sizeBytes } = await itemNamed(desk.database, id)
  const isTooLarge = sizeBytes > DEFAULT_LIMITS.bytesMax
  const opening = isTooLarge ? await granted(desk, id, asked) : await opened(desk, id, asked)
  desk.step?.('process: opened')
  try {
    const content: Content =
      typeof opening === 'string'
        ? { kind: 'unknown', because: 'too-large' }
        : await decoded(desk, opening, sizeBytes)
    desk.step?.('process: decoded')
    return await desk.database.transaction((transaction) =>
      written(transaction, { id, opening: idOf(opening), content, asked, at: desk.now() }),
    )
  } catch (error) {
    await endOpening(desk.database, idOf(opening), { ending: 'failed' }, desk.now())
    throw error
  }
}

/** An opening that is not released, since nothing of the item will be read, has its id alone. */
function idOf(opening: string | Opening): string {
  return typeof opening === 'string' ? opening : opening.id
}

function opened(desk: EvidenceDesk, item: ItemId, asked: ProcessAsked): Promise<Opening> {
  return openAtOnce(processing(item, asked), (open) => through(desk, item, asked, open))
}

function granted(desk: EvidenceDesk, item: ItemId, asked: ProcessAsked): Promise<string> {
  const given = processing(item, asked)
  return through(desk, item, asked, (transaction, grant) => grantOpening(transaction, { ...given, grant }))
}

function processing(item: ItemId, { job, purpose, by }: ProcessAsked): Omit<OpeningGiven, 'grant'> {
  const versions = { tutela: VERSION }
  return { kind: 'processing', item, person: by, purpose, boxSeconds: BOX_SECONDS, job, versions }
}

/** A person passes the door; a job of our own shows nothing to anybody. */
function through<T>(
  { database, now }: EvidenceDesk,
  item: ItemId,
  { purpose, by }: ProcessAsked,
  act: (transaction: Transaction, grant: OpeningGiven['grant']) => Promise<T>,
): Promise<T> {
  const at = now()
  if (by === 'tutela') return database.transaction((tx) => act(tx, { at: at.toISOString() }))
  return pass(database, { by, act: 'process', purpose, subject: { kind: 'item', id: item }, at }, act)
}

async function decoded(desk: EvidenceDesk, opening: Opening, sizeBytes: number): Promise<Content> {
  const item = await desk.vault.open(opening, desk.now())
  const bytes = Buffer.alloc(sizeBytes)
  try {
    let at = 0
    for await (const piece of item.bytes()) {
      bytes.set(piece, at)
      at += piece.length
    }
    return contentOf(await desk.decoders.readBytes(bytes, { pictures: true }))
  } finally {
    bytes.fill(0)
  }
}

function contentOf(reading: FileReading): Content {
  if (reading.kind === 'unread') throw new Fault('decoder.unavailable', 'the decoders are being closed')
  return reading.content
}

async function written(
  transaction: Transaction,
  given: {
    readonly id: ItemId
    readonly opening: string
    readonly content: Content
    readonly asked: ProcessAsked
    readonly at: Date
  },
): Promise<VaultItem> {
  const { id, opening, content, asked, at } = given
  const signed = { actor: asked.by === 'tutela' ? asked.by : (`person:${asked.by}` as const), at }
  const derived = derivedFrom(content, at)
  const mediaType = content.kind === 'picture' ? `image/${content.format}` : 'application/octet-stream'
  const item = await setDerived(transaction, id, { derived, mediaType, opening }, signed)
  await endOpeningIn(transaction, opening, { ending: 'complete' }, at)
  return item
}

function derivedFrom(content: Content, at: Date): Derived {
  const because = whyIncomplete(content)
  return {
    kind: content.kind,
    ...(content.format !== undefined && { format: content.format }),
    ...(because !== undefined && { because }),
    ...(content.kind === 'picture' && { width: content.width, height: content.height }),
    frames: content.kind === 'picture' ? content.frames.map(frameOf) : [],
    kernels: VERSION,
    processedAt: at.toISOString(),
  }
}

function frameOf({ frame, region, quality, orientations }: FrameHashes): Derived['frames'][number] {
  const hashes = Buffer.from(orientations.buffer, orientations.byteOffset, orientations.byteLength)
  const pdq: string[] = []
  for (let at = 0; at < hashes.length; at += HASH_BYTES) pdq.push(hashes.toString('hex', at, at + HASH_BYTES))
  return { frame, region, quality, pdq }
}
