/** Shape: the size that a frame is drawn in at each level, and the words that have it drawn so. */
import type { VideoAsked } from '#terms/video'
import { BLURRED_POINTS_MAX, type Bounds, boundsOf } from '../render/levels.ts'

/** How a frame is drawn. */
export interface Shape extends Bounds {
  /** Words of the decoder's filters. */
  readonly filters: readonly string[]
  readonly channels: 1 | 3
  /** What the few points of a blurred frame are drawn out to. */
  readonly drawnOutTo?: Bounds
}

/** What frames are compared by, to find where the picture changes. */
export const TINY: Shape = {
  ...{ width: 16, height: 16, channels: 1 },
  filters: ['scale=16:16:flags=area', 'format=gray'],
}

/** The shape of a frame; undefined for a region that is not within it. */
export function shapeOf(asked: VideoAsked, source: Bounds): Shape | undefined {
  const upright = `scale=${source.width}:${source.height}`
  const bounds = boundsOf({ ...asked })
  switch (asked.level) {
    case 'thumbnail':
      return shape([], fitted(source, bounds), 'gray')
    case 'blurred': {
      const few = fitted(source, { width: BLURRED_POINTS_MAX, height: BLURRED_POINTS_MAX })
      return { ...shape([], few, 'rgb24'), drawnOutTo: fitted(source, bounds) }
    }
    case 'region': {
      if (!asked.region) return undefined
      const { left, top } = asked.region
      const width = Math.min(asked.region.width, source.width - left)
      const height = Math.min(asked.region.height, source.height - top)
      if (width < 1 || height < 1) return undefined
      const cut = `crop=${width}:${height}:${left}:${top}:exact=1`
      return shape([upright, 'format=rgb24', cut], fitted({ width, height }, bounds), 'rgb24')
    }
    case 'full':
      return shape([], fitted(source, bounds), 'rgb24')
  }
}

function shape(before: readonly string[], { width, height }: Bounds, format: 'gray' | 'rgb24'): Shape {
  const filters = [...before, `scale=${width}:${height}:flags=area`, `format=${format}`]
  return { width, height, filters, channels: format === 'gray' ? 1 : 3 }
}

/** A size made small enough for its bounds; never enlarged. */
function fitted({ width, height }: Bounds, bounds: Bounds): Bounds {
  const scale = Math.min(1, bounds.width / width, bounds.height / height)
  const side = (length: number, most: number): number =>
    Math.max(1, Math.min(most, Math.round(length * scale)))
  return { width: side(width, bounds.width), height: side(height, bounds.height) }
}
