/** Pixels: a decoded picture as a kernel takes it, and the part of it that is meant. */

export interface Pixels {
  /** Row by row from the top, tightly packed, one byte a channel. */
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  /** 1 grey, 3 red green blue, 4 with an alpha that is dropped. */
  readonly channels: 1 | 3 | 4
}

/** A rectangle of whole pixels. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The most pixels an area may have. */
export const pixelsMax = 100_000_000

function isSize(value: number): boolean {
  return Number.isInteger(value) && value > 0
}

/**
 * Checks that the picture has the bytes that it says and that the area lies within it.
 * @returns the area, or the whole picture when none is given
 * @throws RangeError when not, or when the area has more than `pixelsMax` pixels
 */
export function checkedArea(pixels: Pixels, area?: Area): Area {
  const { data, width, height, channels } = pixels
  if (!isSize(width) || !isSize(height)) throw new RangeError(`a picture of ${width} x ${height}`)
  if (channels !== 1 && channels !== 3 && channels !== 4) throw new RangeError(`${channels} channels`)
  const sizeBytes = width * height * channels
  if (data.length !== sizeBytes) throw new RangeError(`${data.length} bytes of pixels, not ${sizeBytes}`)
  const chosen = area ?? { left: 0, top: 0, width, height }
  const whole = [chosen.left, chosen.top].every((at) => Number.isInteger(at) && at >= 0)
  if (!whole || !isSize(chosen.width) || !isSize(chosen.height)) throw new RangeError('no such area')
  const within = chosen.left + chosen.width <= width && chosen.top + chosen.height <= height
  if (!within) throw new RangeError('the area is not within the picture')
  if (chosen.width * chosen.height > pixelsMax) throw new RangeError(`more than ${pixelsMax} pixels`)
  return chosen
}
