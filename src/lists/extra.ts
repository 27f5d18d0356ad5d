/** Extra: what a format said of an entry besides its fields, under the format's own name. */

/** True of a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What one format said of an entry; undefined when it said nothing. */
export function extraOf(extra: unknown, format: string): unknown {
  return isObject(extra) && Object.hasOwn(extra, format) ? extra[format] : undefined
}

/** True when anything but these formats said something. */
export function hasOtherExtra(extra: unknown, formats: readonly string[]): boolean {
  if (extra === undefined) return false
  return !isObject(extra) || Object.keys(extra).some((format) => !formats.includes(format))
}

/** Deepest nesting of what is kept. */
const DEPTH_MAX = 70
/** NUL and half characters, as JSON writes them: no entry can carry either. */
const NO_TEXT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/** Why JSON cannot be kept with an entry; undefined when it can. */
export function whyNotKept(value: unknown): string | undefined {
  if (!isShallow(value, DEPTH_MAX)) return `is nested deeper than ${DEPTH_MAX}`
  return NO_TEXT.test(JSON.stringify(value)) ? 'holds a NUL or half a character' : undefined
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((below) => isShallow(below, depth - 1))
}
