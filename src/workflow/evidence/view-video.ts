/** View video: frames of a video released once, silent, each made anew as a picture is; which seconds they were is on record. */
import type { Opening } from '#ground/opening/opening'
import { endOpening, type OpeningRecord, releaseOpening } from '#store/openings'
import { framesGranted, noteRendered } from '#store/viewings'
import { Fault } from '#terms/fault'
import type { RenderAsked } from '#terms/media'
import type { PersonId } from '#terms/people'
import type { FramesAsked, VideoRendering } from '#terms/video'
import {
  gathered,
  ownViewing,
  refuseWhole,
  SHOWN_BYTES_MAX,
  signedBy,
  throughDoor,
  type ViewDesk,
} from './view.ts'

type Rendered = Extract<VideoRendering, { kind: 'rendered' }>

/** Frames of a video, in their order. */
export interface FramesShown extends Rendered {
  /** True where every second of the video is among them. */
  readonly isWhole: boolean
  /** Until then they may be looked at. */
  readonly until: string
}

/**
 * Releases a viewing of a video, once, and renders the frames that it was granted for. What is held of the video is in memory,
 * and is wiped before anything is shown.
 *
 * @param screen what a frame is fitted into
 * @throws Fault as `showViewing`; `request.invalid` for a viewing of a picture; `decoder.unavailable` without ffmpeg
 */
export async function showFrames(
  desk: ViewDesk,
  by: PersonId,
  id: string,
  asked: Pick<RenderAsked, 'screen'> = {},
): Promise<FramesShown> {
  const viewing = await ownViewing(desk, by, id)
  const frames = await framesGranted(desk.database, id)
  if (!frames) throw new Fault('request.invalid', `the viewing ${id} is of no frames of a video`)
  const now = desk.now()
  const opening = await releaseOpening(throughDoor(desk, by, viewing, now), id, now)
  try {
    const rendering = await rendered(desk, viewing, opening, { ...asked, frames })
    const said = saidOf(rendering, frames)
    await noteRendered(desk.database, id, said, signedBy(by, desk.now()))
    return { ...rendering, isWhole: said.isWhole, until: opening.until }
  } catch (error) {
    // Nothing was shown: it costs nobody anything.
    const nothing = { ending: 'failed', seenMilliseconds: 0, isWhole: false, exposureUnits: 0 } as const
    await endOpening(desk.database, id, nothing, desk.now())
    throw error
  }
}

async function rendered(
  desk: ViewDesk,
  { level, region, item }: OpeningRecord,
  opening: Opening,
  asked: Pick<RenderAsked, 'screen'> & { readonly frames: FramesAsked },
): Promise<Rendered> {
  if (level === undefined || level === 'card') throw new TypeError('a viewing without a level')
  const opened = await desk.vault.open(opening, desk.now())
  if (opened.sizeBytes > SHOWN_BYTES_MAX)
    throw new Fault('evidence.unshown', `${item} cannot be shown: too-large`)
  const bytes = await gathered(opened.bytes())
  const [left = 0, top = 0, width = 0, height = 0] = region ?? []
  try {
    const about = { level, ...(region && { region: { left, top, width, height } }) }
    const rendering = await desk.decoders.renderVideo(bytes, { ...about, ...asked })
    if (rendering.kind === 'unknown')
      throw new Fault('evidence.unshown', `${item} cannot be shown: ${rendering.because}`)
    refuseWhole(item, region, rendering.source)
    return rendering
  } finally {
    bytes.fill(0)
  }
}

/** What goes on record of frames that are about to be shown. */
function saidOf({ frames, secondsInAll, isEverySecond }: Rendered, asked: FramesAsked) {
  const [{ width, height }] = [frames[0] ?? { width: 0, height: 0 }]
  const seen = asked.kind === 'seconds' && isEverySecond ? asked : undefined
  const until = Math.min(seen?.until ?? 0, secondsInAll)
  const isWhole = seen?.from === 0 && until === secondsInAll
  const seconds = seen && seen.from < until ? ([seen.from, until] as const) : undefined
  const video = { shown: frames.length, secondsInAll, ...(seconds && { seconds }) }
  return { width, height, frame: 0, frames: frames.length, isWhole, video }
}
