/** Border: the area of a picture inside its uniform edges, such as the bars of a letterbox. */
import type { Area, Pixels } from '@tutela/kernels/pdq'

/** How far a pixel's light may lie from its line's mean: compression noise beside a hard edge, no more. */
const TOLERANCE = 16
/** One pixel in this many may lie further away: ringing and specks. */
const STRAY_ONE_IN = 128
/** A side's border counts from this share of the picture's size. */
const BORDER_ONE_IN = 100
/** A picture inside a border has at least this many pixels on each side. */
const INSIDE_MIN = 5

/** A line of pixels: where it begins, how far apart its pixels are, and how many there are. */
interface Line {
  readonly start: number
  readonly step: number
  readonly count: number
}

/** Light of the pixel at a place, 0 to 255. Colour is left aside: compression smears it further, and PDQ does not see it. */
function lightAt({ data, channels }: Pixels, at: number): number {
  if (channels === 1) return data[at] ?? 0
  return ((data[at] ?? 0) * 77 + (data[at + 1] ?? 0) * 150 + (data[at + 2] ?? 0) * 29) >> 8
}

/** The mean light of some 64 pixels spread over a line. */
function meanOf(pixels: Pixels, line: Line): number {
  const samples = Math.min(64, line.count)
  let sum = 0
  for (let sample = 0; sample < samples; sample += 1) {
    sum += lightAt(pixels, line.start + Math.floor((sample * line.count) / samples) * line.step)
  }
  return sum / samples
}

/** True when nearly every pixel of the line has the light given; it stops at the first few that have not. */
function isUniform(pixels: Pixels, line: Line, light: number): boolean {
  const strayMax = Math.floor(line.count / STRAY_ONE_IN)
  let stray = 0
  let at = line.start
  for (let pixel = 0; pixel < line.count; pixel += 1, at += line.step) {
    if (Math.abs(lightAt(pixels, at) - light) <= TOLERANCE) continue
    stray += 1
    if (stray > strayMax) return false
  }
  return true
}

/** Lines from an edge inwards that have the light of the outermost one; at most `most`. */
function uniformLines(pixels: Pixels, most: number, lineAt: (depth: number) => Line): number {
  const light = meanOf(pixels, lineAt(0))
  let depth = 0
  while (depth < most && isUniform(pixels, lineAt(depth), light)) depth += 1
  return depth
}

/** Takes the uniform rows off an area's top and bottom. */
function withoutRows(pixels: Pixels, area: Area): Area {
  const { width: pitch, channels } = pixels
  const row = (y: number): Line => ({
    start: (y * pitch + area.left) * channels,
    step: channels,
    count: area.width,
  })
  const top = uniformLines(pixels, area.height, (depth) => row(area.top + depth))
  if (top === area.height) return { ...area, height: 0 }
  const bottom = uniformLines(pixels, area.height - top, (depth) => row(area.top + area.height - 1 - depth))
  if (top + bottom < area.height / BORDER_ONE_IN) return area
  return { ...area, top: area.top + top, height: area.height - top - bottom }
}

/** Takes the uniform columns off an area's left and right. */
function withoutColumns(pixels: Pixels, area: Area): Area {
  const { width: pitch, channels } = pixels
  const column = (x: number): Line => ({
    start: (area.top * pitch + x) * channels,
    step: pitch * channels,
    count: area.height,
  })
  const left = uniformLines(pixels, area.width, (depth) => column(area.left + depth))
  if (left === area.width) return { ...area, width: 0 }
  const right = uniformLines(pixels, area.width - left, (depth) => column(area.left + area.width - 1 - depth))
  if (left + right < area.width / BORDER_ONE_IN) return area
  return { ...area, left: area.left + left, width: area.width - left - right }
}

/**
 * The area inside a picture's uniform border; undefined when it has none, or when nothing is left inside it.
 *
 * Each side has its own light. Rows go first, then columns, then rows again where columns went, so that bars of two
 * kinds come off as well. Without a border it looks at a few pixels of each side only.
 */
export function unbordered(pixels: Pixels): Area | undefined {
  const whole: Area = { left: 0, top: 0, width: pixels.width, height: pixels.height }
  let area = withoutRows(pixels, whole)
  if (area.height < INSIDE_MIN) return undefined
  const narrowed = withoutColumns(pixels, area)
  if (narrowed.width < INSIDE_MIN) return undefined
  area = narrowed.width === area.width ? area : withoutRows(pixels, narrowed)
  if (area.height < INSIDE_MIN) return undefined
  return area.width === whole.width && area.height === whole.height ? undefined : area
}
