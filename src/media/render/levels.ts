/** Levels: how much of a picture each way of looking at it lets through. */
import type { RenderAsked } from '#terms/media'

/** A small grey thumbnail, on its longer side. */
export const THUMBNAIL_SIDE_MAX = 96
/** A blurred picture, on its longer side. */
export const BLURRED_SIDE_MAX = 320
/** What a blurred picture is made of: so many points on its longer side, and nothing finer. */
export const BLURRED_POINTS_MAX = 20
/** The screen that a region or a whole picture is fitted into, where none is named. */
const SCREEN = { width: 1920, height: 1080 }
const SCREEN_SIDE_MAX = 8192
/** A picture that was made smaller than this on its longer side to fit the screen was not seen whole. */
export const WHOLE_SIDE_MIN = 480

/** What a rendering may measure at most. */
export interface Bounds {
  readonly width: number
  readonly height: number
}

/** The bounds of what is asked for. */
export function boundsOf({ level, screen = SCREEN }: RenderAsked): Bounds {
  switch (level) {
    case 'thumbnail':
      return { width: THUMBNAIL_SIDE_MAX, height: THUMBNAIL_SIDE_MAX }
    case 'blurred':
      return { width: BLURRED_SIDE_MAX, height: BLURRED_SIDE_MAX }
    case 'region':
    case 'full':
      return {
        width: Math.min(screen.width, SCREEN_SIDE_MAX),
        height: Math.min(screen.height, SCREEN_SIDE_MAX),
      }
  }
}

/** True when a rendering of the only frame of a sound file showed the whole picture, and not too small to be seen. */
export function showsWhole(
  level: RenderAsked['level'],
  frames: number,
  shown: Bounds,
  source: Bounds,
): boolean {
  const longer = Math.max(shown.width, shown.height)
  const isSeen = longer >= Math.min(WHOLE_SIDE_MIN, Math.max(source.width, source.height))
  return level === 'full' && frames === 1 && isSeen
}
