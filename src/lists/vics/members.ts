/** Members: where the values of a JSON object's members stand in its bytes, so that some can change and no other byte. */

import { isSpace } from './name-before.ts'
import { BACKSLASH, BRACE_BIT, CLOSE_BRACE, COMMA, OPEN_BRACE, QUOTE } from './signs.ts'

/** From the first byte of a value to the one behind its last. */
export interface ValueSpan {
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * The values of the members of a well-formed object, or of the beginning or the end of one.
 *
 * @param depth how deep the first byte stands: 0 before the object, 2 within one of its arrays
 */
export function valueSpans(bytes: Buffer, depth = 0): ValueSpan[] {
  const spans: ValueSpan[] = []
  let level = depth
  let name: string | undefined
  let start = 0
  const endAt = (end: number): void => {
    if (name !== undefined) spans.push({ name, start, end: trimmedEnd(bytes, end) })
    name = undefined
  }
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at)
      const colon = name === undefined && level === 1 ? spaceAfter(bytes, end) : -1
      if (colon >= 0) {
        name = JSON.parse(bytes.toString('utf8', at, end)) as string
        start = spaceAfter(bytes, colon + 1)
        at = start - 1
      } else at = end - 1
    } else if ((byte | BRACE_BIT) === OPEN_BRACE) level++
    else if ((byte | BRACE_BIT) === CLOSE_BRACE && level-- === 1) endAt(at)
    else if (byte === COMMA && level === 1) endAt(at)
  }
  return spans
}

/** The place behind the quote that ends the string which begins at a place. */
function stringEnd(bytes: Buffer, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at + 1
}

function spaceAfter(bytes: Buffer, place: number): number {
  let at = place
  while (at < bytes.length && isSpace(bytes[at] ?? 0)) at++
  return at
}

function trimmedEnd(bytes: Buffer, place: number): number {
  let at = place
  while (at > 0 && isSpace(bytes[at - 1] ?? 0)) at--
  return at
}

/** The bytes with the values of some members changed; every other byte stays. @param depth as in `valueSpans` */
export function withValues(
  bytes: Buffer,
  values: Readonly<Record<string, unknown>>,
  depth = 0,
): { readonly bytes: Buffer; readonly missing: readonly string[] } {
  const spans = valueSpans(bytes, depth).filter(({ name }) => Object.hasOwn(values, name))
  const parts: Buffer[] = []
  let done = 0
  for (const { name, start, end } of spans) {
    parts.push(bytes.subarray(done, start), Buffer.from(JSON.stringify(values[name])))
    done = end
  }
  parts.push(bytes.subarray(done))
  const missing = Object.keys(values).filter((name) => !spans.some((span) => span.name === name))
  return { bytes: spans.length > 0 ? Buffer.concat(parts) : bytes, missing }
}

/** The bytes of an object with the values of some members changed, or added at its end. */
export function withMembers(object: Buffer, values: Readonly<Record<string, unknown>>): Buffer {
  const { bytes, missing } = withValues(object, values)
  if (missing.length === 0) return bytes
  const isEmpty = valueSpans(object).length === 0
  const added = missing.map((name) => `${JSON.stringify(name)}:${JSON.stringify(values[name])}`).join()
  const end = bytes.lastIndexOf(CLOSE_BRACE)
  return Buffer.concat([
    bytes.subarray(0, end),
    Buffer.from(`${isEmpty ? '' : ','}${added}`),
    bytes.subarray(end),
  ])
}
