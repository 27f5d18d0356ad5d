/** View: the command that shows an item at the terminal, for as long as its viewer looks, and leaves nothing of it there. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type ItemId, VIEW_LEVELS, type ViewLevel } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { PURPOSES, type Purpose } from '#terms/people'
import { type FramesAsked, VIDEO_FRAMES_MAX, VIDEO_SECONDS_MAX } from '#terms/video'
import type { Shown, ViewDesk, ViewingAsked } from '#workflow/evidence/view'
import type { FramesShown } from '#workflow/evidence/view-video'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption, wholeNumber } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { withPerson } from '../session.ts'
import { itemId, openChildren, withEvidence } from './evidence.ts'
import { onScreen } from './screen.ts'

interface ViewFlags {
  readonly level: ViewLevel
  readonly purpose: Purpose
  readonly case?: string
  readonly region?: NonNullable<ViewingAsked['region']>
  readonly strip?: number
  readonly from?: number
  readonly until?: number
  readonly seconds?: number
  readonly json?: boolean
}

/** `tutela vault view ITEM --level L --purpose P` */
export function viewCommand(ending: Ending): Command {
  return new Command('view')
    .description('Look at an item, on record: it is asked for, shown once at this terminal, and ended.')
    .argument('<item>', 'the item', itemId)
    .addOption(new Option('--level <level>', 'how much of it').choices(VIEW_LEVELS).default('card'))
    .addOption(new Option('--purpose <word>', 'what for').choices(PURPOSES).makeOptionMandatory())
    .option('--case <number>', 'the case in which you look')
    .option('--region <left,top,width,height>', 'of the level "region": in pixels, upright', rectangle)
    .option(
      '--strip <n>',
      'of a video: so many frames that tell most of it',
      wholeNumber(1, VIDEO_FRAMES_MAX),
    )
    .option(
      '--from <second>',
      'of a video: the first frame of each second from here on',
      wholeNumber(0, VIDEO_SECONDS_MAX),
    )
    .option(
      '--until <second>',
      'and up to here; the next second unless given',
      wholeNumber(1, VIDEO_SECONDS_MAX),
    )
    .option('--seconds <n>', 'how long it may last at most', wholeNumber(1, 3600))
    .addOption(jsonOption())
    .action(async (item: ItemId, flags: ViewFlags) => {
      if (flags.level !== 'card' && !(process.stdin.isTTY && process.stdout.isTTY))
        throw new Fault('usage.invalid', 'a picture is shown at a terminal, and goes into no file or pipe')
      await withPerson((desk) =>
        withEvidence(desk, {}, async ({ database, vault }) => {
          const { exposurePolicy } = await import('#people/exposure')
          const decoders = flags.level === 'card' ? undefined : await openChildren(desk.config)
          const now = (): Date => new Date()
          try {
            const viewing = {
              database,
              vault,
              decoders: decoders ?? NOTHING_RENDERED,
              exposure: exposurePolicy(desk.config.exposure),
              now,
            }
            await looked(viewing, { by: desk.by, item, ...asked(flags) }, flags.json)
          } finally {
            await decoders?.close()
          }
        }),
      )
      ending.code = EXIT.nothingFound
    })
}

/** A hash card shows no pixel. */
const NOTHING_RENDERED: ViewDesk['decoders'] = { render: notRendered, renderVideo: notRendered }

async function notRendered(): Promise<never> {
  throw new TypeError('a card is not rendered')
}

/** Which frames of a video are asked for. @throws Fault `usage.invalid` for two ways at once */
function framesAsked({ strip, from, until }: ViewFlags): FramesAsked | undefined {
  if (strip !== undefined && (from !== undefined || until !== undefined))
    throw new Fault('usage.invalid', 'either --strip, or --from and --until')
  if (strip !== undefined) return { kind: 'strip', frames: strip }
  if (from === undefined && until === undefined) return undefined
  const first = from ?? 0
  return { kind: 'seconds', from: first, until: until ?? first + 1 }
}

function asked({
  level,
  purpose,
  case: caseNumber,
  region,
  seconds,
  ...flags
}: ViewFlags): Omit<ViewingAsked, 'by' | 'item'> {
  const frames = framesAsked({ level, purpose, ...flags })
  return {
    ...{ level, purpose },
    ...(caseNumber !== undefined && { caseNumber }),
    ...(region && { region }),
    ...(frames && { frames }),
    ...(seconds !== undefined && { boxSeconds: seconds }),
  }
}

async function looked(desk: ViewDesk, asking: ViewingAsked, json: boolean | undefined): Promise<void> {
  const { askViewing, showViewing } = await import('#workflow/evidence/view')
  const { endViewing } = await import('#workflow/evidence/view-end')
  const { id, boxSeconds, exposure } = await askViewing(desk, asking)
  if (exposure === 'near') say('You are near your limit of exposure for today.')
  const { columns = 80, rows = 24 } = process.stdout
  const screen = { width: columns, height: Math.max(2, (rows - 1) * 2) } // two points in each character, one line for words
  const look = asking.frames ? await framesOf(desk, asking.by, id, screen) : undefined
  const shown = look
    ? undefined
    : await showViewing(desk, asking.by, id, asking.level === 'card' ? {} : { screen })
  const began = Date.now()
  const isComplete = shown ? await show(shown, boxSeconds, json) : await leafed(look ?? [], boxSeconds)
  const seenMilliseconds = Date.now() - began
  const ended = await endViewing(desk, asking.by, id, { seenMilliseconds, isComplete })
  if (!json)
    say(`${id}: ${ended.ending}, ${ended.seenMilliseconds} ms, ${ended.exposureUnits} units of exposure.`)
}

async function framesOf(
  desk: ViewDesk,
  by: ViewingAsked['by'],
  id: string,
  screen: { readonly width: number; readonly height: number },
): Promise<FramesShown['frames']> {
  const { showFrames } = await import('#workflow/evidence/view-video')
  const { frames, secondsInAll } = await showFrames(desk, by, id, { screen })
  say(`${frames.length} frames of a video of ${secondsInAll} s. Enter shows the next.`)
  return frames
}

/** Frame by frame, each after a key: nothing plays. @returns true where the viewer said of each that they had seen it */
async function leafed(frames: FramesShown['frames'], boxSeconds: number): Promise<boolean> {
  const until = Date.now() + boxSeconds * 1000
  for (const { bytes } of frames) {
    const secondsLeft = (until - Date.now()) / 1000
    if (secondsLeft <= 0 || !(await onScreen(bytes, secondsLeft))) return false
  }
  return true
}

/** @returns true where the viewer said that they had seen it */
async function show(shown: Shown, boxSeconds: number, json: boolean | undefined): Promise<boolean> {
  if (shown.kind === 'rendered') return onScreen(shown.bytes, boxSeconds)
  const { card } = shown
  if (json) await writeJson({ kind: 'card', ...card })
  else {
    const { md5, sha1, sha256 } = card.digests
    const pattern = card.pattern.map((row) => row.replaceAll('#', '██').replaceAll('.', '  '))
    const lines = [card.item, `SHA-256 ${sha256}`, `SHA-1 ${sha1}`, `MD5 ${md5}`]
    await write(
      `${[...lines, `${card.sizeBytes} bytes, ${card.mediaType}, sealed ${card.sealedAt}`, ...pattern].join('\n')}\n`,
    )
  }
  return true
}

function rectangle(untrusted: string): NonNullable<ViewingAsked['region']> {
  const [left, top, width, height, more] = untrusted
    .split(',')
    .map((one) => (/^\d{1,9}$/.test(one) ? Number(one) : undefined))
  const isOne = left !== undefined && top !== undefined && width !== undefined && height !== undefined
  if (!isOne || more !== undefined)
    throw new InvalidArgumentError('It must be LEFT,TOP,WIDTH,HEIGHT in pixels.')
  return { left, top, width, height }
}
