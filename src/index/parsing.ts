/** Parsing: what a file's metadata must be, value by value. */

/** A value that is not as it must be: caught by whoever knows the file's name. */
export class Unexpected extends Error {}

export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Unexpected('an object was expected')
  return value as Record<string, unknown>
}

export function items(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Unexpected('a list was expected')
  return value
}

export function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw new Unexpected('a number was expected')
  return Number(value)
}

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new Unexpected('a text was expected')
  return value
}
