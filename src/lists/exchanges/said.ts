/** Said: reads members of what a partner sent as JSON, each with its kind, or as not there. */

/** An object of JSON. */
export type Said = Readonly<Record<string, unknown>>

/** The object, or undefined for everything else. */
export function objectOf(untrusted: unknown): Said | undefined {
  const isObject = typeof untrusted === 'object' && untrusted !== null && !Array.isArray(untrusted)
  return isObject ? (untrusted as Said) : undefined
}

/** The array, or undefined for everything else. */
export function arrayOf(untrusted: unknown): readonly unknown[] | undefined {
  return Array.isArray(untrusted) ? untrusted : undefined
}

/** A text of at most so many characters; undefined for everything else. A whole number is given as its digits. */
export function textOf(untrusted: unknown, charactersMax = 1000): string | undefined {
  if (Number.isSafeInteger(untrusted)) return String(untrusted)
  return typeof untrusted === 'string' && untrusted.length <= charactersMax ? untrusted : undefined
}

/** A time in seconds since 1970 that a date can hold; undefined for everything else. */
export function timeOf(untrusted: unknown): number | undefined {
  const isTime = typeof untrusted === 'number' && untrusted >= 0 && untrusted <= 8_640_000_000_000
  return isTime ? untrusted : undefined
}
