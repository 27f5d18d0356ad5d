/** Derive: an item's bytes reach the sandboxed decoders and nothing else; hashes and numbers come back. */
import type { Opening } from '#ground/opening/opening'
import { VERSION } from '#ground/version'
import { whyIncomplete } from '#matching/verdict'
import { DEFAULT_LIMITS } from '#media/limits'
import { mediaTypeOf } from '#media/media-type'
import type { Signed } from '#store/append'
import type { Transaction } from '#store/database'
import { type DerivedGiven, setDerived } from '#store/derived'
import { itemNamed } from '#store/items'
import { endOpening, grantOpening, type OpeningGiven, openAtOnce, openProcessings } from '#store/openings'
import { endProcessings } from '#store/processings'
import type { Derived, ItemId, VaultItem } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Content, FileReading, FrameHashes } from '#terms/media'
import type { PersonId, Purpose } from '#terms/people'
import { pass } from '../door.ts'
import { inTurn } from '../in-turn.ts'
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
const VERSIONS = { tutela: VERSION } as const

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
      typeof opening === 'string' ? { kind: 'unknown', because: 'too-large' } : await decoded(desk, opening)
    desk.step?.('process: decoded')
    const read = { id, opening: idOf(opening), content }
    const [item] = await desk.database.transaction((tx) => written(tx, [read], asked.by, desk.now()))
    if (!item) throw new Fault('evidence.refused', `${id} was destroyed while it was being read`)
    return item
  } catch (error) {
    await endOpening(desk.database, idOf(opening), { ending: 'failed' }, desk.now())
    throw error
  }
}

/** What became of one of several items. */
export type Deriving =
  | { readonly kind: 'derived'; readonly derived: Derived | undefined }
  | { readonly kind: 'failed'; readonly because: unknown }

/** Items whose processings are written down together, before any of them is read; and ended together. */
const GRANTED_AT_ONCE = 24
/** Items whose bytes are read at the same time. */
const READ_AT_ONCE = 6

/**
 * Processes many items for a job of our own, as `deriveItem` each, but written down and ended together: every processing is on
 * record before a byte of its item is read.
 *
 * @returns what became of each
 * @throws Fault `store.unreachable`; the reason of `stop`
 */
export async function deriveEach(
  desk: EvidenceDesk,
  ids: readonly ItemId[],
  { job, purpose }: Omit<ProcessAsked, 'by'>,
  stop: AbortSignal,
): Promise<ReadonlyMap<ItemId, Deriving>> {
  const all = [...new Set(ids)]
  const outcomes = new Map<ItemId, Deriving>()
  const asked: ProcessAsked = { job, purpose, by: 'tutela' }
  let kept: Promise<void> = Promise.resolve()
  try {
    for (let at = 0; at < all.length; at += GRANTED_AT_ONCE) {
      stop.throwIfAborted()
      const some = all.slice(at, at + GRANTED_AT_ONCE)
      const read = await readTogether(desk, some, asked)
      await kept
      // While these are written down the next are read.
      kept = keptTogether(desk, some, read, asked).then((made) => {
        for (const [id, one] of made) outcomes.set(id, one)
      })
      kept.catch(() => undefined) // seen when it is awaited
    }
  } finally {
    await kept
  }
  return outcomes
}

async function readTogether(
  desk: EvidenceDesk,
  ids: readonly ItemId[],
  { job, purpose }: ProcessAsked,
): Promise<ReadOrNot[]> {
  const given = {
    job,
    purpose,
    boxSeconds: BOX_SECONDS,
    versions: VERSIONS,
    bytesMax: DEFAULT_LIMITS.bytesMax,
  }
  const openings = await openProcessings(desk.database, ids, given, desk.now())
  desk.step?.('process: opened')
  const read = await inTurn([...openings.values()], READ_AT_ONCE, (opening) => readIn(desk, opening))
  desk.step?.('process: decoded')
  return read
}

async function keptTogether(
  desk: EvidenceDesk,
  ids: readonly ItemId[],
  read: readonly ReadOrNot[],
  asked: ProcessAsked,
): Promise<[ItemId, Deriving][]> {
  const whole = read.filter((one) => 'content' in one)
  const items = await writtenOrFailed(desk, whole)
  for (const { opening } of read.filter(({ id }) => !items.has(id)))
    await endOpening(desk.database, opening, { ending: 'failed' }, desk.now())
  const outcomes = read.map((one): [ItemId, Deriving] => [one.id, outcomeOf(one, items)])
  // What was not granted is destroyed, unknown or too large: on its own it comes to what it is.
  const granted = new Set(read.map(({ id }) => id))
  const others = ids.filter((id) => !granted.has(id))
  const singly = await inTurn(
    others,
    1,
    async (id): Promise<[ItemId, Deriving]> => [
      id,
      await deriveItem(desk, id, asked).then(
        ({ derived }): Deriving => ({ kind: 'derived', derived }),
        (because: unknown): Deriving => ({ kind: 'failed', because }),
      ),
    ],
  )
  return [...outcomes, ...singly]
}

type ReadOrNot = Read | { readonly id: ItemId; readonly opening: string; readonly because: unknown }

async function readIn(desk: EvidenceDesk, opening: Opening): Promise<ReadOrNot> {
  const given = { id: opening.item, opening: opening.id }
  try {
    return { ...given, content: await decoded(desk, opening) }
  } catch (because) {
    return { ...given, because }
  }
}

/** Where nothing could be written the openings say so, as far as they can. */
async function writtenOrFailed(
  desk: EvidenceDesk,
  read: readonly Read[],
): Promise<ReadonlyMap<ItemId, VaultItem>> {
  try {
    const items = await desk.database.transaction((tx) => written(tx, read, 'tutela', desk.now()))
    return new Map(items.map((item) => [item.id, item]))
  } catch (error) {
    for (const { opening } of read)
      await endOpening(desk.database, opening, { ending: 'failed' }, desk.now()).catch(() => undefined)
    throw error
  }
}

function outcomeOf(one: ReadOrNot, items: ReadonlyMap<ItemId, VaultItem>): Deriving {
  if ('because' in one) return { kind: 'failed', because: one.because }
  const item = items.get(one.id)
  if (item) return { kind: 'derived', derived: item.derived }
  const because = new Fault('evidence.refused', `${one.id} was destroyed while it was being read`)
  return { kind: 'failed', because }
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
  return { kind: 'processing', item, person: by, purpose, boxSeconds: BOX_SECONDS, job, versions: VERSIONS }
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

async function decoded(desk: EvidenceDesk, opening: Opening): Promise<Content> {
  const item = await desk.vault.open(opening, desk.now())
  const bytes = Buffer.alloc(item.sizeBytes)
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

/** An item whose bytes were read, and what they are. */
interface Read {
  readonly id: ItemId
  readonly opening: string
  readonly content: Content
}

/** @returns the items as they stand; one that was destroyed meanwhile is not among them */
async function written(
  tx: Transaction,
  read: readonly Read[],
  by: ProcessAsked['by'],
  at: Date,
): Promise<VaultItem[]> {
  const signed: Signed = { actor: by === 'tutela' ? by : `person:${by}`, at }
  const given = read.map(({ id, opening, content }): DerivedGiven => {
    return { id, opening, mediaType: mediaTypeOf(content), derived: derivedFrom(content, at) }
  })
  const items = await setDerived(tx, given, signed)
  const kept = new Set(items.map(({ id }) => id))
  const ended = read.flatMap(({ id, opening }) => (kept.has(id) ? [opening] : []))
  await endProcessings(tx, ended, signed)
  return items
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
