/** View: a picture is asked for, granted on record, released once, rendered for one pair of eyes, and ended. */
import type { Opening } from '#ground/opening/opening'
import type { Decoders } from '#media/decoders'
import { standing, unitsOf } from '#people/exposure'
import { type HashCard, hashCard } from '#people/hash-card'
import type { Signed } from '#store/append'
import type { Database } from '#store/database'
import { exposureDay, lockExposure } from '#store/exposure'
import { itemNamed } from '#store/items'
import { endOpening, grantOpening, type OpeningRecord, openingNamed, releaseOpening } from '#store/openings'
import { framesGranted, noteRendered } from '#store/viewings'
import type { ItemId, ViewLevel } from '#terms/evidence'
import type { ExposurePolicy, ExposureState } from '#terms/exposure'
import { Fault } from '#terms/fault'
import type { RenderAsked, Rendering } from '#terms/media'
import type { Grant, PersonId, Purpose } from '#terms/people'
import { type FramesAsked, framesMostOf, VIDEO_FRAMES_MAX, VIDEO_SECONDS_MAX } from '#terms/video'
import { pass, refuse } from '../door.ts'

/** What viewings need. */
export interface ViewDesk {
  readonly database: Database
  readonly vault: {
    readonly keyring: { readonly isLocked: boolean }
    open(
      opening: Opening,
      now: Date,
    ): Promise<{ readonly sizeBytes: number; bytes(): AsyncIterable<Uint8Array> }>
  }
  readonly decoders: Pick<Decoders, 'render' | 'renderVideo'>
  readonly exposure: ExposurePolicy
  now(): Date
}

/** A viewing that is asked for. */
export interface ViewingAsked {
  readonly by: PersonId
  readonly item: ItemId
  readonly level: ViewLevel
  readonly purpose: Purpose
  readonly caseNumber?: string
  readonly region?: NonNullable<RenderAsked['region']>
  /** Of a video: which of its frames. */
  readonly frames?: FramesAsked
  /** How long it may last. */
  readonly boxSeconds?: number
}

/** A viewing that was granted. */
export interface ViewingGranted {
  readonly id: string
  readonly boxSeconds: number
  /** What is counted for it until it has ended. */
  readonly exposureUnits: number
  /** How the person stands with it. */
  readonly exposure: ExposureState
  readonly grant: Grant
}

export const BOX_SECONDS_MAX = 3600
/** Larger files are not held in memory to be shown. */
export const SHOWN_BYTES_MAX = 256 * 1024 * 1024

/**
 * Asks to look at an item. What the person looked at that day is read under a lock in the transaction that grants it, so that two
 * questions at once cannot both use the rest of a budget.
 *
 * @throws Fault `people.refused`, on record; `request.invalid` for a region that is none
 */
export function askViewing(desk: ViewDesk, asked: ViewingAsked): Promise<ViewingGranted> {
  const { by, item, level, purpose, caseNumber, region, frames } = asked
  const { boxSeconds = desk.exposure.boxSeconds } = asked
  refuseInvalid(level, region, boxSeconds)
  if (frames) refuseInvalidFrames(level, frames)
  const most = frames ? framesMostOf(frames) : 1
  const at = desk.now()
  let state: ExposureState = 'ok'
  const facts = async (tx: Parameters<typeof lockExposure>[0]) => {
    await lockExposure(tx, by)
    const day = await exposureDay(tx, by, at)
    state = standing(desk.exposure, day, at, { level, purpose, boxSeconds, frames: most }).state
    return { exposure: state }
  }
  const exposureUnits = unitsOf(desk.exposure, level, boxSeconds * 1000, most)
  const about = { purpose, subject: { kind: 'item' as const, id: item }, ...(caseNumber && { caseNumber }) }
  return pass(desk.database, { by, act: 'view', ...about, facts, at }, async (tx, grant) => {
    if (level !== 'card' && desk.vault.keyring.isLocked) refuse('vault-locked')
    const id = await grantOpening(tx, {
      ...({ kind: 'viewing', item, person: by, purpose, boxSeconds, level, grant, exposureUnits } as const),
      ...(caseNumber !== undefined && { caseNumber }),
      ...(region && { region: [region.left, region.top, region.width, region.height] as const }),
      ...(frames && { frames }),
    })
    return { id, boxSeconds, exposureUnits, exposure: state, grant }
  })
}

function refuseInvalid(level: ViewLevel, region: ViewingAsked['region'], boxSeconds: number): void {
  const isBox = Number.isSafeInteger(boxSeconds) && boxSeconds >= 1 && boxSeconds <= BOX_SECONDS_MAX
  if (!isBox) throw new Fault('request.invalid', `a viewing lasts from 1 to ${BOX_SECONDS_MAX} seconds`)
  if ((level === 'region') !== (region !== undefined))
    throw new Fault('request.invalid', 'a rectangle is named where a region is asked for, and only there')
  const numbers = region ? Object.values(region) : []
  const isWhole = numbers.every((one) => Number.isSafeInteger(one) && one >= 0 && one < 2 ** 31)
  if (region && !(isWhole && region.width > 0 && region.height > 0))
    throw new Fault('request.invalid', 'a rectangle is left, top, width and height in whole pixels')
}

function refuseInvalidFrames(level: ViewLevel, frames: FramesAsked): void {
  const numbers = frames.kind === 'strip' ? [frames.frames] : [frames.from, frames.until]
  const isWhole = numbers.every((one) => Number.isSafeInteger(one) && one >= 0 && one <= VIDEO_SECONDS_MAX)
  const most = framesMostOf(frames)
  if (level === 'card' || !isWhole || most < 1 || most > VIDEO_FRAMES_MAX)
    throw new Fault('request.invalid', `of a video 1 to ${VIDEO_FRAMES_MAX} frames are shown in a viewing`)
}

/** What a viewing shows. */
export type Shown =
  | { readonly kind: 'card'; readonly card: HashCard }
  | (Extract<Rendering, { kind: 'rendered' }> & {
      /** Until then it may be looked at. */
      readonly until: string
    })

/**
 * Releases a viewing, once, and renders what it shows. The door is asked again: whoever lost the case, the role, the authority or
 * the override since it was granted sees nothing, and whoever got a conflict of interest. The bytes are given to a confined child
 * of their own; pixels come back, and what is shown is made of them anew.
 *
 * @param screen what a region or the whole picture is fitted into
 * @throws Fault `people.refused`, on record; `evidence.unknown` also for another's; `evidence.refused` for one that was released
 *   before, has ended or run out; `evidence.unshown` for what cannot be rendered; those of the vault
 */
export async function showViewing(
  desk: ViewDesk,
  by: PersonId,
  id: string,
  asked: Pick<RenderAsked, 'screen' | 'frame'> = {},
): Promise<Shown> {
  const viewing = await ownViewing(desk, by, id)
  if (await framesGranted(desk.database, id))
    throw new Fault('request.invalid', `the viewing ${id} is of frames of a video`)
  const now = desk.now()
  const opening = await releaseOpening(throughDoor(desk, by, viewing, now), id, now)
  if (viewing.level === 'card')
    return { kind: 'card', card: hashCard(await itemNamed(desk.database, viewing.item)) }
  try {
    const rendering = await rendered(desk, viewing, opening, asked)
    const { width, height, frames, isWhole } = rendering
    const said = { width, height, frame: asked.frame ?? 0, frames, isWhole }
    await noteRendered(desk.database, id, said, signedBy(by, desk.now()))
    return { ...rendering, until: opening.until }
  } catch (error) {
    // Nothing was shown: it costs nobody anything.
    const nothing = { ending: 'failed', seenMilliseconds: 0, isWhole: false, exposureUnits: 0 } as const
    await endOpening(desk.database, id, nothing, desk.now())
    throw error
  }
}

/** Transactions that pass the door again first. What looking costs was counted when it was granted, for the whole box. */
export function throughDoor(
  { database }: ViewDesk,
  by: PersonId,
  { item, purpose, caseNumber }: OpeningRecord,
  at: Date,
): Pick<Database, 'transaction'> {
  const subject = { kind: 'item', id: item } as const
  const asked = {
    by,
    act: 'view',
    purpose,
    subject,
    at,
    ...(caseNumber !== undefined && { caseNumber }),
  } as const
  return { transaction: (work) => pass(database, asked, (tx) => work(tx)) }
}

async function rendered(
  desk: ViewDesk,
  { level, region, item }: OpeningRecord,
  opening: Opening,
  asked: Pick<RenderAsked, 'screen' | 'frame'>,
): Promise<Extract<Rendering, { kind: 'rendered' }>> {
  if (level === undefined || level === 'card') throw new TypeError('a viewing without a level')
  const opened = await desk.vault.open(opening, desk.now())
  if (opened.sizeBytes > SHOWN_BYTES_MAX)
    throw new Fault('evidence.unshown', `${item} cannot be shown: too-large`)
  const bytes = await gathered(opened.bytes())
  const [left = 0, top = 0, width = 0, height = 0] = region ?? []
  try {
    const rendering = await desk.decoders.render(bytes, {
      level,
      ...(region && { region: { left, top, width, height } }),
      ...asked,
    })
    if (rendering.kind === 'rendered') {
      refuseWhole(item, region, rendering.source)
      return rendering
    }
    throw new Fault('evidence.unshown', `${item} cannot be shown: ${rendering.because}`)
  } finally {
    bytes.fill(0)
  }
}

/** A region costs less than the whole picture, and lets nobody be said to have seen it: it is a part. */
export function refuseWhole(
  item: ItemId,
  region: OpeningRecord['region'],
  source: { readonly width: number; readonly height: number },
): void {
  const [left = 0, top = 0, width = 0, height = 0] = region ?? []
  const shown = Math.min(width, source.width - left) * Math.min(height, source.height - top)
  if (shown * 2 > source.width * source.height)
    throw new Fault(
      'evidence.unshown',
      `${item}: a region is half of the picture at most; beyond it ask for all`,
    )
}

/** All of some chunks; these are wiped. */
export async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  const bytes = Buffer.concat(all)
  for (const chunk of all) chunk.fill(0)
  return bytes
}

/** A viewing of this person. Another's is none. */
export async function ownViewing(
  { database }: Pick<ViewDesk, 'database'>,
  by: PersonId,
  id: string,
): Promise<OpeningRecord> {
  const opening = await openingNamed(database, id)
  if (opening.kind === 'viewing' && opening.person === by) return opening
  throw new Fault('evidence.unknown', `there is no viewing ${id}`)
}

export function signedBy(by: PersonId, at: Date): Signed {
  return { actor: `person:${by}`, at }
}
