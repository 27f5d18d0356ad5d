/** Strip: which frames of a video tell most of it: half of them spread evenly, half where the picture changes most. Pure. */
import type { Moment } from './timeline.ts'

/** The most frames that are looked at to choose a strip. */
const CANDIDATES_MAX = 400

/** Frames to choose from: key frames where there are enough of them, which are decoded without the others. */
export interface Candidates {
  readonly moments: readonly Moment[]
  readonly areKeys: boolean
}

export function candidatesOf(moments: readonly Moment[], frames: number): Candidates {
  const keys = moments.filter(({ isKey }) => isKey)
  const areKeys = keys.length >= frames || keys.length === moments.length
  return { moments: spread(areKeys ? keys : moments, CANDIDATES_MAX), areKeys }
}

/** At most so many of some, evenly, the first and the last among them. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all]
  const step = most === 1 ? 0 : (all.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, place) => all[Math.round(place * step)] as T)
}

/**
 * Chooses a strip.
 *
 * @param tiny of each moment, in the same order: a tiny grey picture; what is missing has changed nothing
 */
export function stripOf(
  moments: readonly Moment[],
  tiny: readonly (Uint8Array | undefined)[],
  frames: number,
): Moment[] {
  if (moments.length <= frames) return [...moments]
  const chosen = new Set(spread(moments, Math.ceil(frames / 2)))
  const changes = moments.map((moment, place) => ({ moment, by: changed(tiny[place - 1], tiny[place]) }))
  changes.sort((a, b) => b.by - a.by || a.moment.seconds - b.moment.seconds)
  for (const { moment } of changes) {
    if (chosen.size >= frames) break
    chosen.add(moment)
  }
  return [...chosen].sort((a, b) => a.seconds - b.seconds)
}

/** How far two pictures of the same size are apart: the sum of their differences. */
function changed(before: Uint8Array | undefined, after: Uint8Array | undefined): number {
  if (!before || !after) return 0
  return after.reduce((sum, value, place) => sum + Math.abs(value - (before[place] ?? 0)), 0)
}
